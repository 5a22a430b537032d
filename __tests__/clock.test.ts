import { expect, test } from '@jest/globals';
import { systemClock } from '../src/clock.ts';

test('what is to be done later is done, and not before its time', async () => {
  const begun = systemClock.now();

  const done = await new Promise<number>((resolve) => {
    systemClock.later(20, () => resolve(systemClock.now()));
    // Waiting for it does not keep a process alive; something else has to.
    void systemClock.sleep(1_000);
  });

  expect(done - begun).toBeGreaterThanOrEqual(19);
});

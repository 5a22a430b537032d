import { expect, test } from '@jest/globals';
import { systemClock } from '../src/clock.ts';

test('what is to be done later is done, and not before its time', async () => {
  const begun = systemClock.now();

  const done = await new Promise<number>((resolve) => {
    systemClock.later(20, () => resolve(systemClock.now()));
    // Waiting for it does not keep a process alive; something else has to.
    void systemClock.sleep(1_000, new AbortController().signal);
  });

  expect(done - begun).toBeGreaterThanOrEqual(19);
});

test('a wait ends with its own time, or at once when there is no more time', async () => {
  const { signal } = new AbortController();
  const begun = systemClock.now();
  await systemClock.sleep(20, signal);
  expect(systemClock.now() - begun).toBeGreaterThanOrEqual(19);

  const ended = new AbortController();
  const wait = systemClock.sleep(600_000, ended.signal);
  ended.abort(new Error('No more time.'));

  await expect(wait).rejects.toThrow('No more time.');
});

import { expect, test } from '@jest/globals';
import { systemClock } from '../src/clock.ts';

const { signal } = new AbortController();

/** How long it takes, in milliseconds. A timer may fire one early. */
async function timeOf(work: () => Promise<void>): Promise<number> {
  const started = systemClock.now();
  await work();
  return systemClock.now() - started + 1;
}

test('sleep ends after its time', async () => {
  expect(await timeOf(() => systemClock.sleep(20, signal))).toBeGreaterThanOrEqual(20);
});

test('sleep ends at once when it is aborted, with the reason', async () => {
  const controller = new AbortController();
  const sleeping = systemClock.sleep(600_000, controller.signal);
  controller.abort(new Error('The step was cancelled.'));

  await expect(sleeping).rejects.toThrow('The step was cancelled.');
});

test('a function is called later', async () => {
  const calling = () => new Promise<void>((resolve) => systemClock.later(20, resolve));
  // What is called later does not keep this process alive.
  const [time] = await Promise.all([timeOf(calling), systemClock.sleep(100, signal)]);
  expect(time).toBeGreaterThanOrEqual(20);
});

test('what is called later does not keep the process alive', () => {
  const before = process.getActiveResourcesInfo();
  systemClock.later(1_000, () => undefined);
  expect(process.getActiveResourcesInfo()).toEqual(before);
});

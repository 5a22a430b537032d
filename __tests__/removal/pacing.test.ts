import { expect, test } from '@jest/globals';
import { createPacer } from '../../src/removal/pacing.ts';
import { VirtualClock } from '../virtual-clock.ts';

const never = new AbortController().signal;

/** When each of the removals may start, in milliseconds. */
async function startsOf(clock: VirtualClock, removals: number): Promise<number[]> {
  const { spend } = createPacer(clock);
  return Promise.all(Array.from({ length: removals }, () => spend(7, never).then(clock.now)));
}

test('the first 20 removals start at once, the others a second apart', async () => {
  const starts = await startsOf(new VirtualClock(), 100);

  const expected = Array.from({ length: 100 }, (_, index) => Math.max(index - 19, 0) * 1_000);
  expect(starts.map(Math.round)).toEqual(expected);
});

test('no minute costs more than 560 points', async () => {
  const starts = await startsOf(new VirtualClock(), 200);

  const costs = starts.map(
    (end) => 7 * starts.filter((start) => start <= end && start > end - 60_000).length,
  );
  expect(Math.max(...costs)).toBeLessThanOrEqual(560);
});

test('what was not spent for a while can be spent at once, but not more than for 20 removals', async () => {
  const clock = new VirtualClock();
  const { spend } = createPacer(clock);
  await spend(140, never);
  await clock.sleep(5_000, never);
  await spend(35, never);
  expect(clock.now()).toBe(5_000);

  await clock.sleep(3_600_000, never);
  await spend(140, never);
  expect(clock.now()).toBe(3_605_000);
  await spend(1, never);
  expect(clock.now()).toBeCloseTo(3_605_000 + 1_000 / 7);
});

test('nothing can be spent once the signal is aborted', async () => {
  const { spend } = createPacer(new VirtualClock());
  const controller = new AbortController();
  await spend(140, controller.signal);

  const waiting = spend(1, controller.signal);
  controller.abort(new Error('stopped'));

  await expect(waiting).rejects.toThrow('stopped');
  await expect(spend(1, controller.signal)).rejects.toThrow('stopped');
});

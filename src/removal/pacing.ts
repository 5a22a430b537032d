import type { Clock } from '../clock.ts';

/** Spreads requests, so a large removal stays within GitHub's secondary rate limit. */
export interface Pacer {
  /** Waits until the points can be spent. @throws the signal's reason */
  spend(points: number, signal: AbortSignal): Promise<void>;
}

/**
 * What requests cost, and what GitHub allows in a minute (900 points). The rest is for other uses of the token.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export const pointsOf = { read: 1, delete: 5 } as const;
const pointsPerMinute = 750;
const minute = 60_000;

export function createPacer(clock: Clock): Pacer {
  let spent: { at: number; points: number }[] = [];
  let turn: Promise<void> = Promise.resolve();

  async function waitAndSpend(points: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const now = clock.now();
      spent = spent.filter(({ at }) => at > now - minute);
      const [oldest] = spent;
      const total = spent.reduce((sum, entry) => sum + entry.points, points);
      if (oldest === undefined || total <= pointsPerMinute) {
        spent.push({ at: now, points });
        return;
      }
      await clock.sleep(oldest.at + minute - now, signal);
    }
  }

  return {
    spend(points, signal) {
      // One after the other, in the order of the calls.
      const result = turn.then(() => waitAndSpend(points, signal));
      turn = result.catch(() => undefined);
      return result;
    },
  };
}

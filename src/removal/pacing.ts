import type { Clock } from '../clock.ts';

/** Spreads requests, so a large removal stays within GitHub's secondary rate limits. */
export interface Pacer {
  /** Waits until the points can be spent. @throws the signal's reason */
  spend(points: number, signal: AbortSignal): Promise<void>;
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#calculating-points-for-the-secondary-rate-limit */
export const pointsOf = { read: 1, delete: 5 } as const;

/**
 * GitHub allows 900 points a minute, and advises to pause for a second between requests that change something. In a second,
 * this is one removed runner: two reads and a deletion. More than half of the limit is left for other uses of the token.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests
 */
const millisecondsPerPoint = 1_000 / 7;
/** Milliseconds that may be spent in advance: the first 20 runners are removed without a pause. */
const burst = 20_000;

export function createPacer(clock: Clock): Pacer {
  let paidUntil = Number.NEGATIVE_INFINITY;
  return {
    spend(points, signal) {
      const now = clock.now();
      paidUntil = Math.max(paidUntil, now - burst) + points * millisecondsPerPoint;
      return clock.sleep(Math.max(paidUntil - now, 0), signal);
    },
  };
}

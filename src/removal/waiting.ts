import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';

const minute = 60_000;
/** Milliseconds between two reads of a runner. The first intervals are short: many waits are. */
const shortestInterval = 15_000;
const firstInterval = 20_000;
const longestInterval = 60_000;
/** With many runners, the intervals grow: an hour of polls stays within GitHub's 5,000 requests an hour. */
const intervalPerRunner = 1_000;

/** The time that a step may wait for runners that are busy or online. */
export interface Waiting {
  /**
   * Waits until a runner should be read again. Logs a line a minute for all runners that are waited for.
   *
   * @param runner for the log
   * @param polls how often it was read again before
   * @returns `false` if the time is up or the signal was aborted
   */
  poll(runner: string, polls: number): Promise<boolean>;
}

/** @param signal ends all waits */
export function createWaiting(
  minutes: number,
  signal: AbortSignal,
  { clock, log }: Pick<Context, 'clock' | 'log'>,
): Waiting {
  const deadline = clock.now() + minutes * minute;
  const waiting = new Set<{ readonly runner: string }>();
  let nextLine = clock.now();

  async function sleepUntil(time: number): Promise<void> {
    while (clock.now() < time) {
      // Even for no time: all runners whose wait begins now are in the first line.
      await clock.sleep(Math.max(Math.min(time, nextLine) - clock.now(), 0), signal);
      const now = clock.now();
      if (now >= nextLine && now < deadline) {
        nextLine = now + minute;
        const runners = describeSome([...waiting].map(({ runner }) => runner));
        log.info(
          `Waiting for ${runners}, for up to ${describeMinutes(Math.ceil((deadline - now) / minute))}.`,
        );
      }
    }
  }

  return {
    async poll(runner, polls) {
      const now = clock.now();
      if (now >= deadline) {
        return false;
      }
      const entry = { runner };
      waiting.add(entry);
      // Jitter: runners that became busy together are not read together.
      const longest = Math.min(longestInterval, firstInterval * 1.5 ** polls);
      const interval = shortestInterval + Math.random() * (longest - shortestInterval);
      try {
        await sleepUntil(Math.min(now + Math.max(interval, waiting.size * intervalPerRunner), deadline));
        return true;
      } catch {
        return false;
      } finally {
        waiting.delete(entry);
      }
    },
  };
}

/** A wait outlasts these failures: the next poll can succeed. */
export function isTransient(error: unknown): error is Failure {
  return error instanceof Failure && (error.kind === 'network' || error.kind === 'server-error');
}

/** For example `"one", "two", "three", "four", "five" and 3 more`. */
export function describeSome(runners: readonly string[]): string {
  const shown = runners.slice(0, 5);
  const more = runners.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What a dry run does not wait for. */
export function describeSkippedWait(obstacle: string, minutes: number): string {
  return `It is ${obstacle} now. The step would wait up to ${describeMinutes(minutes)} for it.`;
}

export function describeMinutes(minutes: number): string {
  return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}

/** A token that was accepted before and is refused now has expired. */
export function explainExpiredToken(failure: Failure): Failure {
  if (failure.kind !== 'bad-credentials') {
    return failure;
  }
  const { happened, requestId } = failure.explanation;
  return new Failure(
    'bad-credentials',
    {
      happened,
      likelyCause:
        'GitHub accepted the token at the start of this step. It has since expired or been revoked. The token of a GitHub App expires after one hour.',
      remedy:
        'Re-run the job to continue. Create the token in the same job, directly before this step, and use a shorter "wait-minutes".',
      requestId,
    },
    { cause: failure },
  );
}

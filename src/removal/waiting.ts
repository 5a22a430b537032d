import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';

const minute = 60_000;
/** Milliseconds between two reads of a runner. */
const shortestInterval = 15_000;
const longestInterval = 60_000;

/** The time that a step may wait for runners that are busy or online. */
export interface Waiting {
  /**
   * Waits until the runner should be read again.
   *
   * @param polls how often it was read again before
   * @returns `false` if the time is up or the step was cancelled
   */
  poll(runner: string, polls: number): Promise<boolean>;
}

/** Logs one line a minute while a runner is waited for. */
export function createWaiting(
  minutes: number,
  { clock, log, cancellation }: Pick<Context, 'clock' | 'log' | 'cancellation'>,
): Waiting {
  const deadline = clock.now() + minutes * minute;
  const waiting = new Set<string>();
  let lastLine = clock.now();

  function logProgress(): void {
    if (clock.now() - lastLine >= minute) {
      lastLine = clock.now();
      const left = Math.ceil((deadline - lastLine) / minute);
      log.info(`Waiting for ${describeRunners([...waiting])}, for at most ${left} more minutes.`);
    }
  }

  return {
    async poll(runner, polls) {
      const left = deadline - clock.now();
      if (left <= 0) {
        return false;
      }
      // The intervals vary, so runners that became busy together are not read together.
      const longest = Math.min(longestInterval, 20_000 * 1.5 ** polls);
      const interval = shortestInterval + Math.random() * (longest - shortestInterval);
      waiting.add(runner);
      try {
        await clock.sleep(Math.min(interval, left), cancellation.requested);
        logProgress();
        return true;
      } catch {
        return false;
      } finally {
        waiting.delete(runner);
      }
    },
  };
}

/** For example `"one", "two" and 3 more`. */
export function describeRunners(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `"${name}"`);
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  return `${shown.join(', ')}${more}`;
}

/** A token that was accepted before a wait and is refused afterwards has expired. */
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
        'The token in the input "token" expired while the step waited for a runner. The token of a GitHub App expires after one hour.',
      remedy:
        'Use a shorter "wait-minutes", or create the token in the same job directly before this step. Re-run the step to continue.',
      requestId,
    },
    { cause: failure },
  );
}

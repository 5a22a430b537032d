import type { Clock } from '../clock.ts';
import { Failure } from '../failure.ts';
import type { Log } from '../log.ts';

export class FailedAttempt {
  readonly failure: Failure;
  /** A number is what the server asks to wait, in milliseconds. */
  readonly retry: 'never' | 'backoff' | number;

  constructor(failure: Failure, retry: FailedAttempt['retry']) {
    this.failure = failure;
    this.retry = retry;
  }
}

interface RetryOptions {
  readonly retries: number;
  readonly log: Log;
  readonly clock: Clock;
  /** Ends the wait for the next attempt. */
  readonly signal: AbortSignal;
  /** Called after each wait. If it returns `false`, there is no retry. */
  readonly mayRetry?: (() => Promise<boolean>) | undefined;
}

/** The longest wait before the first retry, in milliseconds. It doubles with each retry. */
const firstWait = 1_000;
/** A server that asks for more time gets no retry: the message says when to re-run the job. */
const maximumWait = 90_000;
/** No attempt starts later than this after the first, in milliseconds: the examples limit the step to five minutes. */
const maximumElapsed = 150_000;

/**
 * Repeats an attempt after a transient error. Every request of this action can be repeated: reading, deleting, and
 * creating a remove token, which changes nothing.
 *
 * Octokit's plugins do not fit. `plugin-retry` (8.1) ignores `Retry-After`, has no jitter and retries certificate errors.
 * `plugin-throttling` (11.0) recognizes secondary rate limits by their wording only and delays requests that need no
 * delay. Neither gives up on a long wait.
 *
 * @throws Failure of the last attempt
 */
export async function withRetries<Success>(
  attempt: () => Promise<Success | FailedAttempt>,
  { retries, log, clock, signal, mayRetry }: RetryOptions,
): Promise<Success> {
  const start = clock.now();
  for (let attempts = 1; ; attempts += 1) {
    const result = await attempt();
    if (!(result instanceof FailedAttempt)) {
      return result;
    }
    const { failure, retry } = result;
    if (retry === 'never' || attempts > retries) {
      throw afterAttempts(failure, attempts);
    }
    const wait = waitBefore(retry, attempts);
    if (wait > maximumWait || clock.now() + wait > start + maximumElapsed) {
      throw afterAttempts(failure, attempts);
    }
    log.info(
      `${failure.explanation.happened} Retry ${attempts} of ${retries} in ${(wait / 1000).toFixed(1)} seconds.`,
    );
    await clock.sleep(wait, signal);
    if ((await mayRetry?.()) === false) {
      throw afterAttempts(failure, attempts);
    }
  }
}

/** Jitter keeps jobs that failed together from retrying together. It never shortens the wait that a server asks for. */
function waitBefore(retry: 'backoff' | number, attempts: number): number {
  const jitter = Math.random();
  return retry === 'backoff'
    ? firstWait * 2 ** (attempts - 1) * (0.5 + jitter / 2)
    : retry * (1 + jitter / 10);
}

function afterAttempts(failure: Failure, attempts: number): Failure {
  if (attempts === 1) {
    return failure;
  }
  const happened = `${failure.explanation.happened} Gave up after ${attempts} attempts.`;
  return new Failure(failure.kind, { ...failure.explanation, happened }, { cause: failure.cause });
}

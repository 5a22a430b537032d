import { Failure } from '../failure.ts';
import { header, messageOf } from './answer.ts';
import type { Answer } from './client.ts';
import { Setback } from './retry.ts';

/** GitHub asks for at least a minute after a secondary limit for which it names no time. */
const waitAfterSecondaryLimit = 60_000;
const day = 24 * 60 * 60 * 1000;

/**
 * Whether an answer is about too many requests.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export function isRateLimited(answer: Answer): boolean {
  return (
    answer.status === 429 ||
    (answer.status === 403 &&
      (header(answer, 'retry-after') !== undefined ||
        header(answer, 'x-ratelimit-remaining') === '0' ||
        /rate limit/i.test(messageOf(answer))))
  );
}

/** How long the server asks to wait, in milliseconds; `undefined` when it does not. */
export function waitAskedFor(answer: Answer): number | undefined {
  const retryAfter = header(answer, 'retry-after');
  if (retryAfter !== undefined) {
    const time = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now(answer);
    return Number.isNaN(time) ? undefined : Math.max(time, 0);
  }
  const reset = header(answer, 'x-ratelimit-reset');
  return header(answer, 'x-ratelimit-remaining') === '0' && /^\d+$/.test(String(reset))
    ? Math.max(Number(reset) * 1000 - now(answer), 0)
    : undefined;
}

/** Explains that there were too many requests, and when the next can be made. */
export function explainRateLimit(answer: Answer, failed: string): Setback {
  const isPrimary = header(answer, 'x-ratelimit-remaining') === '0';
  const isSecondary = /secondary rate limit|abuse/i.test(messageOf(answer));
  const wait = waitAskedFor(answer) ?? (isSecondary ? waitAfterSecondaryLimit : undefined);
  const failure = new Failure('rate-limited', {
    happened: failed,
    cause: isPrimary
      ? 'The requests that this token (or all of its owner) may make in an hour are used up.'
      : 'Too many requests in a short time, by this token and all that share it: GitHub limits what is read in a minute, and more narrowly what creates tokens.',
    remedy: `${wait === undefined ? 'Run the job again in a few minutes.' : `It will work again ${when(wait, now(answer))}.`} If it happens often, spread the jobs out, give this action a token of its own, or ask once for many runners: one remove token serves all of a registration.`,
    requestId: header(answer, 'x-github-request-id'),
  });
  return new Setback(failure, wait ?? 'passing');
}

/** When it will work again: `at 2026-11-21T10:00:00Z, in 12 minutes`. */
export function when(wait: number, from: number): string {
  if (wait > day) {
    return 'in more than a day';
  }
  const time = new Date(from + wait).toISOString().replace(/\.\d+/, '');
  return `at ${time}, in ${wait < 120_000 ? `${Math.ceil(wait / 1000)} seconds` : `${Math.ceil(wait / 60_000)} minutes`}`;
}

/** The time on the server's clock: this machine's may be wrong. */
export function now(answer: Answer): number {
  const date = Date.parse(header(answer, 'date') ?? '');
  return Number.isNaN(date) ? Date.now() : date;
}

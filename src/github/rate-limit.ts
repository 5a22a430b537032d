import { Failure } from '../failure.ts';
import {
  type ApiRequest,
  type ApiResponse,
  describeResponse,
  header,
  messageOf,
  requestId,
} from './api-response.ts';
import { FailedAttempt } from './retry.ts';

/** GitHub's advice for a secondary rate limit without a time, in milliseconds. */
const waitAfterSecondaryLimit = 60_000;
const day = 24 * 60 * 60 * 1000;

/** @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export function isRateLimited(response: ApiResponse): boolean {
  return (
    response.status === 429 ||
    (response.status === 403 &&
      (header(response, 'retry-after') !== undefined ||
        isUsedUp(response) ||
        /rate limit/i.test(messageOf(response))))
  );
}

export function explainRateLimit(request: ApiRequest, response: ApiResponse): FailedAttempt {
  const isSecondary = /secondary rate limit|abuse/i.test(messageOf(response));
  const wait = retryAfter(response) ?? (isSecondary ? waitAfterSecondaryLimit : undefined);
  const failure = new Failure('rate-limited', {
    happened: describeResponse(request, response),
    cause: isUsedUp(response)
      ? 'The hourly limit of requests for this token, or for all tokens of its owner, is used up.'
      : "Too many requests in a short time from this token or its owner's other tokens. The limit for requests that create something is lower.",
    remedy: `Re-run the job ${wait === undefined ? 'in a few minutes' : describeWait(wait, response)}. If this happens often, spread the jobs out, use a separate token for this action, or remove several runners in one step: they share one remove token.`,
    requestId: requestId(response),
  });
  return new FailedAttempt(failure, wait ?? 'backoff');
}

/** How long the server asks to wait, in milliseconds. */
export function retryAfter(response: ApiResponse): number | undefined {
  const value = header(response, 'retry-after');
  if (value !== undefined) {
    const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - serverTime(response);
    return Number.isNaN(wait) ? undefined : Math.max(wait, 0);
  }
  const reset = header(response, 'x-ratelimit-reset');
  return isUsedUp(response) && /^\d+$/.test(String(reset))
    ? Math.max(Number(reset) * 1000 - serverTime(response), 0)
    : undefined;
}

/** For example `after 2026-11-21T10:00:00Z (in 12 minutes)`. */
export function describeWait(wait: number, response: ApiResponse): string {
  if (wait > day) {
    return 'in more than a day';
  }
  const time = new Date(serverTime(response) + wait).toISOString().replace(/\.\d+/, '');
  const duration =
    wait < 120_000 ? `${Math.ceil(wait / 1000)} seconds` : `${Math.ceil(wait / 60_000)} minutes`;
  return `after ${time} (in ${duration})`;
}

/** The server's time in milliseconds. This machine's clock may be wrong. */
export function serverTime(response: ApiResponse): number {
  const date = Date.parse(header(response, 'date') ?? '');
  return Number.isNaN(date) ? Date.now() : date;
}

function isUsedUp(response: ApiResponse): boolean {
  return header(response, 'x-ratelimit-remaining') === '0';
}

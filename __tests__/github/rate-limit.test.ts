import { expect, test } from '@jest/globals';
import type { ApiResponse } from '../../src/github/api-response.ts';
import { describeWait, explainRateLimit, isRateLimited, retryAfter } from '../../src/github/rate-limit.ts';
import { repository } from '../support.ts';

const date = 'Sat, 21 Nov 2026 10:00:00 GMT';
const now = Date.parse(date);
const response = (status: number, headers: ApiResponse['headers'], message?: string): ApiResponse => ({
  status,
  headers: { date, ...headers },
  data: { message },
});
const usedUp = (reset?: string | number) => ({ 'x-ratelimit-remaining': 0, 'x-ratelimit-reset': reset });

test.each<[boolean, ApiResponse]>([
  [true, response(429, {})],
  [true, response(403, { 'retry-after': '1' })],
  [true, response(403, { 'x-ratelimit-remaining': '0' })],
  [true, response(403, {}, 'You have exceeded a secondary RATE LIMIT')],
  [false, response(403, { 'x-ratelimit-remaining': '10' }, 'Forbidden')],
  [false, response(404, { 'retry-after': '1', 'x-ratelimit-remaining': '0' }, 'rate limit')],
])('is a rate limit, %p: %p', (expected, given) => {
  expect(isRateLimited(given)).toBe(expected);
});

test.each<[number | undefined, ApiResponse['headers']]>([
  [undefined, {}],
  [17_000, { 'retry-after': '17' }],
  [0, { 'retry-after': 0 }],
  [undefined, { 'retry-after': 'soon' }],
  [60_000, { 'retry-after': 'Sat, 21 Nov 2026 10:01:00 GMT' }],
  [60_000, { 'retry-after': 'Sat, 21 Nov 2026 10:01:00 +0000' }],
  [60_000, { 'retry-after': '2026-11-21T10:01:00Z' }],
  [0, { 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT' }],
  [30_000, usedUp(now / 1000 + 30)],
  [0, usedUp(now / 1000 - 30)],
  [7_000, { 'retry-after': '7', ...usedUp(now / 1000 + 30) }],
  [undefined, usedUp()],
  [undefined, usedUp('1795255230 s')],
  [undefined, usedUp('at 1795255230')],
  [undefined, { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': now / 1000 + 30 }],
])("the wait is %p by the server's clock: %j", (wait, headers) => {
  expect(retryAfter(response(403, headers))).toBe(wait);
});

test("without the server's clock, the clock of this machine is used", () => {
  const reset = Math.floor(Date.now() / 1000) + 60;

  const wait = retryAfter(response(403, { date: undefined, ...usedUp(reset) }));

  expect(wait).toBeGreaterThan(50_000);
  expect(wait).toBeLessThanOrEqual(60_000);
});

test.each([
  [1_500, 'after 2026-11-21T10:00:01Z (in 2 seconds)'],
  [119_999, 'after 2026-11-21T10:01:59Z (in 120 seconds)'],
  [120_000, 'after 2026-11-21T10:02:00Z (in 2 minutes)'],
  [86_400_000, 'after 2026-11-22T10:00:00Z (in 1440 minutes)'],
  [86_400_001, 'in more than a day'],
  [Number.POSITIVE_INFINITY, 'in more than a day'],
])('a wait of %d ms is described as "%s"', (wait, description) => {
  expect(describeWait(wait, response(429, {}))).toBe(description);
});

test.each<[number | 'backoff', ApiResponse['headers'], string, RegExp]>([
  [60_000, {}, 'You have exceeded a secondary rate limit.', /short time.* \(in 60 seconds\)/],
  [60_000, {}, 'You have triggered an abuse detection mechanism.', /short time.* \(in 60 seconds\)/],
  ['backoff', {}, '', /short time.* in a few minutes/],
  ['backoff', usedUp(), '', /used up.* in a few minutes/],
  [5_000, { 'retry-after': '5' }, '', /\(in 5 seconds\)/],
])('is explained with when to re-run the job: %p, %j, %j', (retry, headers, message, explanation) => {
  const request = {
    purpose: 'do this',
    registration: repository,
    method: 'GET',
    path: '',
    expected: [],
  } as const;

  const attempt = explainRateLimit(
    request,
    response(429, { ...headers, 'x-github-request-id': 'AB:1' }, message),
  );

  expect(attempt.retry).toBe(retry);
  expect(attempt.failure.kind).toBe('rate-limited');
  expect(attempt.failure.message).toMatch(
    /^Could not do this: GitHub responded 429.*\. .*one remove token\.$/,
  );
  expect(attempt.failure.message).toMatch(explanation);
  expect(attempt.failure.explanation.requestId).toBe('AB:1');
});

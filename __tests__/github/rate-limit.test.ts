import { expect, test } from '@jest/globals';
import type { Answer } from '../../src/github/client.ts';
import { explainRateLimit, isRateLimited, waitAskedFor, when } from '../../src/github/rate-limit.ts';

const date = 'Sat, 21 Nov 2026 10:00:00 GMT';
const now = Date.parse(date);
const answer = (status: number, headers: Answer['headers'], message?: string): Answer => ({
  status,
  headers: { date, ...headers },
  data: { message },
});

test.each<[boolean, Answer]>([
  [true, answer(429, {})],
  [true, answer(403, { 'retry-after': '1' })],
  [true, answer(403, { 'x-ratelimit-remaining': '0' })],
  [true, answer(403, {}, 'You have exceeded a secondary RATE LIMIT')],
  [false, answer(403, { 'x-ratelimit-remaining': '10' }, 'Forbidden')],
  [false, answer(404, { 'retry-after': '1', 'x-ratelimit-remaining': '0' }, 'rate limit')],
])('an answer is about too many requests: %p', (expected, given) => {
  expect(isRateLimited(given)).toBe(expected);
});

test.each<[number | undefined, Answer['headers']]>([
  [undefined, {}],
  [17_000, { 'retry-after': '17' }],
  [0, { 'retry-after': 0 }],
  [undefined, { 'retry-after': 'soon' }],
  [60_000, { 'retry-after': 'Sat, 21 Nov 2026 10:01:00 GMT' }],
  [60_000, { 'retry-after': 'Sat, 21 Nov 2026 10:01:00 +0000' }],
  [60_000, { 'retry-after': '2026-11-21T10:01:00Z' }],
  [0, { 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT' }],
  [30_000, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 30) }],
  [0, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 - 30) }],
  [7_000, { 'retry-after': '7', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 30) }],
  [undefined, { 'x-ratelimit-remaining': '0' }],
  [undefined, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'noon' }],
  [undefined, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795255230 s' }],
  [undefined, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': 'at 1795255230' }],
  [undefined, { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': String(now / 1000 + 30) }],
])("the wait that is asked for is %p, by the server's clock: %j", (wait, headers) => {
  expect(waitAskedFor(answer(403, headers))).toBe(wait);
});

test("without the server's clock this machine's has to do", () => {
  const reset = String(Math.floor(Date.now() / 1000) + 60);
  const wait = waitAskedFor(
    answer(403, { date: undefined, 'x-ratelimit-remaining': 0, 'x-ratelimit-reset': reset }),
  );
  expect(wait).toBeGreaterThan(50_000);
  expect(wait).toBeLessThanOrEqual(60_000);
});

test.each([
  [1_500, 'at 2026-11-21T10:00:01Z, in 2 seconds'],
  [119_999, 'at 2026-11-21T10:01:59Z, in 120 seconds'],
  [120_000, 'at 2026-11-21T10:02:00Z, in 2 minutes'],
  [86_400_000, 'at 2026-11-22T10:00:00Z, in 1440 minutes'],
  [86_400_001, 'in more than a day'],
  [Number.POSITIVE_INFINITY, 'in more than a day'],
])('a wait of %d is told as "%s"', (wait, told) => {
  expect(when(wait, now)).toBe(told);
});

test.each<[number | 'passing', Answer['headers'], string, RegExp]>([
  [60_000, {}, 'You have exceeded a secondary rate limit.', /short time.* in 60 seconds/],
  [60_000, {}, 'You have triggered an abuse detection mechanism.', /short time.* in 60 seconds/],
  ['passing', {}, '', /short time.*in a few minutes/],
  ['passing', { 'x-ratelimit-remaining': '0' }, '', /used up.*in a few minutes/],
  [5_000, { 'retry-after': '5' }, '', /in 5 seconds/],
])('too many requests are explained: %p', (outlook, headers, message, told) => {
  const setback = explainRateLimit(
    answer(429, { ...headers, 'x-github-request-id': 'AB:1' }, message),
    'It failed.',
  );
  expect(setback.outlook).toBe(outlook);
  expect(setback.failure.kind).toBe('rate-limited');
  expect(setback.failure.message).toMatch(told);
  expect(setback.failure.message).toMatch(/^It failed\..*one remove token serves all/);
  expect(setback.failure.explanation.requestId).toBe('AB:1');
});

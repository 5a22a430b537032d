import { beforeEach, expect, test } from '@jest/globals';
import { githubLimits, RateLimits } from '../../sandbox/rate-limits.ts';

const minute = 60_000;
const hour = 60 * minute;
let now: number;
let limits: RateLimits;

beforeEach(() => {
  now = Date.UTC(2026, 10, 21);
  limits = new RateLimits(githubLimits, () => now);
});

/** Makes requests one after another. Returns the number of those that were not refused. */
function make(count: number, method: string, token = 'ghp_one'): number {
  let admitted = 0;
  for (let made = 0; made < count; made += 1) {
    const { refusal, end } = limits.begin(token, method);
    end();
    if (refusal === undefined) admitted += 1;
  }
  return admitted;
}

test('a token has 900 points in any minute: a request that reads costs one, others five', () => {
  now += 59_000;
  expect(make(1000, 'GET')).toBe(900);
  now += 2_000;
  expect(make(1, 'GET')).toBe(0);
  expect(make(1000, 'DELETE', 'ghp_two')).toBe(180);
  now += minute - 2_000;
  expect(make(1, 'POST')).toBe(1);
  expect(make(1000, 'GET')).toBe(895);
  expect(limits.mostUsed('ghp_one').pointsPerMinute).toBe(900);
});

test('a token can create content 80 times in a minute and 500 times in an hour', () => {
  const created = Array.from({ length: 10 }, (_, index) => {
    now += index === 0 ? 0 : minute;
    return make(100, 'POST');
  });
  expect(created).toEqual([80, 80, 80, 80, 80, 80, 20, 0, 0, 0]);
  expect(limits.begin('ghp_one', 'POST').refusal?.headers).toEqual({ 'retry-after': String(51 * 60) });
  now += hour - 9 * minute;
  expect(make(100, 'POST')).toBe(80);
});

test('a token can make 5,000 requests in the hour that begins with the first one', () => {
  const begin = now;
  for (let made = 0; made < 5000; made += make(500, 'GET')) now += minute;
  const { refusal } = limits.begin('ghp_one', 'GET');
  expect(refusal).toMatchObject({ status: 403, body: { message: expect.stringMatching(/^API rate limit/) } });
  expect(refusal?.headers).toEqual({});
  now = begin + minute + hour;
  expect(make(1, 'GET')).toBe(1);
});

test('a token can have 100 concurrent requests', () => {
  const admissions = Array.from({ length: 101 }, () => limits.begin('ghp_one', 'GET'));
  expect(admissions.map(({ refusal }) => refusal?.status).filter(Boolean)).toEqual([403]);
  for (const { end } of admissions.slice(99)) end();
  expect(limits.begin('ghp_one', 'GET').refusal).toBeUndefined();
  expect(limits.begin('ghp_one', 'GET').refusal).toBeDefined();
  expect(limits.mostUsed('ghp_one').concurrentRequests).toBe(100);
});

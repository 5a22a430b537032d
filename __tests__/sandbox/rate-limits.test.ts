import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import { githubLimits, RateLimits } from '../../sandbox/rate-limits.ts';

const minute = 60_000;
const hour = 60 * minute;
let now: number;
let limits: RateLimits;

beforeEach(() => {
  now = Date.UTC(2026, 10, 21);
  limits = new RateLimits(githubLimits, () => now);
});

/** Makes requests, each answered at once; returns how many were let in. */
function make(count: number, method: string, token = 'ghp_one'): number {
  let letIn = 0;
  for (let made = 0; made < count; made += 1) {
    const admission = limits.begin(token, method);
    admission.end();
    if (admission.refusal === undefined) letIn += 1;
  }
  return letIn;
}

test('900 points may be spent in a minute: a request that reads costs one, any other five', () => {
  expect(make(1000, 'GET')).toBe(900);
  expect(make(1, 'GET')).toBe(0);
  now += minute;
  expect(make(1000, 'DELETE')).toBe(180);
  now += minute;
  expect(make(1, 'POST')).toBe(1);
  expect(make(1000, 'GET')).toBe(895);
  expect(limits.mostUsed('ghp_one').pointsPerMinute).toBe(900);
});

test('any minute counts, not the one on the clock', () => {
  now += 59_000;
  make(900, 'GET');
  now += 2_000;
  expect(make(1, 'GET')).toBe(0);
  now += minute - 2_000;
  expect(make(1, 'GET')).toBe(1);
});

test('80 things may be created in a minute, and 500 in an hour', () => {
  const created = Array.from({ length: 10 }, (_, index) => {
    now += index === 0 ? 0 : minute;
    return make(100, 'POST');
  });
  expect(created).toEqual([80, 80, 80, 80, 80, 80, 20, 0, 0, 0]);
  expect(limits.begin('ghp_one', 'POST').refusal?.headers).toEqual({ 'retry-after': String(51 * 60) });
  now += hour - 9 * minute;
  expect(make(100, 'POST')).toBe(80);
});

test('5,000 requests may be made in an hour from the first', () => {
  const begin = now;
  for (let made = 0; made < 5000; made += make(500, 'GET')) now += minute;
  const { refusal, headers } = limits.begin('ghp_one', 'GET');
  expect(refusal).toMatchObject({ status: 403, body: { message: expect.stringMatching(/^API rate limit/) } });
  expect(refusal?.headers).toBeUndefined();
  const reset = begin + minute + hour;
  expect(headers).toEqual({
    'x-ratelimit-limit': 5000,
    'x-ratelimit-remaining': 0,
    'x-ratelimit-reset': reset / 1000,
    'x-ratelimit-used': 5000,
  });
  now = reset;
  expect(make(1, 'GET')).toBe(1);
});

test('100 requests may be under way', () => {
  const admissions = Array.from({ length: 101 }, () => limits.begin('ghp_one', 'GET'));
  expect(admissions.map(({ refusal }) => refusal?.status).filter(Boolean)).toEqual([403]);
  for (const { end } of admissions.slice(99)) end();
  expect(limits.begin('ghp_one', 'GET').refusal).toBeUndefined();
  expect(limits.begin('ghp_one', 'GET').refusal).toBeDefined();
  expect(limits.mostUsed('ghp_one').concurrentRequests).toBe(100);
});

test('each token has limits of its own', () => {
  expect(make(100, 'POST')).toBe(80);
  expect(make(100, 'POST', 'ghp_two')).toBe(80);
});

describe('the stand-in API', () => {
  let github: GitHub;
  beforeEach(async () => {
    github = await GitHub.start({
      now: () => new Date(now),
      limits: { ...githubLimits, creationsPerMinute: 1, requestsPerHour: 3 },
    });
    github.addOrganization('octo');
    github.addAdminToken('ghp_admin', { registrations: ['octo'] });
  });
  afterEach(() => github.close());

  const askForToken = () =>
    fetch(`${github.apiUrl}/orgs/octo/actions/runners/remove-token`, {
      method: 'POST',
      headers: { authorization: 'token ghp_admin' },
    });

  test('refuses what hits a secondary limit, and says when to come back', async () => {
    expect((await askForToken()).status).toBe(201);
    const refused = await askForToken();
    expect(refused.status).toBe(403);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('2');
    expect(await refused.json()).toMatchObject({ message: expect.stringContaining('secondary rate limit') });
    expect(github.issuedTokens).toHaveLength(1);
    now += minute;
    expect((await askForToken()).status).toBe(201);
  });

  test('refuses what hits the primary limit, and says when the next hour begins', async () => {
    for (let made = 0; made < 3; made += 1) {
      expect((await askForToken()).status).toBe(201);
      now += minute;
    }
    const refused = await askForToken();
    expect(refused.status).toBe(403);
    expect(refused.headers.get('retry-after')).toBeNull();
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(refused.headers.get('x-ratelimit-reset')).toBe(String((now + hour - 3 * minute) / 1000));
  });
});

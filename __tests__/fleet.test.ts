import { describe, expect, test } from '@jest/globals';
import { type FleetOptions, removeWithAction, removeWithTokenEach } from '../sandbox/fleet.ts';
import { githubLimits } from '../sandbox/rate-limits.ts';

/** Much smaller than a fleet that GitHub's limits matter to, and so are the limits: a token for each runner is too much. */
const fleet: FleetOptions = {
  hosts: 3,
  runnersPerHost: 4,
  limits: { ...githubLimits, creationsPerMinute: 6, pointsPerMinute: 40, concurrentRequests: 12 },
};

describe('A fleet of 12 runners on 3 hosts, where 6 things may be created in a minute', () => {
  test('is removed by the action with a token request per host and two requests per runner, and no limit is hit', async () => {
    expect(await removeWithAction(fleet)).toMatchObject({
      results: { removed: 12 },
      left: 0,
      tokenRequests: 3,
      requests: 3 + 2 * 12,
      refused: 0,
      used: { creationsPerMinute: 3, pointsPerMinute: 3 * 5 + 2 * 12, concurrentRequests: 12 },
    });
  });

  test('is removed by the action all the same when a limit is hit: it waits for as long as it is told', async () => {
    const limits = { ...fleet.limits, pointsPerMinute: 30 };
    const report = await removeWithAction({ ...fleet, limits });
    expect(report).toMatchObject({ results: { removed: 12 }, left: 0, used: { pointsPerMinute: 30 } });
    expect(report.refused).toBeGreaterThan(0);
    expect(report.requests - report.refused).toBe(3 + 2 * 12);
    expect(report.duration).toBeGreaterThan(60_000);
  });

  test('is not removed with a token request per runner: half of them are refused', async () => {
    expect(await removeWithTokenEach(fleet, false)).toMatchObject({
      results: { removed: 6, left: 6 },
      left: 6,
      tokenRequests: 12,
      refused: 6,
    });
  });

  test('takes minutes with a token request per runner that is made again when it may be', async () => {
    const report = await removeWithTokenEach(fleet, true);
    expect(report).toMatchObject({ results: { removed: 12 }, left: 0, used: { creationsPerMinute: 6 } });
    expect(report.duration).toBeGreaterThan(60_000);
  });
});

test('A fleet takes the same time again, and a limit is not hit with fewer hosts at a time', async () => {
  const limits = { ...fleet.limits, concurrentRequests: 2 };
  const small = { ...fleet, hosts: 2, runnersPerHost: 2, limits };
  const one = await removeWithAction(small);
  expect(one.refused).toBeGreaterThan(0);
  expect(await removeWithAction(small)).toEqual(one);
  expect(await removeWithAction({ ...small, maxParallel: 1 })).toMatchObject({
    results: { removed: 4 },
    refused: 0,
    used: { concurrentRequests: 2 },
  });
});

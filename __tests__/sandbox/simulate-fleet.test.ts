import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { githubLimits } from '../../sandbox/rate-limits.ts';
import { type Fleet, removeFleet } from '../../sandbox/simulate-fleet.ts';

const fleet: Fleet = {
  hosts: 3,
  runnersPerHost: 4,
  maxParallel: 3,
  limits: { ...githubLimits, creationsPerMinute: 6, pointsPerMinute: 40 },
  removalTime: [2000, 3000],
  seed: 1,
};

test('the action makes one token request per host and two requests per runner', async () => {
  expect(await removeFleet(fleet, 'action')).toMatchObject({
    results: { removed: 12 },
    tokenRequests: 3,
    requests: 3 + 2 * 12,
    refused: 0,
    used: { creationsPerMinute: 3, pointsPerMinute: 3 * 5 + 2 * 12, concurrentRequests: 12 },
  });
});

test('the action waits when it reaches a limit, and then continues', async () => {
  const report = await removeFleet({ ...fleet, limits: { ...githubLimits, pointsPerMinute: 30 } }, 'action');
  expect(report).toMatchObject({ results: { removed: 12 }, used: { pointsPerMinute: 30 } });
  expect(report.requests - report.refused).toBe(3 + 2 * 12);
  expect(report.duration).toBeGreaterThan(60_000);
});

test('with a remove token for each runner, half of the requests are refused, or it takes minutes', async () => {
  expect(await removeFleet(fleet, 'loop')).toMatchObject({ results: { removed: 6, left: 6 }, refused: 6 });
  const patient = await removeFleet(fleet, 'loop with retries');
  expect(patient.results).toEqual({ removed: 12 });
  expect(patient.duration).toBeGreaterThan(60_000);
});

test('docs/fleet.md has the figures that npm run simulate:fleet prints', () => {
  const directory = join(import.meta.dirname, '../..');
  const table = execFileSync(process.execPath, ['sandbox/simulate-fleet.ts'], {
    cwd: directory,
    encoding: 'utf8',
  });
  expect(readFileSync(join(directory, 'docs/fleet.md'), 'utf8')).toContain(table);
});

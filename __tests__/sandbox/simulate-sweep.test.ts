import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { githubLimits } from '../../sandbox/rate-limits.ts';
import { sweep } from '../../sandbox/simulate-sweep.ts';

test('1,000 offline runners are removed without hitting a limit', async () => {
  expect(await sweep(1_000, githubLimits)).toMatchObject({
    results: { removed: 1_000 },
    requests: 1 + 10 + 3 * 1_000,
    refused: 0,
    used: { requestsPerHour: 3_011, concurrentRequests: 4, creationsPerMinute: 1 },
  });
});

test('it would be noticed if a limit was hit', async () => {
  const report = await sweep(100, { ...githubLimits, pointsPerMinute: 300 });

  expect(report.refused).toBeGreaterThan(0);
  expect(report.results['failed']).toBeGreaterThan(0);
});

test('docs/fleet.md has the figures that npm run simulate:sweep prints', () => {
  const directory = join(import.meta.dirname, '../..');
  const table = execFileSync(process.execPath, ['sandbox/simulate-sweep.ts'], {
    cwd: directory,
    encoding: 'utf8',
  });
  expect(readFileSync(join(directory, 'docs/fleet.md'), 'utf8')).toContain(table);
});

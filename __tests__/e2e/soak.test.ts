import { expect, test } from '@jest/globals';
import { soak } from '../scenarios/soak.ts';

/** `npm run test:soak` does 200; the suite does some here, and more from the source, where no time passes. */
const runs = Number(process.env['SOAK_RUNS'] ?? 20);

test(`${runs} runs against an API that fails one request in three end well`, async () => {
  const seeds = Array.from({ length: runs }, (_, index) => 200 - index);

  const { success = 0, failure = 0, ...others } = await soak('dist', seeds, 4);

  expect(others).toEqual({});
  expect(success + failure).toBe(runs);
  expect(failure).toBeLessThanOrEqual(runs / 20);
}, 300_000);

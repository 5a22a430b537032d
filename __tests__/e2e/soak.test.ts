import { expect, test } from '@jest/globals';
import { soak } from '../scenarios/soak.ts';

/** `npm run test:soak` sets this. */
const runs = Number(process.env['SOAK_RUNS'] ?? 5);

test(`${runs} runs against an API that fails one request in three end well`, async () => {
  // Other seeds than those of the source, which fail the same requests.
  const seeds = Array.from({ length: runs }, (_, index) => 10_000 - index);

  expect(await soak('dist', seeds, 4)).toBeGreaterThan(runs * 0.95 - 1);
}, 600_000);

import { expect, test } from '@jest/globals';
import { soak } from './scenarios/soak.ts';

test('80 runs against an API that fails one request in three end well', async () => {
  const seeds = Array.from({ length: 80 }, (_, index) => index + 1);

  const { success = 0, failure = 0, ...others } = await soak('src', seeds, 1);

  expect(others).toEqual({});
  expect(success + failure).toBe(80);
  // Four failures in a row are one in 81; a removal asks three times.
  expect(failure).toBeLessThan(5);
}, 120_000);

import { expect, test } from '@jest/globals';
import { outputUntilDone } from './support.ts';

test('the entry runs the step with what this process is given', async () => {
  process.env['INPUT_TOKEN'] = '';

  expect(await outputUntilDone(() => import('../src/index.ts'))).toMatch(
    /^::error::The input "token" cannot be used/m,
  );
});

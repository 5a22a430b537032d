import { expect, test } from '@jest/globals';
import { outputUntilDone } from './support.ts';

test("the post step's entry does what the main step has scheduled", async () => {
  Object.assign(process.env, { INPUT_TOKEN: '', 'STATE_after-job': '/nowhere' });
  try {
    expect(await outputUntilDone(() => import('../src/post.ts'))).toMatch(
      /^::error::The input "token" cannot be used/m,
    );
  } finally {
    delete process.env['STATE_after-job'];
  }
});

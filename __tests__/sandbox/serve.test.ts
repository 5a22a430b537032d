import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from '@jest/globals';
import { runStep } from '../../sandbox/launcher.ts';
import { isRunning } from '../../sandbox/programs/processes.ts';

const program = join(import.meta.dirname, '../../sandbox/serve.ts');
const repository = 'octo-org/octo-repo';
let lines: Record<string, string>;

afterEach(() => {
  process.kill(Number(lines['pid']));
});

/** Starts the sandbox in the background, as the workflow of this project does. */
async function serve(...options: string[]): Promise<void> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--background', ...options]);
  lines = Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s, 2)),
  );
}

/** Runs a step that uses the action against it. */
const run = (inputs: Record<string, string>) => {
  const apiUrl = lines['api-url'] ?? '';
  return runStep({
    github: { apiUrl, serverUrl: new URL(apiUrl).origin, repository },
    inputs: { token: lines['token'] ?? '', ...inputs },
  });
};

test('the sandbox serves in the background until it is ended: a token, and a runner to remove', async () => {
  await serve();
  const directory = lines['runner-directory'] ?? '';

  expect((await run({})).outputs['remove-token']).toMatch(/^A[A-Z2-7]{28}$/);
  const result = await run({ remove: 'true', 'runner-directory': directory });

  expect(JSON.parse(result.outputs['runners'] ?? '')).toMatchObject([{ name: 'box', result: 'removed' }]);
  expect(existsSync(join(directory, '.runner'))).toBe(false);
  expect(isRunning(Number(lines['pid']))).toBe(true);
});

test('the sandbox can do without an installation, and with another repository', async () => {
  await serve('--without-installation', '--repository', 'octo-org/other');

  expect(Object.keys(lines)).toEqual(['api-url', 'token', 'pid']);
  expect((await run({ repo: 'other' })).conclusion).toBe('success');
});

import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import { Installation, type InstallationOptions } from '../../sandbox/installation.ts';

const isRoot = process.getuid?.() === 0;
/** config.sh refuses to run as root. */
const nobody = isRoot ? { uid: 65534, gid: 65534 } : undefined;

let github: GitHub;
let installation: Installation;
let id: number;

beforeAll(async () => {
  github = await GitHub.start();
  github.addRepository('octo/app', { id: 42 });
  github.addAdminToken('ghp_admin', { registrations: ['octo/app'] });
});
afterAll(() => github.close());
afterEach(async () => {
  github.removeRunner('octo/app', id);
  github.intercept = undefined;
  await installation.remove();
});

/** Registers and installs a runner. Returns a remove token. */
async function install(options: Partial<InstallationOptions> = {}): Promise<string> {
  ({ id } = github.addRunner('octo/app', { name: 'box 7' }));
  installation = await Installation.create({
    agentId: id,
    agentName: 'box 7',
    gitHubUrl: `${github.serverUrl}/octo/app`,
    ...(nobody && { owner: nobody }),
    ...options,
  });
  await fetch(`${github.apiUrl}/repos/octo/app/actions/runners/remove-token`, {
    method: 'POST',
    headers: { authorization: 'token ghp_admin' },
  });
  github.requests.length = 0;
  return github.issuedTokens.at(-1)?.token ?? '';
}

/** Runs `config.sh remove` as the owner of the installation. */
async function configure(
  token: string,
  { flags = [], ...variables }: { flags?: string[] } & Record<string, unknown> = {},
) {
  const child = spawn(join(installation.directory, 'config.sh'), ['remove', ...flags], {
    cwd: '/',
    env: {
      PATH: process.env['PATH'],
      LANG: 'C.UTF-8',
      ACTIONS_RUNNER_INPUT_TOKEN: token,
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...nobody,
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const [output, errors, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { exitCode, output, errors };
}

// How config.sh behaves is tested for the official runner too: __tests__/official-runner/config-script.ts

test('config.sh removes a runner with a just-in-time configuration', async () => {
  const token = await install({ style: 'just-in-time' });
  expect(await configure(token)).toMatchObject({ exitCode: 0, errors: '' });
  expect(github.runners('octo/app')).toEqual([]);
});

test('an installation belongs to its owner, and records how config.sh was run', async () => {
  const token = await install({ selfUpdated: true });
  expect(statSync(join(installation.directory, '.runner')).uid).toBe(nobody?.uid ?? process.getuid?.());
  expect(readFileSync(join(installation.directory, '.runner'), 'utf8')).toMatch(
    /^\uFEFF\{\s+"agentId": \d+,/,
  );
  await configure(token, { flags: ['--unattended'], HTTPS_PROXY: 'http://proxy' });
  expect(await installation.invocations()).toMatchObject([
    {
      arguments: ['remove', '--unattended'],
      environment: { ACTIONS_RUNNER_INPUT_TOKEN: token, HTTPS_PROXY: 'http://proxy' },
      user: nobody?.uid ?? process.getuid?.(),
      directory: installation.directory,
      standardInput: 'ended',
      commandLines: expect.arrayContaining([
        ['/bin/bash', join(installation.directory, 'config.sh'), 'remove', '--unattended'],
      ]),
    },
  ]);
});

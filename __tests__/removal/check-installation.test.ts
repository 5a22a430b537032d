import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Candidate, checkCandidate } from '../../src/candidate.ts';
import { createClient } from '../../src/github/client.ts';
import { Secrets } from '../../src/secrets.ts';
import { parseServer } from '../../src/server.ts';
import { repository, silentLog } from '../support.ts';

const server = parseServer('https://api.github.com');
const inputs = {
  adminToken: 'ghp_admin',
  server,
  named: undefined,
  currentRepository: repository,
  removal: { when: 'now', directories: [], dryRun: false },
  retries: 0,
} as const;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(await realpath(tmpdir()), 'candidate-'));
  await mkdir(join(directory, 'bin'));
  await put('config.sh', 'bin/Runner.Listener', '.credentials');
  await configure({});
});
afterEach(() => rm(directory, { recursive: true }));

async function put(...names: string[]): Promise<void> {
  for (const name of names) {
    await writeFile(join(directory, name), '');
  }
}

async function configure(settings: object): Promise<void> {
  const common = { agentId: 7, agentName: 'box', gitHubUrl: 'https://github.com/octo/app' };
  await writeFile(join(directory, '.runner'), JSON.stringify({ ...common, ...settings }));
}

/** Checks the installation as a step that needs nothing of GitHub: nothing listens at its client's other end. */
function check(isRoot: boolean, environment: NodeJS.ProcessEnv = {}): Promise<Candidate> {
  const machine = { platform: 'linux', isRoot, execPath: '/usr/bin/node', environment } as const;
  const secrets = new Secrets(() => undefined);
  secrets.protect('ghp_admin');
  const client = createClient(inputs, silentLog);
  return checkCandidate(directory, inputs, { client, secrets, machine, log: silentLog });
}

test('what the removal takes is found out on this machine alone', async () => {
  const candidate = await check(false, {
    PATH: '/bin',
    LANG: 'ghp_admin',
    RUNNER_NAME: 'box',
    INPUT_TOKEN: 'x',
  });

  expect(candidate).toEqual({
    installation: expect.objectContaining({ directory, hasCredentials: true }),
    runner: {
      id: 7,
      name: 'box',
      registration: repository,
      source: "the runner's installation",
      wasRenamed: false,
      ephemeral: false,
      deregistersItself: true,
      executesThisJob: true,
    },
    script: { directory, platform: 'linux', ownerPrefix: [], environment: { PATH: '/bin' } },
    uninstall: undefined,
  });
});

test('a runner without credentials cannot deregister itself', async () => {
  await rm(join(directory, '.credentials'));

  expect((await check(false)).runner).toMatchObject({ deregistersItself: false, executesThisJob: false });
});

test('what an ordinary account may not change stands in the way; root may do everything', async () => {
  // Not even root may enter a file, which shows whether it is asked.
  await put('_diag');

  await expect(check(false)).rejects.toMatchObject({ kind: 'removal-failed' });
  await expect(check(true)).resolves.toMatchObject({ runner: { id: 7 } });
});

test.each([true, false])('a .env that speaks for the action stands in the way (root: %s)', async (isRoot) => {
  await writeFile(join(directory, '.env'), 'ACTIONS_RUNNER_INPUT_LOCAL=true');

  await expect(check(isRoot)).rejects.toMatchObject({ kind: 'removal-failed' });
});

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { type CheckedInstallation, checkInstallation } from '../../src/removal/check-installation.ts';
import { recordingLog, repository, silentLog, startGitHub, temporaryDirectory } from '../support.ts';
import { contextOf } from './context.ts';

let directory: string;
beforeEach(async () => {
  directory = await temporaryDirectory();
  await mkdir(join(directory, 'bin'));
  for (const name of ['config.sh', 'bin/Runner.Listener', '.credentials']) {
    await writeFile(join(directory, name), '', { mode: 0o755 });
  }
  await configure({});
});

async function configure(settings: object): Promise<void> {
  const common = { agentId: 7, agentName: 'box', gitHubUrl: 'https://github.com/octo/app' };
  await writeFile(join(directory, '.runner'), JSON.stringify({ ...common, ...settings }));
}

/** Nothing listens at the client's server: no request may be needed. */
function check(environment: NodeJS.ProcessEnv = {}, log = silentLog): Promise<CheckedInstallation> {
  const machine = {
    platform: 'linux',
    isRoot: false,
    execPath: '/usr/bin/node',
    argv0: 'node',
    environment,
  } as const;
  return checkInstallation(directory, contextOf(undefined, { machine, log }));
}

test('an installation is checked without contacting GitHub', async () => {
  const { log, lines } = recordingLog();

  const checked = await check({ PATH: '/bin', LANG: 'ghp_admin', RUNNER_NAME: 'box', INPUT_TOKEN: 'x' }, log);

  expect(checked).toEqual({
    directory,
    runner: {
      id: 7,
      name: 'box',
      registration: repository,
      source: "the runner's installation",
      ephemeral: false,
      cannotDeregister: undefined,
      runsCurrentJob: true,
    },
    script: { directory, platform: 'linux', ownerPrefix: [], environment: { PATH: '/bin' } },
    uninstall: undefined,
    hasService: false,
  });
  expect(lines).toContainEqual(expect.stringContaining('debug: Checks on this machine passed'));
});

test('an installation that is not configured has no runner', async () => {
  await rm(join(directory, '.runner'));

  expect((await check()).runner).toBeUndefined();
});

test.each([
  ['credentials', () => rm(join(directory, '.credentials')), 'Its credentials are missing.'],
  ['a URL', () => configure({ gitHubUrl: '' }), 'Its configuration contains no URL'],
])('a runner without %s cannot deregister itself', async (_, change, reason) => {
  await change();
  const inputs = { ...contextOf(undefined).inputs, registration: repository };

  expect((await checkInstallation(directory, contextOf(undefined, { inputs }))).runner).toMatchObject({
    cannotDeregister: expect.stringContaining(reason),
    runsCurrentJob: false,
  });
});

test('a runner cannot deregister itself after its repository was renamed', async () => {
  const github = await startGitHub();
  const renamed = { ...repository, repo: 'new' };
  github.renameRepository('octo/app', 'octo/new');
  await configure({ gitHubUrl: `${github.serverUrl}/octo/app` });
  const inputs = { ...contextOf(github).inputs, currentRepository: renamed };

  expect((await checkInstallation(directory, contextOf(github, { inputs }))).runner).toMatchObject({
    registration: renamed,
    cannotDeregister: 'Its repository was renamed after it was registered.',
  });
});

test('an installation that config.sh could not change is refused', async () => {
  // Not even root can enter a file.
  await writeFile(join(directory, '_diag'), '');

  await expect(check()).rejects.toMatchObject({ kind: 'removal-failed' });
});

test('a .env that changes what config.sh does is refused', async () => {
  await writeFile(join(directory, '.env'), 'ACTIONS_RUNNER_INPUT_LOCAL=true');

  await expect(check()).rejects.toMatchObject({ kind: 'removal-failed' });
});

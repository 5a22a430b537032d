import { chmod, link, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  checkAccess,
  checkEnvironmentFile,
  parseSettings,
  readInstallation,
} from '../../src/runner/installation.ts';

const isRoot = process.getuid?.() === 0;
const owner = { uid: 0, gid: 0 };
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(await realpath(tmpdir()), 'installation-'));
  await mkdir(join(root, 'bin'));
});
afterEach(() => rm(root, { recursive: true }));

async function put(...names: string[]): Promise<void> {
  for (const name of names) {
    await writeFile(join(root, name), '');
  }
}

describe('a directory is a runner installation', () => {
  test.each([
    ['linux', ['config.sh', 'bin/Runner.Listener']],
    ['darwin', ['config.sh', 'bin/Runner.Listener']],
    ['win32', ['config.cmd', 'bin/Runner.Listener.exe']],
  ] as const)('on %s with %j, and neither alone', async (platform, names) => {
    const [script, listener] = names;
    await put(script);
    await expect(readInstallation(root, platform)).rejects.toMatchObject({ kind: 'not-a-runner' });
    await put(listener);
    expect(await readInstallation(root, platform)).toMatchObject({
      directory: root,
      configuration: undefined,
      owner: { uid: process.getuid?.(), gid: process.getgid?.() },
    });
    await rm(join(root, script));
    await expect(readInstallation(root, platform)).rejects.toThrow(
      `it has no ${script} and ${listener}. Nothing was changed. It is not the directory of a runner on this machine, or`,
    );
  });

  test('is known by its real path, however it is named', async () => {
    await put('config.sh', 'bin/Runner.Listener');
    await symlink(root, join(root, 'link'));

    expect(await readInstallation(join(root, 'link/bin/..'), 'linux')).toMatchObject({ directory: root });
  });

  test('has credentials, or their migrated copy', async () => {
    await put('config.sh', 'bin/Runner.Listener');
    expect(await readInstallation(root, 'linux')).toMatchObject({ hasCredentials: false });
    await put('.credentials_migrated');
    expect(await readInstallation(root, 'linux')).toMatchObject({ hasCredentials: true });
  });

  test('with a .runner that is a link to a file elsewhere is not read', async () => {
    await put('config.sh', 'bin/Runner.Listener');
    await writeFile(join(root, 'elsewhere'), '{"agentId": 1, "agentName": "box"}');
    await symlink('elsewhere', join(root, '.runner'));

    await expect(readInstallation(root, 'linux')).rejects.toMatchObject({
      kind: 'not-a-runner',
      cause: { code: 'ELOOP' },
    });
    await rm(join(root, '.runner'));
    await link(join(root, 'elsewhere'), join(root, '.runner'));
    expect(await readInstallation(root, 'linux')).toMatchObject({ configuration: { id: 1, name: 'box' } });
  });
});

describe('.runner', () => {
  const expected = { id: 3, name: 'box', url: 'https://github.com/octo/app', ephemeral: false };

  test.each([
    [
      'as config.sh writes it',
      '\uFEFF{"agentId":3,"agentName":"box","gitHubUrl":"https://github.com/octo/app"}',
    ],
    [
      'as just-in-time configuration writes it',
      '{"AgentId":"3","AgentName":"box","GitHubUrl":"https://github.com/octo/app"}',
    ],
  ])('is read %s', (_, text) => {
    expect(parseSettings(text)).toEqual(expected);
  });

  test.each([
    '{"agentId":3,"agentName":"box","ephemeral":true}',
    '{"AgentId":"3","AgentName":"box","Ephemeral":"True"}',
  ])('tells an ephemeral runner: %s', (text) => {
    expect(parseSettings(text).ephemeral).toBe(true);
  });

  test.each([
    '{"agentId":3,"agentName":"box"}',
    '{"agentId":3,"agentName":"box","gitHubUrl":""}',
    '{"agentId":3,"agentName":"box","gitHubUrl":null}',
  ])('may have no address: %s', (text) => {
    expect(parseSettings(text)).toEqual({ ...expected, url: undefined });
  });

  test.each([
    'null',
    '7',
    '"text"',
    '[]',
    '{"agentName":"box"}',
    '{"agentId":0,"agentName":"box"}',
    '{"agentId":1.5,"agentName":"box"}',
  ])('cannot be used: %s', (text) => {
    expect(() => parseSettings(text)).toThrow('"agentId" is no positive number');
  });

  test.each(['{"agentId":3}', '{"agentId":3,"agentName":""}', '{"agentId":3,"agentName":7}'])(
    'cannot be used without a name: %s',
    (text) => {
      expect(() => parseSettings(text)).toThrow('"agentName" is no name');
    },
  );
});

test('something in the way of the removal is found before anything is changed', async () => {
  await put('config.sh', 'bin/Runner.Listener', '_diag');
  const installation = await readInstallation(root, 'linux');

  // Not even root may enter a file.
  await expect(checkAccess(installation)).rejects.toMatchObject({
    kind: 'removal-failed',
    explanation: {
      happened: expect.stringContaining(join(root, '_diag')),
      cause: expect.stringContaining('belongs to another account'),
      remedy: expect.stringContaining('or as root'),
    },
  });
  await rm(join(root, '_diag'));
  await expect(checkAccess(installation)).resolves.toBeUndefined();
});

// Root may do all of this.
(isRoot ? describe.skip : describe)('what an ordinary account may not do', () => {
  test.each([
    ['.', 0o500],
    ['_diag', 0o500],
    ['.path', 0o400],
    ['.env', 0o400],
    ['.runner', 0],
    ['.credentials', 0],
  ])('is found before anything is changed: %s with mode %i', async (name, mode) => {
    await put('config.sh', 'bin/Runner.Listener', '.path', '.env', '.runner', '.credentials');
    await mkdir(join(root, '_diag'));
    const path = join(root, name);
    const installation = { directory: root, configuration: undefined, hasCredentials: true, owner };
    await expect(checkAccess(installation)).resolves.toBeUndefined();

    await chmod(path, mode);

    await expect(checkAccess(installation)).rejects.toMatchObject({
      kind: 'removal-failed',
      message: expect.stringContaining(path),
    });
    await chmod(path, 0o700);
  });
});

test.each([
  ['ACTIONS_RUNNER_INPUT_LOCAL=true', 'ACTIONS_RUNNER_INPUT_LOCAL'],
  ['LANG=C\r\nactions_runner_input_pat=ghp_x\r\n', 'actions_runner_input_pat'],
])('a .env that speaks for the action is refused: %j', async (content, variable) => {
  await put('config.sh', 'bin/Runner.Listener');
  await writeFile(join(root, '.env'), content);

  await expect(checkEnvironmentFile(await readInstallation(root, 'linux'))).rejects.toMatchObject({
    kind: 'removal-failed',
    explanation: {
      happened: expect.stringContaining(`sets ${variable},`),
      cause: expect.stringContaining('the runner itself never does'),
      remedy: expect.stringContaining(`Delete the line from ${join(root, '.env')}`),
    },
  });
});

test.each(['LANG=C\nMY_ACTIONS_RUNNER_INPUT_LOCAL=true\n', undefined])(
  'any other .env is fine, or none: %j',
  async (content) => {
    await put('config.sh', 'bin/Runner.Listener');
    if (content !== undefined) {
      await writeFile(join(root, '.env'), content);
    }

    await expect(checkEnvironmentFile(await readInstallation(root, 'linux'))).resolves.toBeUndefined();
  },
);

import { link, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { hasLeftovers, parseSettings, readInstallation } from '../../src/runner/installation.ts';
import { temporaryDirectory } from '../support.ts';

let root: string;
beforeEach(async () => {
  root = await temporaryDirectory();
  await mkdir(join(root, 'bin'));
});

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
      `"${root}" is not a runner installation: ${script} or ${listener} is missing. Nothing was changed.`,
    );
  });

  test('that can be read', async () => {
    await expect(readInstallation(join(root, 'nowhere'), 'linux')).rejects.toMatchObject({
      kind: 'not-a-runner',
      explanation: {
        happened: expect.stringContaining('/nowhere" cannot be read (ENOENT'),
        likelyCause: expect.stringMatching(/^It is not the root of a runner on this machine/),
        remedy: expect.stringMatching(/^Set "runner-directory" to the directory that contains config\.sh/),
      },
    });
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

  test.each([
    '.runner',
    '.runner_migrated',
    '.credentials',
    '.credentials_migrated',
    '.credentials_rsaparams',
  ])('has something left of a registration: %s', async (name) => {
    expect(await hasLeftovers(root)).toBe(false);
    await put(name);
    expect(await hasLeftovers(root)).toBe(true);
  });

  test('with a .runner that is a link to a file elsewhere is not read', async () => {
    await put('config.sh', 'bin/Runner.Listener');
    await writeFile(join(root, 'elsewhere'), '{"agentId": 1, "agentName": "box"}');
    await symlink('elsewhere', join(root, '.runner'));

    await expect(readInstallation(root, 'linux')).rejects.toMatchObject({
      kind: 'not-a-runner',
      explanation: {
        happened: expect.stringMatching(/\.runner cannot be used: ELOOP.* Nothing was changed\.$/),
        likelyCause: 'The file is damaged, or this account cannot read it.',
        remedy: expect.stringContaining('remove the runner on GitHub, delete .runner and re-run the step'),
      },
      cause: expect.objectContaining({ code: 'ELOOP' }),
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
    expect(() => parseSettings(text)).toThrow('"agentId" is not a positive integer');
  });

  test.each(['{"agentId":3}', '{"agentId":3,"agentName":""}', '{"agentId":3,"agentName":7}'])(
    'cannot be used without a name: %s',
    (text) => {
      expect(() => parseSettings(text)).toThrow('"agentName" is not a name');
    },
  );
});

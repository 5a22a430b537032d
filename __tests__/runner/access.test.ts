import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { checkAccess } from '../../src/runner/access.ts';
import type { ScriptContext } from '../../src/runner/script.ts';
import { scriptIn, temporaryDirectory } from '../support.ts';

const isRoot = process.getuid?.() === 0;
const names = ['config.sh', 'env.sh', '.path', '.env', '.runner', '.credentials', '.service'];
let parent: string;
let root: string;
/** Checks an installation of an ordinary user: as root, with the prefix that starts programs as that user. */
let script: ScriptContext;
beforeEach(async () => {
  parent = await temporaryDirectory();
  await chmod(parent, 0o755);
  root = join(parent, 'runner');
  for (const name of ['', 'bin', '_diag']) {
    await mkdir(join(root, name));
  }
  for (const name of [...names, 'bin/Runner.Listener']) {
    await writeFile(join(root, name), '', { mode: 0o755 });
  }
  if (isRoot) {
    await Promise.all(['', 'bin', '_diag', ...names].map((name) => chown(join(root, name), 65534, 65534)));
  }
  script = scriptIn(root, {
    ownerPrefix: isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'] : [],
  });
});

test.each([
  ['.', 0o500, 'write to'],
  ['.', 0o600, 'enter or execute'],
  ['..', 0o111, 'read'],
  ['_diag', 0o500, 'write to'],
  ['_diag', 0o600, 'enter or execute'],
  ['_diag', 0o300, 'read'],
  ['config.sh', 0o600, 'enter or execute'],
  ['bin/Runner.Listener', 0o600, 'enter or execute'],
  ['env.sh', 0o200, 'read'],
  ['.env', 0o200, 'read'],
  ['.runner', 0, 'read'],
  ['.credentials', 0, 'read'],
])('config.sh needs access: %s with mode %i', async (name, mode, verb) => {
  const path = join(root, name);
  await chmod(path, mode);

  const failure = expect(checkAccess(script)).rejects.toMatchObject({
    kind: 'removal-failed',
    explanation: {
      happened: `The account that runs config.sh cannot ${verb} ${path}, which removing the runner requires. Nothing was changed.`,
      likelyCause: 'Another account owns this file or directory.',
      remedy: `Fix the owner or the permissions of ${path}, or run the step as root or as the owner of the installation.`,
    },
  });

  await failure.finally(() => chmod(path, 0o755));
});

test('config.sh does not need files that it can do without, or that do not exist', async () => {
  await Promise.all([chmod(join(root, '.path'), 0), chmod(join(root, '.env'), 0o400)]);
  await Promise.all(['_diag', '.credentials'].map((name) => rm(join(root, name), { recursive: true })));

  await expect(checkAccess(script)).resolves.toBeUndefined();
});

test('a file that could not be restored is refused', async () => {
  await writeFile(join(root, '.path'), ' '.repeat(100_001));

  await expect(checkAccess(script)).rejects.toThrow(`${join(root, '.path')} cannot be read`);
});

test('an owner as whom no program can be started is an error', async () => {
  await writeFile(join(root, 'sudo'), '#!/bin/sh\necho "error changing owner"\nexit 1', { mode: 0o755 });
  const environment = { PATH: `${root}:${process.env['PATH']}` };

  await expect(checkAccess({ ...script, environment, ownerPrefix: ['sudo'] })).rejects.toMatchObject({
    kind: 'removal-failed',
    explanation: {
      happened: `The step cannot run programs as the owner of ${root}: "error changing owner". Nothing was changed.`,
      cause:
        'As root, the action runs config.sh as the owner of the installation, with setpriv (on macOS, sudo).',
      remedy: 'Fix the problem that this message quotes, or run the step as the owner of the installation.',
    },
  });
});

test('nothing is checked on Windows, where modes say nothing', async () => {
  await expect(checkAccess({ ...script, directory: '/nowhere', platform: 'win32' })).resolves.toBeUndefined();
});

// Only root can create files of several accounts.
(isRoot ? describe : describe.skip)('as the owner of the installation', () => {
  test('files that "sudo ./config.sh" left to root need only be readable', async () => {
    await Promise.all(names.map((name) => chown(join(root, name), 0, 0)));

    await expect(checkAccess(script)).resolves.toBeUndefined();
  });

  test('a _diag directory of root is refused, though root itself could write to it', async () => {
    await chown(join(root, '_diag'), 0, 0);

    await expect(checkAccess(script)).rejects.toThrow(`cannot write to ${join(root, '_diag')}`);
  });

  test("an installation that only root can reach is refused, such as one in root's home", async () => {
    await chmod(dirname(root), 0o700);

    await expect(checkAccess(script)).rejects.toThrow(`cannot enter or execute ${root}`);
  });

  test.each([
    '.runner',
    '.runner_migrated',
    '.credentials',
    '.credentials_migrated',
    '.credentials_rsaparams',
    '.service',
  ])('%s of another cannot be deleted from a sticky directory of another account', async (name) => {
    const path = join(root, name);
    await writeFile(path, '');
    await chmod(root, 0o1777);
    await chown(path, 0, 0);
    await expect(checkAccess(script)).resolves.toBeUndefined();

    await chown(root, 0, 0);
    await expect(checkAccess(script)).rejects.toThrow(`cannot delete ${path}`);
  });
});

import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { findDirectories } from '../../src/runner/directories.ts';
import { failureOf, recordingLog } from '../support.ts';

let root: string;
let lines: string[];
beforeEach(async () => {
  root = await mkdtemp(join(await realpath(tmpdir()), 'directories-'));
  for (const name of ['runner-2', 'runner-1', 'runner-[x]']) {
    await mkdir(join(root, name, 'bin'), { recursive: true });
    await writeFile(join(root, name, 'config.sh'), '');
    await writeFile(join(root, name, 'bin/Runner.Listener'), '');
  }
  await mkdir(join(root, 'runner-cache'));
});
afterEach(() => rm(root, { recursive: true }));

const find = async (...names: string[]) => {
  const recording = recordingLog();
  const found = await findDirectories(
    names.map((name) => join(root, name)),
    'linux',
    recording.log,
  );
  lines = recording.lines.map((line) => line.replaceAll(`${root}/`, ''));
  return found.map((path) => path.replace(`${root}/`, ''));
};

test('a glob finds runner installations only, in the order of their names', async () => {
  expect(await find('runner-*')).toEqual(['runner-1', 'runner-2', 'runner-[x]']);
  expect(await find('runner-?', '**/runner-[1]')).toEqual(['runner-1', 'runner-2']);
});

test('a glob finds them in the order of their names, however the file system lists them', async () => {
  const names = ['m', 'c', 'z', 'a', 'q', 'd', 'x', 'b'].map((name) => join('many', name));
  for (const name of names) {
    await mkdir(join(root, name, 'bin'), { recursive: true });
    await writeFile(join(root, name, 'config.sh'), '');
    await writeFile(join(root, name, 'bin/Runner.Listener'), '');
  }

  expect(await find('many/*')).toEqual(names.toSorted());
});

test('directories are found in the order in which they are named, each once', async () => {
  await symlink(join(root, 'runner-1'), join(root, 'link'));

  expect(await find('runner-2', 'link', 'runner-*')).toEqual(['runner-2', 'runner-1', 'runner-[x]']);
  expect(lines).toEqual([
    'debug: runner-directory "runner-2" names runner-2',
    'debug: runner-directory "link" names link, which is runner-1',
    'debug: runner-directory "runner-*" names runner-1 (named before)',
    'debug: runner-directory "runner-*" names runner-2 (named before)',
    'debug: runner-directory "runner-*" names runner-[x]',
  ]);
});

test('a directory whose name looks like a glob is taken as it is', async () => {
  expect(await find('runner-[x]')).toEqual(['runner-[x]']);
});

test('a directory that is not there is left for the checks, which say so', async () => {
  expect(await find('nowhere')).toEqual(['nowhere']);
});

test.each(['runner-3*', 'runner-cach?', '{a,b}'])(
  'a glob that matches no installation is an error: %s',
  async (glob) => {
    const failure = await failureOf(() => find(glob));

    expect(failure).toMatchObject({
      kind: 'not-a-runner',
      explanation: {
        happened: expect.stringContaining(`"${join(root, glob)}"`),
        cause: expect.stringContaining('in other directories'),
        remedy: expect.stringContaining('the directories that hold the config.sh'),
      },
    });
  },
);

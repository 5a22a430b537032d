import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findDirectories } from '../../src/runner/directories.ts';
import { resolveLinks } from '../../src/runner/paths.ts';
import { failureOf, recordingLog, temporaryDirectory } from '../support.ts';

let root: string;
let lines: string[];
beforeEach(async () => {
  root = await temporaryDirectory();
  await install('runner-2', 'runner-1', 'runner-[x]');
  await mkdir(join(root, 'runner-cache'));
});

async function install(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(join(root, name, 'bin'), { recursive: true });
    for (const file of ['config.sh', 'bin/Runner.Listener', 'config.cmd', 'bin/Runner.Listener.exe']) {
      await writeFile(join(root, name, file), '');
    }
  }
}

/** Finds what lines match that start in the test's directory; paths are relative to it. */
async function find(names: string[], platform: NodeJS.Platform = 'linux'): Promise<string[]> {
  const recording = recordingLog();
  const absolute = names.map((name) => name.replace(/^(!? *)/, `$1${root}/`));
  const found = await findDirectories(absolute, platform, recording.log);
  lines = recording.lines.map((line) => line.replaceAll(`${root}/`, ''));
  return found.map((path) => path.replace(`${root}/`, ''));
}

test.each([
  [['runner-*'], ['runner-1', 'runner-2', 'runner-[x]']],
  [['runner-?'], ['runner-1', 'runner-2']],
  [['runner-[[]x]'], ['runner-[x]']],
  [['runner-\\[x\\]*'], ['runner-[x]']],
  [['run*/../runner-[1]'], ['runner-1']],
  [['**/runner-[12]'], ['runner-1', 'runner-2', 'deep/down/runner-1']],
  [['**'], ['deep/down/runner-1', 'runner-1', 'runner-2', 'runner-[x]']],
  [['**/down/*'], ['deep/down/runner-1']],
  [['*/down/runner-1'], ['deep/down/runner-1']],
  [['*//down/runner-*/'], ['deep/down/runner-1']],
])('%j matches runner installations only, in the order of their names: %j', async (patterns, expected) => {
  await install('deep/down/runner-1');

  expect(await find(patterns)).toEqual(expected);
});

test('directories keep the order of the lines, each once', async () => {
  await symlink(join(root, 'runner-1'), join(root, 'link'));

  expect(await find(['runner-2', 'link', 'runner-*'])).toEqual(['runner-2', 'runner-1', 'runner-[x]']);
  expect(lines).toEqual([
    'debug: runner-directory "runner-2" matches runner-2',
    'debug: runner-directory "link" matches link, which links to runner-1',
    'debug: runner-directory "runner-*" matches runner-1',
    'debug: runner-directory "runner-*" matches runner-2',
    'debug: runner-directory "runner-*" matches runner-[x]',
  ]);
});

test('links are not followed by "**", and links that lead nowhere are not installations', async () => {
  await install('elsewhere/runner-9', 'places/runner-1');
  await symlink(join(root, 'elsewhere'), join(root, 'places/link'));
  await symlink('runner-loop', join(root, 'places/runner-loop'));
  await symlink('nowhere', join(root, 'places/runner-broken'));

  expect(await find(['places/**'])).toEqual(['places/runner-1']);
  expect(await find(['places/runner-*'])).toEqual(['places/runner-1']);
  expect(await find(['places/link/*'])).toEqual(['elsewhere/runner-9']);
});

test('a directory whose name looks like a pattern is found by its name', async () => {
  expect(await find(['runner-[x]'])).toEqual(['runner-[x]']);
});

test('a directory that does not exist is left to the checks that follow', async () => {
  expect(await find(['nowhere'])).toEqual(['nowhere']);
});

test('no line is no directory', async () => {
  expect(await find([])).toEqual([]);
});

test('on Windows, case is not significant and a backslash separates names', async () => {
  expect(await find(['*\\..\\RUNNER-?'], 'win32')).toEqual(['runner-1', 'runner-2']);
});

test('a path can start at the home directory or the working directory', async () => {
  const starts = [`~/${relative(homedir(), root)}`, relative(process.cwd(), root), root];
  await install('backup~/runner-1');

  for (const start of starts) {
    expect(await findDirectories([`${start}/runner-[12]`], 'linux', recordingLog().log)).toEqual(
      ['runner-1', 'runner-2'].map((name) => join(root, name)),
    );
  }
  expect(await findDirectories(['~'], 'linux', recordingLog().log)).toEqual([resolveLinks(homedir())]);
  expect(await find(['backup~/runner-1'])).toEqual(['backup~/runner-1']);
});

describe('a line with "!" excludes', () => {
  test.each([
    ['a directory', ['runner-*', '!runner-1'], ['runner-2', 'runner-[x]']],
    ['a directory after a space', ['runner-*', '! runner-1'], ['runner-2', 'runner-[x]']],
    ['a pattern', ['runner-*', '!*-[12]'], ['runner-[x]']],
    ['what a directory contains', ['runner-*', 'deep/*/*', '!deep'], ['runner-1', 'runner-2', 'runner-[x]']],
    ['a link', ['runner-*', '!link'], ['runner-2', 'runner-[x]']],
    ['a directory named before', ['runner-1', 'runner-2', '!runner-1'], ['runner-2']],
    ['until a later line names it', ['runner-*', '!runner-*', 'runner-1'], ['runner-1']],
  ])('%s', async (_, patterns, expected) => {
    await install('deep/down/runner-1');
    await symlink(join(root, 'runner-1'), join(root, 'link'));

    expect(await find(patterns)).toEqual(expected);
    expect(lines.filter((line) => line.startsWith('warning'))).toEqual([]);
  });

  test('nothing, which is a warning', async () => {
    expect(await find(['!runner-1', 'runner-1', '!runner-7*'])).toEqual(['runner-1']);
    expect(lines.filter((line) => line.startsWith('warning'))).toEqual([
      'warning: The line "!runner-1" of the input "runner-directory" excludes nothing: no line before it selects a directory that it matches. Correct the line, move it to the end, or remove it.',
      expect.stringContaining('The line "!runner-7*" of the input "runner-directory" excludes nothing'),
    ]);
  });

  test('everything, which is an error', async () => {
    expect(await failureOf(() => find(['runner-*', '!runner-*']))).toMatchObject({
      kind: 'not-a-runner',
      explanation: {
        happened: 'The input "runner-directory" selects no directory. Nothing was changed.',
        cause: 'Its "!" lines exclude every directory that the lines before them match.',
        remedy: expect.stringContaining('"!" line'),
      },
    });
  });
});

test.each(['runner-3*', 'RUNNER-?', 'runner-cach?', 'config.s?'])(
  'a pattern that matches no installation is an error: %s',
  async (pattern) => {
    await writeFile(join(root, 'config.sh'), '');

    expect(await failureOf(() => find(['runner-1', pattern]))).toMatchObject({
      kind: 'not-a-runner',
      explanation: {
        happened: expect.stringContaining(`"${join(root, pattern)}"`),
        cause: expect.stringContaining('contains config.sh'),
        remedy: expect.stringContaining('must match the directories that contain config.sh'),
      },
    });
  },
);

describe('what a pattern matches and this account cannot read', () => {
  // Root can read everything.
  const { geteuid, seteuid } = process;
  const isRoot = geteuid?.() === 0;
  beforeEach(async () => {
    await install(
      'closed/runner-1',
      'homes/me/runner',
      'homes/other/runner',
      'homes/link/runner',
      'guarded/other/runner',
    );
    await rm(join(root, 'homes/link'), { recursive: true });
    await symlink('me', join(root, 'homes/link'));
    await chmod(root, 0o755);
    await chmod(join(root, 'closed/runner-1'), 0);
    await chmod(join(root, 'runner-2/bin'), 0);
    await chmod(join(root, 'homes/other'), 0);
    await chmod(join(root, 'guarded/other'), 0o311);
    if (isRoot) {
      seteuid?.(65534);
    }
  });
  afterEach(async () => {
    if (isRoot) {
      seteuid?.(0);
    }
    await chmod(join(root, 'closed/runner-1'), 0o755);
    await chmod(join(root, 'runner-2/bin'), 0o755);
    await chmod(join(root, 'homes/other'), 0o755);
    await chmod(join(root, 'guarded/other'), 0o755);
  });

  test.each([
    ['an installation', ['closed/runner-*'], 'closed/runner-1'],
    ['the programs of one', ['runner-?'], 'runner-2'],
    ['the directory of one', ['homes/*/runner'], 'homes/other/runner'],
    ['a directory to list', ['homes/*/run*'], 'homes/other'],
    ['a directory that can be entered only', ['guarded/*/run*'], 'guarded/other'],
    ['a directory to search', ['homes/**/runner'], 'homes/other'],
  ])('is an error: %s', async (_, patterns, path) => {
    expect(await failureOf(() => find(['runner-1', ...patterns]))).toMatchObject({
      kind: 'not-a-runner',
      explanation: {
        happened: expect.stringContaining(` at ${join(root, path)}, which`),
        cause: expect.stringContaining('EACCES: permission denied'),
        remedy: expect.stringContaining(`"!${join(root, path)}"`),
      },
    });
  });

  test.each([
    [['homes/*/runner', '!homes/other/runner']],
    [['homes/*/runner', '!homes/other']],
    [['homes/*/run*', '!homes/o*']],
    [['homes/**', '!homes/other/**']],
  ])('can be excluded: %j', async (patterns) => {
    expect(await find(patterns)).toEqual(['homes/me/runner']);
  });

  test('is named up to five times', async () => {
    const names = Array.from({ length: 7 }, (_, index) => `closed/runner-1/x${index}/*`);

    const { happened } = (await failureOf(() => find(names))).explanation;
    const shown = Array.from({ length: 5 }, (_, index) => join(root, `closed/runner-1/x${index}`));
    expect(happened).toContain(` at ${shown.join(', ')} and 2 more, which`);
  });
});

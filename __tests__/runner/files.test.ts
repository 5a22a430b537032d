import { execFileSync } from 'node:child_process';
import {
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { exists, readSmallFile, readThroughLinks, rememberFiles } from '../../src/runner/files.ts';
import { openFiles, temporaryDirectory } from '../support.ts';

const isRoot = process.getuid?.() === 0;
let root: string;
let path: string;
beforeEach(async () => {
  root = await temporaryDirectory();
  path = join(root, 'file');
});

describe('a small file', () => {
  test('is read up to 100 kB', async () => {
    await writeFile(path, ' '.repeat(100_000));
    expect(await readSmallFile(path)).toHaveLength(100_000);

    await writeFile(path, ' '.repeat(100_001));
    await expect(readSmallFile(path)).rejects.toThrow('it is not a regular file of at most 100 kB');
  });

  test('is closed again, whether it was read or not', async () => {
    await writeFile(path, 'content');
    await readSmallFile(path);
    await writeFile(path, ' '.repeat(100_001));
    await readSmallFile(path).catch(() => undefined);

    expect(await openFiles()).not.toContain(path);
  });

  test('is not read where a job put something else in its place', async () => {
    await mkdir(path);
    await expect(readSmallFile(path)).rejects.toThrow('it is not a regular file');

    await writeFile(join(root, 'elsewhere'), 'content');
    await symlink('elsewhere', join(root, 'link'));
    await expect(readSmallFile(join(root, 'link'))).rejects.toThrow('ELOOP');

    // A pipe has a reader only when somebody writes; this must not wait for that.
    execFileSync('mkfifo', [join(root, 'pipe')]);
    await expect(readSmallFile(join(root, 'pipe'))).rejects.toThrow('it is not a regular file');
  });
});

test('something exists unless it is certain that nothing is there', async () => {
  await writeFile(path, '');
  await symlink('nowhere', join(root, 'broken-link'));

  expect(await exists(path)).toBe(true);
  expect(await exists(join(root, 'broken-link'))).toBe(true);
  expect(await exists(join(root, 'nowhere'))).toBe(false);
  expect(await exists(join(path, 'below-a-file'))).toBe(false);
  await symlink('loop', join(root, 'loop'));
  expect(await exists(join(root, 'loop/below-a-loop'))).toBe(false);
  expect(await exists(join(root, 'n'.repeat(300)))).toBe(true);
});

describe('a file that config.sh uses', () => {
  test('is read through links, and need not be there', async () => {
    await writeFile(join(root, 'target'), 'content');
    await symlink('target', path);

    expect((await readThroughLinks(path))?.bytes.toString()).toBe('content');
    expect(await readThroughLinks(join(root, 'nowhere'))).toBeUndefined();
  });

  test.each([
    ['a link to nothing', () => symlink('nowhere', path), 'ENOENT'],
    ['a directory', () => mkdir(path), 'it is not a regular file of at most 100 kB'],
    ['large', () => writeFile(path, ' '.repeat(100_001)), 'it is not a regular file of at most 100 kB'],
  ])('is refused when it is %s', async (_, create, reason) => {
    await create();

    await expect(rememberFiles([path])).rejects.toMatchObject({
      kind: 'removal-failed',
      explanation: {
        happened: expect.stringContaining(reason),
        cause: expect.stringMatching(/^config\.sh uses this file .* to restore it if the removal fails\.$/),
        remedy: expect.stringContaining(`Delete ${path}, or make it a regular file of at most 100 kB`),
      },
      cause: expect.objectContaining({ message: expect.stringContaining(reason) }),
    });
  });
});

describe('files that were remembered', () => {
  test('get their old content back, and keep owner, mode and inode; new files are deleted', async () => {
    const [unchanged, created, missing] = [
      join(root, 'unchanged'),
      join(root, 'created'),
      join(root, 'missing'),
    ];
    await writeFile(path, 'before', { mode: 0o604 });
    await writeFile(unchanged, 'before');
    await utimes(unchanged, 0, 0);
    const before = await stat(path);
    const restore = await rememberFiles([path, unchanged, created, missing]);
    await writeFile(path, 'after, and longer');
    await writeFile(created, 'after');

    expect(await restore()).toEqual([]);

    expect(await readFile(path, 'utf8')).toBe('before');
    const { ino, mode, uid } = await stat(path);
    expect({ ino, mode, uid }).toEqual({ ino: before.ino, mode: before.mode, uid: before.uid });
    expect((await stat(unchanged)).mtimeMs).toBe(0);
    expect(await openFiles()).not.toContain(path);
    expect((await readdir(root)).sort()).toEqual(['file', 'unchanged']);
  });

  test('stay links, and their targets get their old content back', async () => {
    await writeFile(join(root, 'target'), 'before');
    await symlink('target', path);
    const restore = await rememberFiles([path]);
    await writeFile(path, 'after');

    expect(await restore()).toEqual([]);

    expect(await readlink(path)).toBe('target');
    expect(await readFile(join(root, 'target'), 'utf8')).toBe('before');
  });

  test('are restored each by itself, and what could not be restored is returned', async () => {
    const [replaced, deleted] = [join(root, 'replaced'), join(root, 'deleted')];
    const precious = join(root, 'precious');
    for (const name of [path, replaced, deleted]) {
      await writeFile(name, 'before');
    }
    await writeFile(precious, 'precious');
    const restore = await rememberFiles([deleted, replaced, path]);
    await rm(deleted);
    await rename(precious, replaced);
    await link(replaced, precious);
    await writeFile(path, 'after');

    expect(await restore()).toEqual([
      expect.stringContaining(`${deleted} could not be restored: ENOENT`),
      `${replaced} could not be restored: it was replaced by another file.`,
    ]);

    expect(await readFile(precious, 'utf8')).toBe('precious');
    expect(await readFile(path, 'utf8')).toBe('before');
  });

  test('need not be readable when nobody can change them', async () => {
    await symlink('file', path);

    const restore = await rememberFiles([path]);

    expect(await restore()).toEqual([]);
  });

  // Root can change every file.
  (isRoot ? test.skip : test)('need not be readable when this account cannot change them', async () => {
    await writeFile(path, 'before', { mode: 0 });

    const restore = await rememberFiles([path]);

    expect(await restore()).toEqual([]);
    await chmod(path, 0o200);
    await expect(rememberFiles([path])).rejects.toThrow('EACCES');
  });
});

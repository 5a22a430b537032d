import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { exists, isAllowed, readSmallFile, rememberFiles } from '../../src/runner/files.ts';

let root: string;
let path: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'files-'));
  path = join(root, 'file');
});
afterEach(() => rm(root, { recursive: true }));

describe('a file of an installation', () => {
  test('is read with what it takes to make it again', async () => {
    await writeFile(path, 'content', { mode: 0o640 });

    const { bytes, mode, uid, gid } = await readSmallFile(path);

    expect(bytes.toString()).toBe('content');
    expect(mode & 0o777).toBe(0o640);
    expect([uid, gid]).toEqual([process.getuid?.(), process.getgid?.()]);
  });

  test('is closed again, whether it was read or not', async () => {
    await writeFile(path, 'content');
    await readSmallFile(path);
    await writeFile(path, ' '.repeat(100_001));
    await readSmallFile(path).catch(() => undefined);

    const descriptors = await readdir('/proc/self/fd');
    const open = await Promise.all(
      descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')),
    );
    expect(open).not.toContain(path);
  });

  test('is read up to a hundred thousand bytes', async () => {
    await writeFile(path, ' '.repeat(100_000));
    expect((await readSmallFile(path)).bytes).toHaveLength(100_000);

    await writeFile(path, ' '.repeat(100_001));
    await expect(readSmallFile(path)).rejects.toThrow('it is not a file of at most 100000 bytes');
  });

  test('is not read where a job put something else in its place', async () => {
    await mkdir(path);
    await expect(readSmallFile(path)).rejects.toThrow('it is not a file');

    await writeFile(join(root, 'elsewhere'), 'content');
    await symlink('elsewhere', join(root, 'link'));
    await expect(readSmallFile(join(root, 'link'))).rejects.toThrow('ELOOP');

    // A pipe has a reader only when somebody writes; this must not wait for that.
    execFileSync('mkfifo', [join(root, 'pipe')]);
    await expect(readSmallFile(join(root, 'pipe'))).rejects.toThrow('it is not a file');
  });
});

test('what is there, and may be done with it, is told', async () => {
  await writeFile(path, '', { mode: 0o644 });

  expect(await exists(path)).toBe(true);
  expect(await exists(join(root, 'nowhere'))).toBe(false);
  expect(await isAllowed(path, 4)).toBe(true);
  // Not even root may run a file that nobody may run.
  expect(await isAllowed(path, 1)).toBe(false);
});

describe('files that were remembered', () => {
  test('are put back as they were, and nothing is left beside them', async () => {
    const created = join(root, 'created');
    await writeFile(path, 'before', { mode: 0o604 });
    const putBack = await rememberFiles([path, created]);
    await writeFile(path, 'after');
    await writeFile(created, 'after');

    await putBack();

    expect(await readFile(path, 'utf8')).toBe('before');
    expect((await stat(path)).mode & 0o777).toBe(0o604);
    expect(await readdir(root)).toEqual(['file']);
  });

  test('are made again where they were deleted', async () => {
    await writeFile(path, 'before');
    const putBack = await rememberFiles([path]);
    await rm(path);

    await putBack();

    expect(await readFile(path, 'utf8')).toBe('before');
  });

  test('are left alone where they did not change', async () => {
    await writeFile(path, 'same');
    const { ino } = await stat(path);
    const putBack = await rememberFiles([path, join(root, 'nowhere')]);

    await putBack();

    expect((await stat(path)).ino).toBe(ino);
    expect(await readdir(root)).toEqual(['file']);
  });
});

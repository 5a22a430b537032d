import { lutimes, mkdir, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { withLock } from '../../src/runner/lock.ts';
import { temporaryDirectory } from '../support.ts';

let directory: string;
let lock: string;
let installation: { directory: string; platform: 'linux' };
beforeEach(async () => {
  directory = await temporaryDirectory();
  lock = join(directory, '.remove-token.lock');
  installation = { directory, platform: 'linux' };
});

test('those who want the lock take turns, whether they fail or not, and leave nothing behind', async () => {
  const events: string[] = [];
  const act = (name: string) => async () => {
    events.push(`${name} begins`);
    await pause(20);
    events.push(`${name} ends`);
    throw new Error(name);
  };

  await Promise.allSettled([withLock(installation, act('a')), withLock(installation, act('b'))]);

  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  expect(await readdir(directory)).toEqual([]);
});

test('the lock of another process is waited for', async () => {
  await symlink('1', lock);
  let released = false;
  const turn = withLock(installation, async () => released);
  await pause(150);
  released = true;
  await rm(lock);

  expect(await turn).toBe(true);
});

describe('a lock does not count', () => {
  test.each([
    // Larger than any system allows.
    ['of a process that has ended', () => symlink('99999999', lock)],
    ['of a crashed process whose id this process has now', () => symlink(`${process.pid}`, lock)],
    ['that is too old', () => symlink('1', lock).then(() => lutimes(lock, 0, 0))],
    ['that something else created', () => writeFile(lock, '1')],
  ])('%s', async (_, create) => {
    // What this process has released, it does not hold.
    await withLock(installation, async () => undefined);
    await create();

    expect(await withLock(installation, () => readlink(lock))).toBe(`${process.pid}`);
    expect(await readdir(directory)).toEqual([]);
  });
});

test('a lock whose link was deleted can still be released', async () => {
  expect(await withLock(installation, () => rm(lock).then(() => 'done'))).toBe('done');
});

test('a directory that cannot be locked is an error', async () => {
  await expect(withLock({ ...installation, directory: '/nowhere' }, async () => true)).rejects.toThrow(
    'ENOENT',
  );
  await mkdir(lock);
  await expect(withLock(installation, async () => true)).rejects.toThrow('directory');
});

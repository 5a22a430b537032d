import { lstatSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isAlive } from './processes.ts';
import type { ScriptContext } from './script.ts';

/** In milliseconds. `config.sh` itself gives up after a few minutes. */
const maximumAge = 15 * 60_000;
const pollInterval = 100;

/** The locks of this process. */
const held = new Set<string>();

/**
 * Runs a function while nothing else uses this lock of the installation, in this process or another. Otherwise, one removal
 * would restore and put back what another has just changed and set aside. On Windows nothing is set aside, and nothing is
 * locked. A lock that a crash left behind does not count.
 *
 * @throws Error when the directory is not writable
 */
export async function withLock<Result>(
  { directory, platform }: Pick<ScriptContext, 'directory' | 'platform'>,
  act: () => Promise<Result>,
): Promise<Result> {
  if (platform === 'win32') {
    return act();
  }
  // A symbolic link to the process id: unlike a file, it is created together with its content.
  const lock = join(directory, '.remove-token.lock');
  while (!acquire(lock)) {
    await setTimeout(pollInterval);
  }
  try {
    return await act();
  } finally {
    held.delete(lock);
    rmSync(lock, { force: true });
  }
}

/** Synchronous, so almost no time passes between seeing that a lock is stale and deleting it. */
function acquire(lock: string): boolean {
  try {
    symlinkSync(`${process.pid}`, lock);
    held.add(lock);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      throw error;
    }
  }
  if (isStale(lock)) {
    rmSync(lock, { force: true });
  }
  return false;
}

function isStale(lock: string): boolean {
  try {
    const id = Number(readlinkSync(lock));
    // The system reuses the id of a crashed process: in a container, this process may well have it.
    const isHeld = id === process.pid ? held.has(lock) : isAlive(id);
    return !isHeld || Math.abs(Date.now() - lstatSync(lock).mtimeMs) > maximumAge;
  } catch (error) {
    return codeOf(error) !== 'ENOENT';
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

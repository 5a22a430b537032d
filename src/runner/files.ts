import { constants } from 'node:fs';
import { access, lstat, open, rm } from 'node:fs/promises';
import { Failure } from '../failure.ts';

interface FileContent {
  readonly bytes: Buffer;
  /** Device and inode: the identity of the file, whatever its path becomes. */
  readonly identity: string;
}

/** In bytes. Real files have a few thousand at most, and `env.sh` takes half a minute for a `.env` of this size. */
const maximumSize = 100_000;

/**
 * Reads a small file of an installation. Jobs can write there, so this follows no symbolic link, does not wait for a
 * named pipe, and reads nothing large. (Windows has neither kind of file. It lacks both flags, which `|` treats as 0.)
 *
 * @throws Error when it is missing, unreadable, large, or not a regular file
 */
export async function readSmallFile(path: string): Promise<Buffer> {
  return (await readContent(path, constants.O_NOFOLLOW)).bytes;
}

/**
 * Reads a file that `config.sh` or the runner reads through symbolic links.
 *
 * @returns `undefined` when nothing is at the path
 * @throws Failure `removal-failed` when something is there and cannot be read
 */
export async function readThroughLinks(path: string): Promise<FileContent | undefined> {
  try {
    return (await exists(path)) ? await readContent(path) : undefined;
  } catch (error) {
    throw new Failure(
      'removal-failed',
      {
        happened: `${path} cannot be read: ${(error as Error).message}. Nothing was changed.`,
        cause:
          'config.sh uses this file and can change it. The action must be able to check its content, and to restore it if the removal fails.',
        remedy: `Delete ${path}, or make it a regular file of at most ${maximumSize / 1_000} kB that this account can read.`,
      },
      { cause: error },
    );
  }
}

async function readContent(path: string, flags = 0): Promise<FileContent> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  try {
    const status = await file.stat();
    if (!status.isFile() || status.size > maximumSize) {
      throw new Error(`it is not a regular file of at most ${maximumSize / 1_000} kB`);
    }
    return { bytes: await file.readFile(), identity: `${status.dev}:${status.ino}` };
  } finally {
    await file.close();
  }
}

/** Whether something is at the path, even a broken link. `false` only when that is certain. */
export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error) => !meansMissing(error),
  );
}

/** Whether the operating system's error says that nothing is there: a link that leads to itself leads nowhere. */
export function meansMissing({ code }: NodeJS.ErrnoException): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(String(code));
}

/** Whether this account could change a file, or might be able to create it. */
async function isChangeable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    ({ code }) => code === 'ENOENT',
  );
}

/**
 * Remembers files as they are now.
 *
 * @returns restores them: changed ones get their old content, new ones are deleted. It never throws, and returns a
 *   sentence for each file that could not be restored.
 * @throws Failure `removal-failed` for a file that could be changed and cannot be read
 */
export async function rememberFiles(paths: readonly string[]): Promise<() => Promise<string[]>> {
  const remembered = await Promise.all(
    paths.map(async (path) =>
      (await isChangeable(path)) ? [{ path, before: await readThroughLinks(path) }] : [],
    ),
  );
  return async () => {
    const failures = remembered.flat().map(({ path, before }) =>
      restore(path, before).then(
        () => [],
        (error: Error) => [`${path} could not be restored: ${error.message}.`],
      ),
    );
    return (await Promise.all(failures)).flat();
  };
}

/**
 * Writes into the file, as `env.sh` did: a link stays a link, owner and mode stay, and a full disk needs no new file.
 * Root may be doing this in a directory of an account that is not trusted, so it writes only into the very file that it read.
 */
async function restore(path: string, before: FileContent | undefined): Promise<void> {
  if (before === undefined) {
    return rm(path, { force: true });
  }
  if ((await readContent(path)).bytes.equals(before.bytes)) {
    return;
  }
  const file = await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    const { dev, ino } = await file.stat();
    if (`${dev}:${ino}` !== before.identity) {
      throw new Error('it was replaced by another file');
    }
    await file.writeFile(before.bytes);
    await file.truncate(before.bytes.length);
  } finally {
    await file.close();
  }
}

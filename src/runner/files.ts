import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, rename, rm } from 'node:fs/promises';

/** A file's content, and what else it takes to make the same file again. */
export interface FileContent {
  readonly bytes: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The largest file of an installation that is read, in bytes; real ones have a few thousand at most. */
const maximumSize = 100_000;

/**
 * Reads a small file of an installation. Jobs can write there, so that this follows no symbolic link, waits for no
 * named pipe, and reads nothing large. (Windows has neither flag, and neither kind of file: `|` makes them 0.)
 *
 * @throws Error when there is no such file, it may not be read, or it is something else
 */
export async function readSmallFile(path: string): Promise<FileContent> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = await file.stat();
    if (!status.isFile() || status.size > maximumSize) {
      throw new Error(`it is not a file of at most ${maximumSize} bytes`);
    }
    return { bytes: await file.readFile(), mode: status.mode, uid: status.uid, gid: status.gid };
  } finally {
    await file.close();
  }
}

/** Whether there is something at the path that this account can see. */
export async function exists(path: string): Promise<boolean> {
  return isAllowed(path, constants.F_OK);
}

/** @param mode `R_OK` and the like, of `node:fs` */
export async function isAllowed(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/**
 * Remembers files as they are now.
 *
 * @returns puts them back: those that changed get their old content, those that were not there are deleted
 */
export async function rememberFiles(paths: readonly string[]): Promise<() => Promise<void>> {
  const remembered = await Promise.all(
    paths.map(async (path) => ({ path, before: await readSmallFile(path).catch(() => undefined) })),
  );
  return async () => {
    for (const { path, before } of remembered) {
      const now = await readSmallFile(path).catch(() => undefined);
      if (before === undefined) {
        await rm(path, { force: true });
      } else if (!now?.bytes.equals(before.bytes)) {
        await replaceFile(path, before);
      }
    }
  };
}

/**
 * Puts a new file in the old one's place instead of writing into it: root may be doing this in the directory of an
 * account that is not trusted and could have put a link there.
 */
async function replaceFile(path: string, { bytes, mode, uid, gid }: FileContent): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  const file = await open(temporary, 'wx', mode);
  try {
    await file.writeFile(bytes);
    await file.chmod(mode);
    await file.chown(uid, gid);
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

// The configuration files of an installation, as the runner reads and deletes them (actions/runner: ConfigurationStore.cs).

import { lstatSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** Like `FileInfo.Exists` of .NET: a link counts even if its target does not exist, but a directory does not. */
export function isFile(...names: string[]): boolean {
  return names.some((name) => {
    const path = join(root, name);
    const options = { throwIfNoEntry: false } as const;
    return lstatSync(path, options) !== undefined && !statSync(path, options)?.isDirectory();
  });
}

/** Reads text as .NET does, which recognizes a byte order mark. */
export function readText(name: string): string {
  const bytes = readFileSync(join(root, name));
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return bytes
      .subarray(0, bytes.length & ~1)
      .swap16()
      .toString('utf16le', 2);
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

/** Reads `.runner`. Its keys are not case-sensitive, and its values can be strings. */
export function readSettings(): Map<string, string> {
  if (!isFile('.runner')) throw new Error("Value cannot be null. (Parameter 'configuredSettings')");
  const settings = Object.entries(JSON.parse(readText('.runner')));
  return new Map(settings.map(([key, value]) => [key.toLowerCase(), String(value)]));
}

export const isConfigured = () => isFile('.runner', '.runner_migrated');
export const hasCredentials = () => isFile('.credentials', '.credentials_migrated');

export function deleteConfiguration(): void {
  const wasConfigured = isConfigured();
  if (hasCredentials()) {
    remove('.credentials', '.credentials_migrated', '.credentials_rsaparams');
    console.log('√ Removed .credentials');
  } else {
    console.log('Does not exist. Skipping Removing .credentials');
  }
  if (wasConfigured) {
    remove('.runner', '.runner_migrated');
    console.log('√ Removed .runner');
  } else {
    console.log('Does not exist. Skipping Removing .runner');
  }
}

function remove(...names: string[]): void {
  for (const name of names) rmSync(join(root, name), { force: true });
}

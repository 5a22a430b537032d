import { glob, realpath } from 'node:fs/promises';
import { Failure } from '../failure.ts';
import type { Log } from '../log.ts';
import { exists } from './files.ts';
import { isInstallation } from './installation.ts';

/**
 * Finds the directories that the input `runner-directory` names.
 *
 * @param patterns directories, or globs, which match runner installations only
 * @returns each once however often it is named, in the order named; those of a glob in the order of their names
 * @throws Failure `not-a-runner` when a glob matches nothing
 */
export async function findDirectories(
  patterns: readonly string[],
  platform: NodeJS.Platform,
  log: Log,
): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    for (const directory of await directoriesOf(pattern, platform)) {
      const real = await realpath(directory).catch(() => directory);
      log.debug(
        `runner-directory "${pattern}" names ${directory}${real === directory ? '' : `, which is ${real}`}${found.has(real) ? ' (named before)' : ''}`,
      );
      found.add(real);
    }
  }
  return [...found];
}

async function directoriesOf(pattern: string, platform: NodeJS.Platform): Promise<string[]> {
  // The name of a directory may look like a glob.
  if (!/[*?[{]/.test(pattern) || (await exists(pattern))) {
    return [pattern];
  }
  const installations: string[] = [];
  for await (const match of glob(pattern)) {
    if (await isInstallation(match, platform)) {
      installations.push(match);
    }
  }
  if (installations.length === 0) {
    throw new Failure('not-a-runner', {
      happened: `The pattern "${pattern}" in the input "runner-directory" matches no runner installation. Nothing was changed.`,
      cause: 'The runners are in other directories, or this account may not read them.',
      remedy:
        'Correct the pattern. It has to match the directories that hold the config.sh (config.cmd on Windows).',
    });
  }
  return installations.sort();
}

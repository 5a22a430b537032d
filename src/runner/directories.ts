import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, parse, resolve } from 'node:path';
import { Failure } from '../failure.ts';
import type { Log } from '../log.ts';
import { meansMissing } from './files.ts';
import { isInstallation } from './installation.ts';
import { isWithin, resolveLinks, wildcardPattern } from './paths.ts';

/** A path that a line matches. */
interface Match {
  readonly path: string;
  /** Why it cannot be checked: it could be, or contain, a runner installation. */
  readonly unreadable?: string;
}

/** The most unreadable paths that a failure names. */
const maximumShown = 5;

/**
 * Finds the directories that the input `runner-directory` names. As in `actions/upload-artifact`, patterns take `*`, `?`,
 * `[...]` and `**`; lines apply in order, and one that starts with `!` takes away what it matches, and everything below,
 * from the lines before it. Relative paths start at the working directory, `~` is the home directory.
 *
 * @returns each once, without links: in the order of the lines, those of a pattern in the order of their names
 * @throws Failure `not-a-runner` if a pattern matches no installation, or one that cannot be checked, or if nothing is left
 */
export async function findDirectories(
  lines: readonly string[],
  platform: NodeJS.Platform,
  log: Log,
): Promise<string[]> {
  let found: Match[] = [];
  for (const line of lines) {
    const excludes = line.startsWith('!');
    const pattern = line
      .slice(excludes ? 1 : 0)
      .trim()
      .replace(/^~(?=$|[\\/])/, homedir());
    // The name of a directory can look like a pattern.
    const isLiteral = !/[*?[]/.test(pattern) || existsSync(pattern);
    const matches: Match[] = isLiteral ? [{ path: resolve(pattern) }] : await expand(pattern, platform);
    if (excludes) {
      const excluded = matches.flatMap(({ path }) => [path, resolveLinks(path)]);
      const left = found.filter(
        ({ path }) => !excluded.some((directory) => isWithin(path, directory, platform)),
      );
      if (left.length === found.length) {
        log.warning(
          `The line "${line}" of the input "runner-directory" excludes nothing: no line before it selects a directory that it matches. Correct the line, move it to the end, or remove it.`,
        );
      }
      found = left;
    } else {
      const directories = isLiteral ? matches : await keepInstallations(matches, line, platform);
      for (const { path, ...match } of directories) {
        const real = resolveLinks(path);
        log.debug(
          `runner-directory "${line}" matches ${path}${real === path ? '' : `, which links to ${real}`}`,
        );
        if (!found.some((other) => other.path === real)) {
          found.push({ path: real, ...match });
        }
      }
    }
  }
  refuseUnreadable(found);
  if (lines.length > 0 && found.length === 0) {
    throw new Failure('not-a-runner', {
      happened: 'The input "runner-directory" selects no directory. Nothing was changed.',
      cause: 'Its "!" lines exclude every directory that the lines before them match.',
      remedy: 'Remove or correct a "!" line.',
    });
  }
  return found.map(({ path }) => path);
}

async function expand(pattern: string, platform: NodeJS.Platform): Promise<Match[]> {
  const root = isAbsolute(pattern) ? parse(pattern).root : '';
  const segments = pattern.slice(root.length).split(platform === 'win32' ? /[\\/]/ : '/');
  return expandBelow(root || process.cwd(), segments, platform);
}

async function expandBelow(
  directory: string,
  segments: readonly string[],
  platform: NodeJS.Platform,
): Promise<Match[]> {
  const [segment, ...rest] = segments;
  if (segment === undefined) {
    return [{ path: directory }];
  }
  if (!/[*?[]/.test(segment)) {
    return expandBelow(join(directory, segment), rest, platform);
  }
  const pattern = wildcardPattern(segment, { flags: platform === 'win32' ? 'i' : '' });
  try {
    const read = await readdir(directory, { withFileTypes: true });
    const entries = new Map(read.map((entry) => [entry.name, entry]));
    const matches = segment === '**' ? await expandBelow(directory, rest, platform) : [];
    for (const name of [...entries.keys()].sort()) {
      if (segment === '**' ? entries.get(name)?.isDirectory() : pattern.test(name)) {
        const below = segment === '**' ? segments : rest;
        matches.push(...(await expandBelow(join(directory, name), below, platform)));
      }
    }
    return matches;
  } catch (error) {
    return unreadable(directory, error as NodeJS.ErrnoException);
  }
}

async function keepInstallations(
  matches: readonly Match[],
  line: string,
  platform: NodeJS.Platform,
): Promise<Match[]> {
  const kept: Match[] = [];
  for (const match of matches) {
    const [checked = match] = await stat(join(match.path, 'bin', 'Runner.Listener')).then(
      () => [],
      (error) => unreadable(match.path, error),
    );
    // A directory that cannot be listed is not an installation itself, but can contain some.
    if (checked.unreadable !== undefined || (await isInstallation(match.path, platform))) {
      kept.push(checked);
    }
  }
  if (kept.length === 0) {
    throw new Failure('not-a-runner', {
      happened: `The line "${line}" of the input "runner-directory" matches no runner installation. Nothing was changed.`,
      cause:
        'None of the directories that it matches contains config.sh (config.cmd on Windows) and bin/Runner.Listener.',
      remedy: 'Correct the line. It must match the directories that contain config.sh.',
    });
  }
  return kept;
}

function unreadable(path: string, error: NodeJS.ErrnoException): Match[] {
  return meansMissing(error) ? [] : [{ path, unreadable: error.message }];
}

function refuseUnreadable(found: readonly Match[]): void {
  const matches = found.filter((match) => match.unreadable !== undefined);
  const [first] = matches;
  if (first !== undefined) {
    const paths = matches.slice(0, maximumShown).map(({ path }) => path);
    const others = matches.length - paths.length;
    throw new Failure('not-a-runner', {
      happened: `This account cannot check whether there is a runner installation at ${paths.join(', ')}${others === 0 ? '' : ` and ${others} more`}, which the input "runner-directory" matches. Nothing was changed.`,
      cause: `The operating system reports "${first.unreadable}".`,
      remedy: `Run the step as root or as an account that can read these directories, or exclude them with a line such as "!${first.path}".`,
    });
  }
}

import { realpathSync } from 'node:fs';
import { posix, win32 } from 'node:path';

/** The path functions of a platform: on Windows, case is not significant and both slashes separate names. */
export function pathsOf(platform: NodeJS.Platform): typeof posix {
  return platform === 'win32' ? win32 : posix;
}

/** The path without links (and junctions, and in its own case, on Windows); as it is where it cannot be resolved. */
export function resolveLinks(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** @returns whether a path is the directory itself or below it; neither has links */
export function isWithin(path: string, directory: string, platform: NodeJS.Platform): boolean {
  const { relative, isAbsolute } = pathsOf(platform);
  const relativePath = relative(directory, path);
  return !isAbsolute(relativePath) && !/^\.\.($|[\\/])/.test(relativePath);
}

/** Whether two paths lead to the same directory. */
export function isSameDirectory(one: string, other: string, platform: NodeJS.Platform): boolean {
  return pathsOf(platform).relative(resolveLinks(one), resolveLinks(other)) === '';
}

/** Stands for `*` in a pattern that is being translated. No path or name contains it. */
const star = '\0';

/**
 * Translates shell wildcards: `*`, `?`, `[...]`, and `\` before a character that is meant literally.
 *
 * @param any what `?` matches, and `*` any number of
 * @returns matches nothing if the pattern is malformed
 */
export function wildcardPattern(wildcards: string, { any = '.', flags = '' } = {}): RegExp {
  const source = wildcards.replaceAll(
    /\\(.)|\[([!^]?)(\]?[^\]]*)\]|\W/gs,
    (part, literal, not, characters) => {
      if (part === '*' || part === '?') {
        return part === '*' ? star : any;
      }
      return characters === undefined
        ? String(literal ?? part).replace(/\W/, '\\$&')
        : `[${not && '^'}${characters.replaceAll(/[\\\]^[]/g, '\\$&')}]`;
    },
  );
  const [first, ...others] = source.split(star);
  const last = others.pop();
  // A lookahead is not tried again, so each star takes as little as it can, once: the time is not exponential.
  const middle = others.map((piece, index) => `(?=(${any}*?${piece}))\\${index + 1}`).join('');
  try {
    return new RegExp(last === undefined ? `^${first}$` : `^${first}${middle}${any}*${last}$`, `s${flags}`);
  } catch {
    // A range in the wrong order, such as [z-a].
    return /(?!)/;
  }
}

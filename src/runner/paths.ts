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
        return part === '*' ? `${any}*` : any;
      }
      return characters === undefined
        ? String(literal ?? part).replace(/\W/, '\\$&')
        : `[${not && '^'}${characters.replaceAll(/[\\\]^[]/g, '\\$&')}]`;
    },
  );
  try {
    return new RegExp(`^${source}$`, `s${flags}`);
  } catch {
    // A range in the wrong order, such as [z-a].
    return /(?!)/;
  }
}

// Checks that a tag, package.json, its lock file and the changelog agree, and that all files name the owner of this
// repository. Prints the release notes: the version's section of the changelog. Usage: node scripts/check-release.ts v1.2.3

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasPlaceholder, trackedFiles } from './set-owner.ts';

/**
 * Returns the release notes of a version.
 *
 * @param tag for example `v1.2.3`
 * @param versions by the file that contains it
 * @param changelog in the format of Keep a Changelog
 * @throws Error if they do not agree
 */
export function releaseNotes(tag: string, versions: Record<string, string>, changelog: string): string {
  if (!/^v\d+\.\d+\.\d+$/.test(tag)) {
    throw new Error(`The tag ${tag} is not a version such as v1.2.3.`);
  }
  for (const [file, version] of Object.entries(versions)) {
    if (tag !== `v${version}`) {
      throw new Error(`The tag is ${tag}, but the version in ${file} is ${version}.`);
    }
  }
  const version = tag.slice(1);
  const [latest = '', ...others] = changelog
    .split(/^(?=## )/m)
    .filter((section) => section.startsWith('## '))
    .filter((section) => !section.startsWith('## [Unreleased]') || /^[-*] /m.test(section));
  const [heading = '', ...lines] = latest.split('\n');
  if (!heading.startsWith(`## [${version}] - `) || !/ \d{4}-\d\d-\d\d$/.test(heading)) {
    throw new Error(
      `The first section of CHANGELOG.md that is not empty is "${heading}", not "## [${version}] - YYYY-MM-DD".`,
    );
  }
  if (others.some((section) => section.startsWith(`## [${version}]`))) {
    throw new Error(`CHANGELOG.md has several sections for ${version}.`);
  }
  // The page ends with the URLs of its links.
  const notes = lines
    .filter((line) => !/^\[[^\]]+\]: /.test(line))
    .join('\n')
    .trim();
  if (notes === '') {
    throw new Error(`The section ${version} of CHANGELOG.md is empty.`);
  }
  return notes;
}

/**
 * Checks that no file contains the placeholder for the owner.
 *
 * @param files texts by path
 * @throws Error with the paths of those that do
 */
export function requireOwner(files: ReadonlyMap<string, string>): void {
  const found = [...files].filter(([, text]) => hasPlaceholder(text)).map(([path]) => path);
  if (found.length > 0) {
    throw new Error(
      `These files do not name the owner: ${found.join(', ')}. Run "npm run set-owner NAME" first.`,
    );
  }
}

if (import.meta.main) {
  const read = (name: string) => readFileSync(join(import.meta.dirname, '..', name), 'utf8');
  const versionOf = (name: string): string => JSON.parse(read(name)).version;
  const versions = Object.fromEntries(
    ['package.json', 'package-lock.json'].map((name) => [name, versionOf(name)]),
  );
  try {
    requireOwner(new Map(trackedFiles().map((path) => [path, read(path)])));
    console.log(releaseNotes(process.argv[2] ?? '', versions, read('CHANGELOG.md')));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

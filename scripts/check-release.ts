// Checks that a tag, package.json and the changelog agree, and prints the release notes: the version's section of the
// changelog. Usage: node scripts/check-release.ts v1.2.3

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns the release notes of a version.
 *
 * @param tag for example `v1.2.3`
 * @param version in package.json
 * @param changelog in the format of Keep a Changelog
 * @throws Error if they do not agree
 */
export function releaseNotes(tag: string, version: string, changelog: string): string {
  if (!/^v\d+\.\d+\.\d+$/.test(tag)) {
    throw new Error(`The tag ${tag} is not a version such as v1.2.3.`);
  }
  if (tag !== `v${version}`) {
    throw new Error(`The tag is ${tag}, but package.json says ${version}.`);
  }
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

if (import.meta.main) {
  const read = (name: string) => readFileSync(join(import.meta.dirname, '..', name), 'utf8');
  const { version } = JSON.parse(read('package.json'));
  try {
    console.log(releaseNotes(process.argv[2] ?? '', version, read('CHANGELOG.md')));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

// Checks that a tag may be released: package.json and the changelog agree with it. Prints the release notes, which are
// the version's section of the changelog. Usage: node scripts/check-release.ts v1.2.3

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The release notes of a version.
 *
 * @param tag as it was pushed: `v1.2.3`
 * @param version of package.json
 * @param changelog in the form of Keep a Changelog
 * @throws Error that says what does not agree
 */
export function releaseNotes(tag: string, version: string, changelog: string): string {
  if (!/^v\d+\.\d+\.\d+$/.test(tag)) {
    throw new Error(`The tag ${tag} is no version: v1.2.3.`);
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
    throw new Error(`CHANGELOG.md has several sections of ${version}.`);
  }
  // The addresses of links stand at the end of the page.
  const notes = lines
    .filter((line) => !/^\[[^\]]+\]: /.test(line))
    .join('\n')
    .trim();
  if (notes === '') {
    throw new Error(`CHANGELOG.md says nothing of ${version}.`);
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

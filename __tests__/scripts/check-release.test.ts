import { expect, test } from '@jest/globals';
import { releaseNotes, requireOwner } from '../../scripts/check-release.ts';

const changelog = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-21

### Added

- A thing.

## [1.1.0] - 2026-10-01

- Another.

[1.2.0]: https://github.example/compare/v1.1.0...v1.2.0
`;

const versions = (version: string) => ({ 'package.json': version, 'package-lock.json': version });

test('the release notes are the section of the version in the changelog', () => {
  expect(releaseNotes('v1.2.0', versions('1.2.0'), changelog)).toBe('### Added\n\n- A thing.');
});

test('the URLs at the end of the changelog are not part of the release notes', () => {
  const first = '## [1.0.0] - 2026-11-21\n\n- All.\n\n[1.0.0]: https://github.example/v1.0.0\n';
  expect(releaseNotes('v1.0.0', versions('1.0.0'), first)).toBe('- All.');
});

test.each([
  ['a tag that is not a version', 'v1', '1.2.0', changelog, 'The tag v1 is not a version'],
  ['a tag of a pre-release', 'v1.2.0-beta.1', '1.2.0-beta.1', changelog, 'is not a version'],
  ['another version in package.json', 'v1.2.0', '1.1.0', changelog, 'the version in package.json is 1.1.0'],
  ['an older version', 'v1.1.0', '1.1.0', changelog, 'is "## [1.2.0] - 2026-11-21", not "## [1.1.0]'],
  [
    'changes that are still unreleased',
    'v1.2.0',
    '1.2.0',
    changelog.replace('## [Unreleased]\n', '## [Unreleased]\n\n- A third.\n'),
    'is "## [Unreleased]"',
  ],
  ['a version without its date', 'v1.2.0', '1.2.0', changelog.replace(' - 2026-11-21', ''), 'YYYY-MM-DD'],
  ['a version twice', 'v1.2.0', '1.2.0', changelog.replace('1.1.0]', '1.2.0]'), 'several sections'],
  [
    'a version without changes',
    'v1.2.0',
    '1.2.0',
    '## [1.2.0] - 2026-11-21\n',
    'The section 1.2.0 of CHANGELOG.md is empty',
  ],
  ['an empty changelog', 'v1.2.0', '1.2.0', '', 'not "## [1.2.0] - YYYY-MM-DD"'],
])('refuses to release %s', (_, tag, version, text, said) => {
  expect(() => releaseNotes(tag, versions(version), text)).toThrow(said);
});

test('rejects another version in the lock file', () => {
  const differing = { ...versions('1.2.0'), 'package-lock.json': '1.1.0' };
  expect(() => releaseNotes('v1.2.0', differing, changelog)).toThrow('in package-lock.json is 1.1.0');
});

test('rejects files that do not name the owner', () => {
  const files = new Map([
    ['README.md', `uses: ${'OWNER'}/runner-remove-token@v1`],
    ['action.yml', 'The repository, as NAME or OWNER/NAME.'],
  ]);
  expect(() => requireOwner(files)).toThrow('These files do not name the owner: README.md.');
  expect(() => requireOwner(new Map([...files].slice(1)))).not.toThrow();
});

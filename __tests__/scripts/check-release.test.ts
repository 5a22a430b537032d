import { expect, test } from '@jest/globals';
import { releaseNotes } from '../../scripts/check-release.ts';

const changelog = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-21

### Added

- A thing.

## [1.1.0] - 2026-10-01

- Another.

[1.2.0]: https://github.example/compare/v1.1.0...v1.2.0
`;

test('the release notes are the section of the version in the changelog', () => {
  expect(releaseNotes('v1.2.0', '1.2.0', changelog)).toBe('### Added\n\n- A thing.');
});

test('the URLs at the end of the changelog are not part of the release notes', () => {
  const first = '## [1.0.0] - 2026-11-21\n\n- All.\n\n[1.0.0]: https://github.example/v1.0.0\n';
  expect(releaseNotes('v1.0.0', '1.0.0', first)).toBe('- All.');
});

test.each([
  ['a tag that is not a version', 'v1', '1.2.0', changelog, 'The tag v1 is not a version'],
  ['a tag of a pre-release', 'v1.2.0-beta.1', '1.2.0-beta.1', changelog, 'is not a version'],
  ['another version in package.json', 'v1.2.0', '1.1.0', changelog, 'package.json says 1.1.0'],
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
  expect(() => releaseNotes(tag, version, text)).toThrow(said);
});

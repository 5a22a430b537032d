import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { hasPlaceholder, trackedFiles, withOwner } from '../../scripts/set-owner.ts';

const files = trackedFiles().map((path) => ({
  path,
  text: readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'),
}));
// In parts, so that this file is not changed itself.
const action = ['OWNER', 'runner-remove-token'].join('/');
const team = ['@OWNER', 'maintainers'].join('/');

test('one command puts the owner into every file', () => {
  expect(files.map(({ path }) => path)).toContain('README.md');
  const left = files.filter(({ text }) => hasPlaceholder(withOwner(text, 'octo-org')));
  expect(left.map(({ path }) => path)).toEqual([]);
});

test('addresses, uses and reviewers get the name; descriptions keep the word', () => {
  const text = `uses: ${action}@v1\nhttps://github.com/${action}/issues\n* ${team}\nas NAME or OWNER/NAME\n`;
  expect(withOwner(text, 'octo-org')).toBe(
    'uses: octo-org/runner-remove-token@v1\nhttps://github.com/octo-org/runner-remove-token/issues\n' +
      '* @octo-org/maintainers\nas NAME or OWNER/NAME\n',
  );
});

test('a personal account names a person as the reviewer', () => {
  expect(withOwner(`* ${team}\n`, 'octocat', '@octocat')).toBe('* @octocat\n');
});

test.each(['', 'OWNER', 'octo org', '-octo', 'https://github.com/octo-org'])(
  '"%s" is not an owner',
  (name) => {
    expect(() => withOwner('', name)).toThrow('is not the name of an account');
  },
);

test.each(['octocat', '@', '@octo-org/a/b'])('"%s" is not a reviewer', (reviewer) => {
  expect(() => withOwner('', 'octo-org', reviewer)).toThrow('is not a reviewer');
});

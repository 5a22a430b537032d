import { describe, expect, test } from '@jest/globals';
import { isSameDirectory, isWithin, wildcardPattern } from '../../src/runner/paths.ts';

test.each([
  ['/opt/a', '/opt/a', 'linux', true],
  ['/opt/a/b', '/opt/a', 'linux', true],
  ['/opt/a/..b', '/opt/a', 'linux', true],
  ['/opt/a/b../c', '/opt/a', 'linux', true],
  ['/opt/ab', '/opt/a', 'linux', false],
  ['/opt', '/opt/a', 'linux', false],
  ['/opt/A', '/opt/a', 'linux', false],
  ['C:\\Runners\\one', 'c:\\runners', 'win32', true],
  ['D:\\runners\\one', 'C:\\runners', 'win32', false],
] as const)('%s is in %s (%s): %s', (path, directory, platform, expected) => {
  expect(isWithin(path, directory, platform)).toBe(expected);
});

test('two paths to a directory of Windows can differ in case and in the slashes', () => {
  expect(isSameDirectory('C:\\runners\\one', 'c:/Runners/ONE/', 'win32')).toBe(true);
  expect(isSameDirectory('C:\\runners\\one', 'C:\\runners\\two', 'win32')).toBe(false);
});

describe('wildcards', () => {
  test.each([
    ['runner-*', 'runner-', true],
    ['runner-*', 'a-runner-1', false],
    ['*-1', 'runner-1-1', true],
    ['*-1', 'runner-12', false],
    ['runner-?', 'runner-10', false],
    ['a.c', 'abc', false],
    ['a+(b)|c^$', 'a+(b)|c^$', true],
    ['[ab]x', 'bx', true],
    ['[a-c]x', 'bx', true],
    ['[!a]x', 'ax', false],
    ['[^a]x', 'bx', true],
    ['[]a]x', ']x', true],
    ['[[]x', '[x', true],
    ['[\\w]x', 'ax', false],
    ['[ax', '[ax', true],
    ['\\*\\n', '*n', true],
    ['[z-a]', 'b', false],
    ['*', 'a\nb', true],
    ['🏃?', '🏃1', true],
    ['a*b*b', 'ab', false],
    ['a*b*b', 'abb', true],
    ['*a?*a*b', 'aaxab', true],
    ['*[ab]*1*[!c]', 'xb-1-1c', false],
    ['**x**', 'x', true],
  ])('%s and %j: %s', (pattern, text, expected) => {
    expect(wildcardPattern(pattern).test(text)).toBe(expected);
  });

  test('take no long time, however many there are', () => {
    expect(wildcardPattern(`${'*a'.repeat(100)}b`, { flags: 'i' }).test('A'.repeat(200))).toBe(false);
  });

  test('can stop at slashes and ignore case', () => {
    expect(wildcardPattern('/*a*/*b*', { any: '[^/]' }).test('/xaya/bb')).toBe(true);
    expect(wildcardPattern('/*a*/*b*', { any: '[^/]' }).test('/xaya/b/b')).toBe(false);
    expect(wildcardPattern('*A*A*', { flags: 'i' }).test('aa')).toBe(true);
    expect(wildcardPattern('/a/*/c', { any: '[^/]' }).test('/a/b/c')).toBe(true);
    expect(wildcardPattern('/a/*/c', { any: '[^/]' }).test('/a/b/b/c')).toBe(false);
    expect(wildcardPattern('A*', { flags: 'i' }).test('ab')).toBe(true);
  });
});

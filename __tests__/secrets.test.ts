import { expect, test } from '@jest/globals';
import { Secrets } from '../src/secrets.ts';

/** Secrets that know these values; the runner is not told. */
function secretsWith(...values: string[]): Secrets {
  const secrets = new Secrets(() => undefined);
  for (const value of values) secrets.protect(value);
  return secrets;
}

test('a secret is masked as it is, and given back', () => {
  const masked: string[] = [];
  const secrets = new Secrets((value) => masked.push(value));
  expect(secrets.protect('ghp_one')).toBe('ghp_one');
  expect(secrets.protect(' two ')).toBe(' two ');
  expect(masked).toEqual(['ghp_one', ' two ']);
});

test.each(['', ' ', '\n\t'])('a blank value is no secret: %j', (blank) => {
  const masked: string[] = [];
  const secrets = new Secrets((value) => masked.push(value));
  expect(secrets.protect(blank)).toBe(blank);
  expect(masked).toEqual([]);
  expect(secrets.redact(`a${blank}b c\n\td`)).toBe(`a${blank}b c\n\td`);
});

test('every occurrence of every secret is redacted, and nothing else', () => {
  const secrets = secretsWith('ghp_one', 'ghs_two');
  expect(secrets.redact('ghp_one, ghs_two and ghp_one; GHP_ONE, ghp_on')).toBe(
    '***, *** and ***; GHP_ONE, ghp_on',
  );
});

test.each([...'\\^$.*+?()[]{}|/-'])('a secret with %s in it is taken literally', (character) => {
  const secrets = secretsWith(`a${character}b`);
  expect(secrets.redact(`(a${character}b)`)).toBe('(***)');
  expect(secrets.appearIn('ab aab axb a')).toBe(false);
});

const value = 'pass "word"/ÄÖ&=+?';
test.each([
  ['in a URL', encodeURIComponent(value)],
  ['in a JSON string', JSON.stringify(value).slice(1, -1)],
])('a secret is redacted %s', (_, form) => {
  expect(form).not.toBe(value);
  expect(secretsWith(value).redact(`<${form}>`)).toBe('<***>');
});

test.each(['', 'x', 'xy', 'xyz'])('a secret is redacted in Base64 after %j', (before) => {
  // Of each Base64 character that holds bits of the secret alone nothing stays.
  const secret = 'ghp_0123456789';
  const encoded = Buffer.from(`${before}${secret}!`).toString('base64');
  const [start, end] = [before.length * 8, (before.length + secret.length) * 8];
  const [first, last] = [Math.ceil(start / 6), Math.floor(end / 6)];
  expect(secretsWith(secret).redact(encoded)).toBe(`${encoded.slice(0, first)}***${encoded.slice(last)}`);
});

test('Base64 of a short secret is redacted from eight characters on: shorter ones would be found everywhere', () => {
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  expect(secretsWith('six-ch').redact(encoded('six-ch'))).toBe('***');
  expect(secretsWith('fiver').redact(encoded('fiver'))).toBe(encoded('fiver'));
});

test('the longest form goes first, so that no rest of it stays', () => {
  // Unescaped, it is the beginning of what it is escaped to.
  expect(secretsWith('%').redact('a%25b')).toBe('a***b');
});

test.each(['\n', '\r\n', '\r', '\n    ', ' ', '\\n', '\\r\\n'])(
  'a secret is redacted where it was broken across lines with %j',
  (lineBreak) => {
    const secrets = secretsWith('ghp_0123456789');
    expect(secrets.redact(`ghp_01${lineBreak}2345${lineBreak}6789`)).toBe('***');
    const encoded = Buffer.from('ghp_0123456789').toString('base64').replaceAll('=', '');
    expect(secrets.redact(encoded.replace(/^.{9}/, `$&${lineBreak}`))).not.toContain(lineBreak);
    expect(secrets.redact(`ghp_01${lineBreak.repeat(9)}23456789`)).not.toContain('***');
  },
);

test('a very long secret is redacted up to the next white space', () => {
  const secret = 'abcdefghi'.repeat(20_000);
  expect(secretsWith(secret).redact(`<${secret}> and`)).toBe('<*** and');
  expect(secretsWith('a'.repeat(1_000)).redact(`${'a'.repeat(1_000)}b`)).toBe('***b');
});

test('a secret with half a surrogate pair in it, as a hostile answer may hold, is one like any other', () => {
  expect(secretsWith('a\uD800b').redact('<a\uD800b>')).toBe('<***>');
});

test('whether a secret appears in a text is told for all its forms', () => {
  const secrets = secretsWith('a b');
  expect(['a b', 'xa%20by', 'a', ''].map((text) => secrets.appearIn(text))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

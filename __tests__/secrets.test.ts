import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Secrets } from '../src/secrets.ts';

const token = 'ghp_0123456789';
/** The size and the characters of the installation tokens that GitHub issues since 2026. */
const longToken = `ghs_${'eyJhbGciOiJSUzI1NiJ9.'.repeat(25)}`.slice(0, 520);

function secretsWith(...values: string[]): Secrets {
  const secrets = new Secrets(() => undefined);
  for (const value of values) secrets.protect(value);
  return secrets;
}

test('a secret is masked as it is, and returned', () => {
  const masked: string[] = [];
  const secrets = new Secrets((value) => masked.push(value));
  expect([token, ' two ', longToken].map((value) => secrets.protect(value))).toEqual(masked);
  expect(masked).toEqual([token, ' two ', longToken]);
});

test.each(['', ' ', '\n\t'])('a blank value is not a secret: %j', (blank) => {
  const masked: string[] = [];
  const secrets = new Secrets((value) => masked.push(value));
  expect(secrets.protect(blank)).toBe(blank);
  expect(masked).toEqual([]);
  expect(secrets.redact(`a${blank}b c\n\td`)).toBe(`a${blank}b c\n\td`);
});

test('every occurrence of every secret is redacted, and nothing else', () => {
  const secrets = secretsWith('ghp_one', 'ghs_two');
  expect(secrets.redact('ghp_one, ghs_two\nand ghp_one; GHP_ONE, ghp_on')).toBe(
    '***, ***\nand ***; GHP_ONE, ghp_on',
  );
});

test('secrets that overlap are redacted together', () => {
  expect(secretsWith('abcd', 'cdef', 'bc').redact('xabcdefx')).toBe('x***x');
});

const value = 'pass "word"/ÄÖ&=+?';
test.each([
  ['a URL', value, encodeURIComponent(value)],
  ['JSON', value, JSON.stringify(value).slice(1, -1)],
  ['a response with half a surrogate pair', 'a\uD800b', 'a\uD800b'],
  ['a token of 520 characters', longToken, longToken],
])('a secret is redacted in %s', (_, secret, form) => {
  expect(secretsWith(secret).redact(`<${form}>`)).toBe('<***>');
});

test.each(['', 'x', 'xy', 'xyz'])('a secret is redacted in Base64 after %j', (before) => {
  const encoded = Buffer.from(`${before}${token}!`).toString('base64');
  // No character stays that holds bits of the secret alone.
  const first = Math.ceil((before.length * 8) / 6);
  const last = Math.floor(((before.length + token.length) * 8) / 6);
  expect(secretsWith(token).redact(encoded)).toBe(`${encoded.slice(0, first)}***${encoded.slice(last)}`);
});

test('Base64 is redacted from eight characters on: shorter texts would occur by chance', () => {
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  expect(secretsWith('six-ch').redact(encode('six-ch'))).toBe('***');
  expect(secretsWith('fiver').redact(encode('fiver'))).toBe(encode('fiver'));
});

test.each(['\n', '\r\n    ', ' '.repeat(20), '\\n', '\\r\\n', '\\\nn', '\\\\n\\r\\nr'])(
  'a secret is redacted where %j breaks it up',
  (gap) => {
    expect(secretsWith(token).redact(`<ghp_01${gap}2345${gap}6789>`)).toBe('<***>');
    const encoded = Buffer.from(token).toString('base64').slice(0, 18);
    expect(secretsWith(token).redact(`<${encoded.replace(/^.{9}/, `$&${gap}`)}>`)).toBe('<***>');
  },
);

test.each([
  ['token', 'xtokeny', true],
  ['a b', 'xa%20by', true],
  ['***', '***', true],
  ['token', 'toke', false],
  ['token', '', false],
])('whether the secret %j is in %j: %p', (secret, text, expected) => {
  expect(secretsWith(secret).isIn(text)).toBe(expected);
});

const escapeLike = fc.string({ unit: fc.constantFrom('a', 'b', '\\', 'n', 'r'), minLength: 1, maxLength: 7 });
const gap = fc.constantFrom('', '', ' ', '\n', '\r\n', '\\n', '\\r', '\\\\nn');

test('a secret with pairs like escaped line breaks is redacted wherever it is broken up', () => {
  fc.assert(
    fc.property(
      escapeLike.map((secret) => `x${secret}x`),
      fc.array(gap),
      (secret, gaps) => {
        const broken = [...secret].map((character, index) => character + (gaps[index] ?? '')).join('');
        expect(secretsWith(secret).redact(`<${broken}>`)).toMatch(/^<\*\*\*(\\[nr]|\\\\nn|\s)*>$/);
      },
    ),
  );
});

function condenseNaively(text: string): { condensed: string; places: number[] } {
  let condensed = text;
  const places = text.split('').map((_, index) => index);
  for (let gap = /\s|\\[nr]/.exec(condensed); gap !== null; gap = /\s|\\[nr]/.exec(condensed)) {
    const { length } = gap[0];
    condensed = condensed.slice(0, gap.index) + condensed.slice(gap.index + length);
    places.splice(gap.index, length);
  }
  return { condensed, places };
}

/** Redacts a secret whose URL and Base64 forms are not in the text, character by character. */
function redactNaively(secret: string, text: string): string {
  const characters = text.split('');
  const cover = (form: string, within: string, places: number[]) => {
    for (let start = 0; form !== '' && start < within.length; start += 1) {
      if (within.startsWith(form, start)) {
        characters.fill('*', places[start], Number(places[start + form.length - 1]) + 1);
        start += form.length - 1;
      }
    }
  };
  const { condensed, places } = condenseNaively(text);
  for (const form of [secret, JSON.stringify(secret).slice(1, -1)]) {
    cover(form, text, [...characters.keys()]);
    cover(condenseNaively(form).condensed, condensed, places);
  }
  return characters.join('').replaceAll(/\*+/g, '***');
}

test('redaction agrees with a slow reference implementation', () => {
  const noise = fc.string({ unit: fc.constantFrom('a', 'b', '\\', 'n', 'r', ' ', '\n'), maxLength: 5 });
  fc.assert(
    fc.property(escapeLike, fc.array(noise, { maxLength: 5 }), (secret, parts) => {
      const text = parts.join(secret);
      expect(secretsWith(secret).redact(text).replaceAll(/\*+/g, '***')).toBe(redactNaively(secret, text));
    }),
    { numRuns: 1_000 },
  );
});

const pairs = `ghp_${'\\n\\r\\n'.repeat(6)}x`;
test.each([
  ['almost the token', pairs, pairs.slice(0, -1)],
  ['the token', pairs, pairs],
  ['escaped line breaks', pairs, '\\n\\r'],
  ['white space', pairs, ' \n'],
  ['its first character', `${'a'.repeat(40)}b`, 'a'],
  ['all but its first character', `b${'a'.repeat(519)}`, 'a'],
])('a megabyte of %s is redacted in linear time', (_, secret, unit) => {
  const text = unit.repeat(1_000_000 / unit.length);
  const secrets = secretsWith(secret);
  const started = performance.now();
  secrets.redact(text);
  // It usually takes a fiftieth of this. Quadratic time would be minutes.
  expect(performance.now() - started).toBeLessThan(10_000);
});

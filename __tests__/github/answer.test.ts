import { expect, test } from '@jest/globals';
import { header, isJson, messageOf, quote } from '../../src/github/answer.ts';
import type { Answer } from '../../src/github/client.ts';

const answer = (data: unknown, headers: Answer['headers'] = {}): Answer => ({ status: 200, headers, data });

test('a header is text, also where it was read as a number', () => {
  expect(header(answer({}, { 'retry-after': 7 }), 'retry-after')).toBe('7');
  expect(header(answer({}), 'retry-after')).toBeUndefined();
});

test.each([
  [{ message: 'Not Found' }, 'Not Found'],
  [{ message: 404 }, ''],
  [{}, ''],
  [null, ''],
  ['message', ''],
  [undefined, ''],
])('what GitHub says is the message of its answer: %j', (data, message) => {
  expect(messageOf(answer(data))).toBe(message);
});

test.each([
  [{}, true],
  [[], true],
  [null, false],
  ['{}', false],
  [201, false],
  [undefined, false],
  [new ArrayBuffer(2), false],
])('an answer is JSON where it is an object or an array: %p', (data, expected) => {
  expect(isJson(answer(data))).toBe(expected);
});

test('text from elsewhere is quoted, or its length is told where it is long', () => {
  expect(quote('x'.repeat(500))).toBe(`"${'x'.repeat(500)}"`);
  expect(quote('x'.repeat(501))).toBe('(501 characters)');
});

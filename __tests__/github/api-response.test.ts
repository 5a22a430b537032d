import { expect, test } from '@jest/globals';
import { type ApiResponse, header, isJson, messageOf, quote } from '../../src/github/api-response.ts';

const response = (data: unknown, headers: ApiResponse['headers'] = {}) => ({ status: 200, headers, data });

test('a header is text, even if it was parsed as a number', () => {
  expect(header(response({}, { 'retry-after': 7 }), 'retry-after')).toBe('7');
  expect(header(response({}), 'retry-after')).toBeUndefined();
});

test.each([
  [{ message: 'Not Found' }, 'Not Found'],
  [{ message: 404 }, ''],
  [{}, ''],
  [null, ''],
  ['message', ''],
  [undefined, ''],
])("GitHub's message in %j", (data, message) => {
  expect(messageOf(response(data))).toBe(message);
});

test.each([
  [{}, true],
  [[], true],
  [null, false],
  ['{}', false],
  [201, false],
  [undefined, false],
  [new ArrayBuffer(2), false],
])('whether %p is JSON of the API', (data, expected) => {
  expect(isJson(response(data))).toBe(expected);
});

test('a long text is not quoted', () => {
  expect(quote('x'.repeat(500))).toBe(`"${'x'.repeat(500)}"`);
  expect(quote('x'.repeat(501))).toBe('(501 characters)');
});

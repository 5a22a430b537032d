import { describe, expect, test } from '@jest/globals';
import { causesOf, describeFailure, Failure, failureKinds, showValue } from '../src/failure.ts';

const explanation = { happened: 'It broke.', cause: 'It was old.', remedy: 'Fix it.' };
const guess = { happened: 'It broke.', likelyCause: 'It was old.', remedy: 'Fix it.' };

test('a failure has its kind, its explanation, a message and the error that caused it', () => {
  const cause = new Error('behind');
  const failure = new Failure('network', explanation, { cause });
  expect(failure).toMatchObject({ name: 'Failure', kind: 'network', explanation, cause });
  expect(failure.message).toBe('It broke. It was old. Fix it.');
  expect(new Failure('network', guess).message).toBe('It broke. Likely cause: It was old. Fix it.');
});

test('the kinds of failure can be anchors', () => {
  expect(new Set(failureKinds).size).toBe(failureKinds.length);
  for (const kind of failureKinds) expect(kind).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

describe('an unexpected error', () => {
  test.each([
    [new TypeError('x is not a function'), 'x is not a function'],
    [new Error('a.txt is full.'), 'a.txt is full'],
    ['a string', 'a string'],
    [undefined, 'undefined'],
  ])('is explained as a bug: %p', (error, message) => {
    const failure = Failure.from(error);
    expect(failure).toMatchObject({ kind: 'unexpected-error', cause: error });
    expect(failure.explanation).toEqual({
      happened: `An unexpected error occurred: ${message}.`,
      likelyCause: expect.stringContaining('bug in this action'),
      remedy: expect.stringContaining('debug logging'),
    });
  });

  test('is not what a failure becomes', () => {
    const failure = new Failure('network', explanation);
    expect(Failure.from(failure)).toBe(failure);
  });
});

describe('the message of a failed step', () => {
  test('says what happened, why, what to do and where to read more, one line each', () => {
    expect(describeFailure(new Failure('not-found', explanation), {}).split('\n')).toEqual([
      'It broke.',
      'Cause: It was old.',
      'What to do: Fix it.',
      'More: section "not-found" of docs/troubleshooting.md in this action\'s repository',
    ]);
  });

  test('says that a cause is a guess, and which request failed', () => {
    const failure = new Failure('not-found', { ...guess, requestId: 'AB:12' });
    expect(describeFailure(failure, {}).split('\n').slice(1, 4)).toEqual([
      'Likely cause: It was old.',
      'What to do: Fix it.',
      'GitHub request ID: AB:12',
    ]);
  });

  test('keeps each part on one line, whatever it quotes', () => {
    const failure = new Failure('network', { ...explanation, happened: 'It printed "a\r\n  b".' });
    expect(describeFailure(failure, {})).toMatch(/^It printed "a b"\.\nCause/);
  });

  const server = 'https://github.com';
  const page = `${server}/o/action/blob`;
  test.each([
    [server, 'v1', `${page}/v1/docs/troubleshooting.md#tls`],
    [server, 'feature/#1', `${page}/feature/%231/docs/troubleshooting.md#tls`],
    [server, '', `${page}/HEAD/docs/troubleshooting.md#tls`],
    [server, undefined, `${page}/HEAD/docs/troubleshooting.md#tls`],
    // The action may come from github.com, where GitHub Connect found it.
    ['https://ghe.example', 'v1', 'section "tls" of docs/troubleshooting.md in o/action'],
    [undefined, 'v1', 'section "tls" of docs/troubleshooting.md in o/action'],
  ])('links to the running version on github.com only: %s, %s', (serverUrl, ref, expected) => {
    const environment = {
      GITHUB_ACTION_REPOSITORY: 'o/action',
      GITHUB_ACTION_REF: ref,
      GITHUB_SERVER_URL: serverUrl,
    };
    expect(describeFailure(new Failure('tls', explanation), environment).split('\n').at(-1)).toBe(
      `More: ${expected}`,
    );
  });

  test('does not link to the repository of the workflow, which has `uses: ./`', () => {
    const environment = { GITHUB_ACTION_REPOSITORY: '', GITHUB_ACTION_REF: 'v1', GITHUB_SERVER_URL: server };
    expect(describeFailure(new Failure('tls', explanation), environment)).toMatch(
      /^More: section "tls" of docs\/troubleshooting\.md in this action's repository$/m,
    );
  });
});

test('a value is shown in quotation marks; of a long one only the length', () => {
  expect(showValue('a"b\n')).toBe('"a\\"b\\n"');
  expect(showValue('x'.repeat(200))).toBe(`"${'x'.repeat(200)}"`);
  expect(showValue('x'.repeat(201))).toBe('(201 characters)');
});

test('the causes of an error go from the outermost to the deepest, through the last of several', () => {
  const last = new Error('last');
  const middle = new AggregateError([new Error('first'), new Error('second'), last]);
  const outer = new Error('outer', { cause: middle });
  expect(causesOf(outer)).toEqual([outer, middle, last]);
  expect(causesOf(new Error('x', { cause: 'a string' }))).toHaveLength(1);
  expect(causesOf('a string')).toEqual([]);
  expect(causesOf(null)).toEqual([]);
});

import { describe, expect, test } from '@jest/globals';
import {
  causesOf,
  describeFailure,
  documentationUrl,
  Failure,
  failureKinds,
  showValue,
} from '../src/failure.ts';

const explanation = { happened: 'It broke.', cause: 'It was old.', remedy: 'Mend it.' };

test('a failure keeps its kind, what there is to say, and the error behind it', () => {
  const cause = new Error('behind');
  const failure = new Failure('network', explanation, { cause });
  expect(failure).toMatchObject({ kind: 'network', explanation, cause, name: 'Failure' });
  expect(failure.message).toBe('It broke. It was old. Mend it.');
});

test('the kinds of failures are the anchors that the documentation promises', () => {
  expect(new Set(failureKinds).size).toBe(failureKinds.length);
  for (const kind of failureKinds) expect(kind).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

describe('an error that nobody foresaw', () => {
  test.each([
    [new TypeError('x is not a function'), 'x is not a function'],
    ['a string', 'a string'],
    [undefined, 'undefined'],
  ])('is explained as a defect of this action: %p', (error, said) => {
    const failure = Failure.from(error);
    expect(failure).toMatchObject({ kind: 'unexpected-error', cause: error });
    expect(failure.explanation.happened).toBe(`Something unexpected happened: ${said}.`);
    expect(failure.explanation.cause).toContain('defect');
    expect(failure.explanation.remedy).toContain('ACTIONS_STEP_DEBUG set to true');
  });

  test('is told from a failure, which stays as it is', () => {
    const failure = new Failure('network', explanation);
    expect(Failure.from(failure)).toBe(failure);
  });
});

describe('the message of a failure', () => {
  test('says what happened, why, what to do, and where there is more, a line each', () => {
    const failure = new Failure('not-found', { ...explanation, requestId: 'AB:12' });
    expect(describeFailure(failure, 'https://github.example/page').split('\n')).toEqual([
      'It broke.',
      'Likely cause: It was old.',
      'What to do: Mend it.',
      'GitHub request id: AB:12',
      'More: https://github.example/page#not-found',
    ]);
  });

  test('has each part on one line, whatever is quoted in it', () => {
    const failure = new Failure('network', { ...explanation, happened: 'It said "a\r\n  b".' });
    expect(describeFailure(failure, undefined).split('\n')[0]).toBe('It said "a b".');
  });

  test('names the section where there is no address, and no request where there was none', () => {
    expect(describeFailure(new Failure('not-found', explanation), undefined).split('\n').slice(3)).toEqual([
      'More: the section "not-found" of docs/troubleshooting.md in this action\'s repository',
    ]);
  });
});

test('a value is shown in quotation marks, or its length where it is long', () => {
  expect(showValue('a"b\n')).toBe('"a\\"b\\n"');
  expect(showValue('x'.repeat(200))).toBe(`"${'x'.repeat(200)}"`);
  expect(showValue('x'.repeat(201))).toBe('(201 characters)');
});

test('the causes of an error are told from the outermost to the deepest, the last of several', () => {
  const last = new Error('last');
  const middle = new AggregateError([new Error('first'), new Error('second'), last]);
  const outer = new Error('outer', { cause: middle });
  expect(causesOf(outer)).toEqual([outer, middle, last]);
  expect(causesOf(new Error('x', { cause: 'a string' }))).toHaveLength(1);
  expect(causesOf('a string')).toEqual([]);
  expect(causesOf(null)).toEqual([]);
});

test.each([
  [
    { GITHUB_SERVER_URL: 'https://ghe.example', GITHUB_ACTION_REF: 'v1' },
    'https://ghe.example/o/action/blob/v1/docs/troubleshooting.md',
  ],
  [{}, 'https://github.com/o/action/blob/HEAD/docs/troubleshooting.md'],
  [
    { GITHUB_SERVER_URL: '', GITHUB_ACTION_REF: '' },
    'https://github.com/o/action/blob/HEAD/docs/troubleshooting.md',
  ],
])('the documentation is that of the version that runs: %j', (environment, url) => {
  expect(documentationUrl({ GITHUB_ACTION_REPOSITORY: 'o/action', ...environment })).toBe(url);
});

test.each([{}, { GITHUB_ACTION_REPOSITORY: '', GITHUB_ACTION_REF: 'v1' }])(
  "an action of the workflow's own repository has no documentation with an address: %j",
  (environment) => {
    expect(documentationUrl(environment)).toBeUndefined();
  },
);

import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Failure } from '../../src/failure.ts';
import { FailedAttempt, withRetries } from '../../src/github/retry.ts';
import { failureOf, recordingLog } from '../support.ts';

let random: number;
let waits: number[];
let lines: string[];
/** Of an attempt, in milliseconds. */
let duration: number;

beforeEach(() => {
  random = 0.5;
  waits = [];
  duration = 0;
  jest.spyOn(Math, 'random').mockImplementation(() => random);
});
afterEach(() => {
  jest.restoreAllMocks();
});

const cause = new Error('behind');
const failure = new Failure('network', { happened: 'It failed.', likelyCause: 'c', remedy: 'r' }, { cause });

/** Runs attempts with these results. The last one repeats. */
function attempts(retries: number, ...results: (FailedAttempt['retry'] | { success: string })[]) {
  return attemptsWhile(undefined, retries, ...results);
}

function attemptsWhile(
  mayRetry: (() => Promise<boolean>) | undefined,
  retries: number,
  ...results: (FailedAttempt['retry'] | { success: string })[]
) {
  const { log, lines: logged } = recordingLog();
  lines = logged;
  let time = 1_000_000;
  let attempted = 0;
  const clock = {
    later: () => {},
    now: () => time,
    sleep: async (milliseconds: number) => {
      waits.push(milliseconds);
      time += milliseconds;
    },
  };
  return withRetries(
    async () => {
      time += duration;
      const result = results[Math.min(attempted, results.length - 1)] ?? 'never';
      attempted += 1;
      return typeof result === 'object' ? result : new FailedAttempt(failure, result);
    },
    { retries, clock, log, signal: new AbortController().signal, mayRetry },
  );
}

test('there is no retry once it would be wrong, and the failure is that of the last attempt', async () => {
  const answers = [true, false];
  const attempt = attemptsWhile(async () => answers.shift() ?? true, 3, 'backoff');
  expect((await failureOf(() => attempt)).explanation.happened).toBe('It failed. Gave up after 2 attempts.');
  expect(waits).toHaveLength(2);
});

test('a success is returned without a log line', async () => {
  expect(await attempts(3, { success: 'yes' })).toEqual({ success: 'yes' });
  expect(lines).toEqual([]);
});

test('transient errors are retried with exponential backoff and a log line each', async () => {
  expect(await attempts(3, 'backoff', 'backoff', 'backoff', { success: 'yes' })).toEqual({ success: 'yes' });
  expect(waits).toEqual([750, 1500, 3000]);
  expect(lines).toEqual([
    'info: It failed. Retry 1 of 3 in 0.8 seconds.',
    'info: It failed. Retry 2 of 3 in 1.5 seconds.',
    'info: It failed. Retry 3 of 3 in 3.0 seconds.',
  ]);
});

test.each([
  [0, 500, 2000],
  [1, 1000, 2200],
])('the waits have jitter: %d', async (jitter, backoff, retryAfter) => {
  random = jitter;

  await attempts(2, 'backoff', 2000, { success: 'yes' });

  expect(waits).toEqual([backoff, expect.closeTo(retryAfter)]);
});

test.each([
  ['backoff', 0],
  ['never', 10],
] as const)('%s with %d retries fails at once', async (retry, retries) => {
  expect(await failureOf(() => attempts(retries, retry))).toBe(failure);
  expect(waits).toEqual([]);
});

test('the last failure states the number of attempts', async () => {
  expect(await failureOf(() => attempts(2, 'backoff'))).toMatchObject({
    kind: 'network',
    cause,
    explanation: { happened: 'It failed. Gave up after 3 attempts.', likelyCause: 'c', remedy: 'r' },
  });
  expect(waits).toHaveLength(2);
});

test('a permanent error ends the retries', async () => {
  expect((await failureOf(() => attempts(5, 'backoff', 'never'))).message).toContain('after 2 attempts');
});

describe('a wait that the server asks for', () => {
  test('is never shortened, and may be none', async () => {
    random = 0;

    await attempts(2, 0, 90_000, { success: 'yes' });

    expect(waits).toEqual([0, 90_000]);
  });

  test('of more than 90 seconds is not waited for', async () => {
    random = 0;

    expect(await failureOf(() => attempts(2, 90_001))).toBe(failure);
    expect(waits).toEqual([]);
  });

  test('of a minute is waited for twice', async () => {
    random = 1;
    duration = 5_000;

    expect(await attempts(3, 60_000, 60_000, { success: 'yes' })).toEqual({ success: 'yes' });
  });
});

describe('no attempt starts later than 150 seconds after the first', () => {
  test('if the server asks for long waits', async () => {
    random = 0;
    expect((await failureOf(() => attempts(10, 75_000))).message).toContain('after 3 attempts');
    expect(waits).toEqual([75_000, 75_000]);

    duration = 1;
    expect((await failureOf(() => attempts(10, 75_000))).message).toContain('after 2 attempts');
  });

  test('during an outage, with ten retries', async () => {
    duration = 1_000;

    await failureOf(() => attempts(10, 'backoff'));

    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(150_000);
  });
});

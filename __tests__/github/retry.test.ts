import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Failure } from '../../src/failure.ts';
import { Setback, withRetries } from '../../src/github/retry.ts';
import { failureOf, recordingLog } from '../support.ts';

let random = 0.5;
let waits: number[];
let lines: string[];
/** How long an attempt takes. */
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
const failure = new Failure('network', { happened: 'It broke.', cause: 'c', remedy: 'r' }, { cause });

/** Attempts with these outcomes, the last again and again; anything but an outlook is a success. */
function attempts(retries: number, ...outcomes: (Setback['outlook'] | { success: string })[]) {
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
      const outcome = outcomes[Math.min(attempted, outcomes.length - 1)] ?? 'permanent';
      attempted += 1;
      return typeof outcome === 'object' ? outcome : new Setback(failure, outcome);
    },
    { retries, clock, log, signal: new AbortController().signal },
  );
}

test('a success is given back, without a word', async () => {
  expect(await attempts(3, { success: 'yes' })).toEqual({ success: 'yes' });
  expect(lines).toEqual([]);
});

test('what passes is tried again, with a line for each attempt, and waits that double', async () => {
  expect(await attempts(3, 'passing', 'passing', 'passing', { success: 'yes' })).toEqual({ success: 'yes' });
  expect(waits).toEqual([750, 1500, 3000]);
  expect(lines).toEqual([
    'info: It broke. Trying again in 0.8 seconds (1 of 3).',
    'info: It broke. Trying again in 1.5 seconds (2 of 3).',
    'info: It broke. Trying again in 3.0 seconds (3 of 3).',
  ]);
});

test.each([
  [0, 500, 2000],
  [1, 1000, 2200],
])('the waits vary: %d', async (variation, passing, asked) => {
  random = variation;
  await attempts(2, 'passing', 2000, { success: 'yes' });
  expect(waits).toEqual([passing, expect.closeTo(asked)]);
});

test.each([
  ['passing', 0],
  ['permanent', 10],
] as const)('what is %s is not tried again with %d retries, and fails as it is', async (outlook, retries) => {
  expect(await failureOf(() => attempts(retries, outlook))).toBe(failure);
  expect(waits).toEqual([]);
});

test('what does not pass after all says how often it was tried', async () => {
  const last = await failureOf(() => attempts(2, 'passing'));
  expect(last).toMatchObject({
    kind: 'network',
    cause,
    explanation: { happened: 'It broke. It was tried 3 times.', cause: 'c', remedy: 'r' },
  });
  expect(waits).toHaveLength(2);
});

test('what turns out to be permanent is not tried further', async () => {
  expect((await failureOf(() => attempts(5, 'passing', 'permanent'))).message).toContain('tried 2 times');
});

describe('a wait that the server asks for', () => {
  test('is never cut short, and may be none', async () => {
    random = 0;
    await attempts(2, 0, 90_000, { success: 'yes' });
    expect(waits).toEqual([0, 90_000]);
  });

  test('that is longer than a minute and a half is not begun', async () => {
    random = 0;
    expect(await failureOf(() => attempts(2, 90_001))).toBe(failure);
    expect(waits).toEqual([]);
  });
});

test('no attempt begins later than two and a half minutes after the first', async () => {
  random = 0;
  expect((await failureOf(() => attempts(10, 75_000))).message).toContain('tried 3 times');
  expect(waits).toEqual([75_000, 75_000]);
  waits = [];
  duration = 1;
  expect((await failureOf(() => attempts(10, 75_000))).message).toContain('tried 2 times');
});

test('a rate limit that asks twice for a minute is outlasted', async () => {
  random = 1;
  duration = 5_000;
  expect(await attempts(3, 60_000, 60_000, { success: 'yes' })).toEqual({ success: 'yes' });
});

test('ten retries of an outage end within that time', async () => {
  duration = 1_000;
  await failureOf(() => attempts(10, 'passing'));
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(150_000);
});

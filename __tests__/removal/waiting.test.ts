import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Failure } from '../../src/failure.ts';
import {
  createWaiting,
  describeMinutes,
  describeSkippedWait,
  describeSome,
  explainExpiredToken,
  isTransient,
  type Waiting,
} from '../../src/removal/waiting.ts';
import { recordingLog } from '../support.ts';
import { VirtualClock } from '../virtual-clock.ts';

const minute = 60_000;
const never = new AbortController().signal;

let clock: VirtualClock;
let controller: AbortController;
let lines: string[];
let random: jest.SpiedFunction<typeof Math.random>;
beforeEach(() => {
  clock = new VirtualClock();
  controller = new AbortController();
  random = jest.spyOn(Math, 'random').mockReturnValue(1);
});
afterEach(() => {
  random.mockRestore();
});

/** The log tells when each line was written. */
function waitUpTo(minutes: number): Waiting {
  const { log } = recordingLog();
  lines = [];
  log.info = (message) => lines.push(`${Math.round(clock.now() / 1_000)} s: ${message}`);
  return createWaiting(minutes, controller.signal, { clock, log });
}

/** Polls until the time is up. Returns the seconds between the polls. */
async function pollAll({ poll }: Waiting, runner: string): Promise<number[]> {
  const intervals: number[] = [];
  for (let start = clock.now(); await poll(runner, intervals.length); start = clock.now()) {
    intervals.push((clock.now() - start) / 1_000);
  }
  return intervals;
}

describe('a runner that is waited for', () => {
  test.each([
    [1, [20, 30, 45, 60, 60, 60, 25]],
    [0, Array.from({ length: 20 }, () => 15)],
  ])(
    'is read every 15 to 60 seconds, at first more often, and at the end (jitter %d)',
    async (jitter, seconds) => {
      random.mockReturnValue(jitter);
      expect(await pollAll(waitUpTo(5), 'box')).toEqual(seconds);
    },
  );

  test('is named in the log at once and every minute', async () => {
    await pollAll(waitUpTo(3), '"box" (busy)');
    expect(lines).toEqual([
      '0 s: Waiting for "box" (busy), for up to 3 minutes.',
      '60 s: Waiting for "box" (busy), for up to 2 minutes.',
      '120 s: Waiting for "box" (busy), for up to 1 minute.',
    ]);
  });

  test('is named in the log at once if its wait begins late', async () => {
    const waiting = waitUpTo(3);
    await clock.sleep(90_000, never);
    await pollAll(waiting, '"box" (busy)');
    expect(lines).toEqual([
      '90 s: Waiting for "box" (busy), for up to 2 minutes.',
      '150 s: Waiting for "box" (busy), for up to 1 minute.',
    ]);
  });

  test('is not waited for longer, whenever its wait begins', async () => {
    const waiting = waitUpTo(1);
    await clock.sleep(50_000, never);
    expect(await waiting.poll('box', 0)).toBe(true);
    expect(clock.now()).toBe(minute);
    expect(await waiting.poll('box', 1)).toBe(false);
    expect(clock.now()).toBe(minute);
  });

  test('is not read again once the step is cancelled', async () => {
    const waiting = waitUpTo(60);
    clock.later(10_000, () => controller.abort());
    expect(await waiting.poll('box', 0)).toBe(false);
    expect(clock.now()).toBe(10_000);
    expect(await waiting.poll('box', 1)).toBe(false);
  });
});

describe('several runners that are waited for', () => {
  test('share the lines of the log', async () => {
    const waiting = waitUpTo(2);
    const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
    await Promise.all(names.map((name) => pollAll(waiting, name)));
    expect(lines).toEqual([
      '0 s: Waiting for one, two, three, four, five and 2 more, for up to 2 minutes.',
      '60 s: Waiting for one, two, three, four, five and 2 more, for up to 1 minute.',
    ]);
  });

  test('are not in the log any more when their wait has ended', async () => {
    const waiting = waitUpTo(2);
    await Promise.all([waiting.poll('one', 0), pollAll(waiting, 'two')]);
    expect(lines.at(-1)).toBe('60 s: Waiting for two, for up to 1 minute.');
  });

  test('are read about once a second if they are many', async () => {
    const waiting = waitUpTo(10);
    const intervals = await Promise.all(Array.from({ length: 200 }, () => pollAll(waiting, 'box')));
    const polls = intervals.flat().length;
    // With one runner, there would be 11 polls in ten minutes.
    expect(polls).toBeGreaterThan(600);
    expect(polls).toBeLessThan(900);
  });
});

test.each([
  [[], ''],
  [['one'], 'one'],
  [['1', '2', '3', '4', '5'], '1, 2, 3, 4, 5'],
  [['1', '2', '3', '4', '5', '6'], '1, 2, 3, 4, 5 and 1 more'],
])('%j are described as: %s', (runners, description) => {
  expect(describeSome(runners)).toBe(description);
});

test('one minute is singular', () => {
  expect([0, 1, 2].map(describeMinutes)).toEqual(['0 minutes', '1 minute', '2 minutes']);
});

test('a dry run says what it does not wait for', () => {
  expect(describeSkippedWait('busy', 10)).toBe(
    'It is busy now. The step would wait up to 10 minutes for it.',
  );
});

const explanation = { happened: 'It broke.', cause: 'It was old.', remedy: 'Fix it.', requestId: '04AC:1' };

test.each([
  [new Failure('network', explanation), true],
  [new Failure('server-error', explanation), true],
  [new Failure('bad-credentials', explanation), false],
  [new TypeError('network'), false],
  [undefined, false],
])('a wait outlasts transient errors only (%#)', (error, expected) => {
  expect(isTransient(error)).toBe(expected);
});

test('a token that is refused later has expired', () => {
  const failure = new Failure('bad-credentials', explanation);
  const explained = explainExpiredToken(failure);
  expect(explained).toMatchObject({
    kind: 'bad-credentials',
    explanation: {
      happened: 'It broke.',
      likelyCause: expect.stringContaining('It has since expired or been revoked.'),
      remedy: expect.stringContaining('use a shorter "wait-minutes"'),
      requestId: '04AC:1',
    },
    cause: failure,
  });
  expect(explained.explanation.cause).toBeUndefined();
});

test('other failures stay as they are', () => {
  const failure = new Failure('network', explanation);
  expect(explainExpiredToken(failure)).toBe(failure);
});

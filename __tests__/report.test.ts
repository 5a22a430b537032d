import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Failure } from '../src/failure.ts';
import type { RemoveToken } from '../src/github/remove-token.ts';
import { createLog } from '../src/log.ts';
import { createReport, type Report, type RunnerReport } from '../src/report.ts';
import { Secrets } from '../src/secrets.ts';
import { recordingCore, temporaryDirectory } from './support.ts';

const token: RemoveToken = {
  token: 'AREMOVE',
  expires_at: '2026-11-20T19:21:00.000-08:00',
  lifetime: 3_600_000,
};
const explanation = { happened: 'It broke.', cause: 'It was old.', remedy: 'Fix it.' };
const registration = 'https://github.com/octo/app';
const unknown = { name: null, id: null, registration: null };

let calls: unknown[][];
let report: Report;
let directory: string;
const { env } = process;

const readSummary = async () => (await readFile(join(directory, 'summary'), 'utf8')).trim().split(/\r?\n/);
const called = (...names: unknown[]) => calls.filter(([name]) => names.includes(name));

beforeEach(async () => {
  directory = await temporaryDirectory();
  await writeFile(join(directory, 'summary'), '');
  process.env = { ...env, GITHUB_STEP_SUMMARY: join(directory, 'summary') };
  const recording = recordingCore();
  calls = recording.calls;
  const secrets = new Secrets(() => undefined);
  secrets.protect('nAREMOVE');
  report = createReport(recording.core, createLog(recording.core, secrets), secrets, {});
});
afterEach(() => {
  process.env = env;
});

describe('the remove token', () => {
  test('is an output, with its expiration time', () => {
    report.tokens([token]);
    expect(calls).toEqual([
      ['setOutput', 'remove-token', 'AREMOVE'],
      ['setOutput', 'expires-at', '2026-11-20T19:21:00.000-08:00'],
    ]);
  });

  test.each([[[]], [[token, token]]])('is not an output unless there is exactly one (%#)', (tokens) => {
    report.tokens(tokens);
    expect(calls).toEqual([]);
  });
});

describe('the results of a removal', () => {
  const reports: RunnerReport[] = [
    { directory: '/one', name: 'alpha', id: 1, registration, result: 'removed' },
    { directory: '/two', ...unknown, result: 'already-removed' },
    { directory: null, name: 'gone', id: null, registration, result: 'already-removed' },
    {
      directory: '/three',
      name: '<b>&',
      id: 3,
      registration,
      result: 'failed',
      detail: '>\n\nAREMOVE nAREMOVE',
    },
  ];

  test('are lines of the log', async () => {
    await report.runners(reports);
    expect(called('info')).toEqual([
      ['info', 'Runner "alpha" in /one: removed'],
      ['info', 'Runner /two: already-removed'],
      ['info', 'Runner "gone": already-removed'],
      ['info', 'Runner "<b>&" in /three: failed (> AREMOVE ***)'],
    ]);
  });

  test('are an output in JSON, whatever they contain', async () => {
    await report.runners(reports);
    const [[, name, json] = []] = called('setOutput');
    expect(name).toBe('runners');
    // In JSON, the line break ends in the first letter of the secret.
    expect(JSON.parse(String(json))).toEqual([
      ...reports.slice(0, 3),
      { ...reports[3], detail: '>\n\nAREMOVE ***' },
    ]);
  });

  test('tell the post step which runner to remove', async () => {
    await report.runners([
      { directory: '/one', ...unknown, result: 'removed' },
      { directory: '/two', ...unknown, result: 'scheduled' },
    ]);
    expect(called('saveState')).toEqual([['saveState', 'after-job', '/two']]);
  });

  test('are a job summary, in which names and details are not HTML or Markdown', async () => {
    await report.runners(reports);

    expect(await readSummary()).toEqual([
      '<h3>Runner removal</h3>',
      '<p>1 removed, 2 already-removed, 1 failed</p>',
      '<table>' +
        '<tr><th>Runner</th><th>Registration</th><th>Result</th><th>Detail</th></tr>' +
        // The toolkit does not close an empty cell, which HTML allows.
        `<tr><td>alpha</td><td>${registration}</td><td>removed</td><td></tr>` +
        '<tr><td>/two</td><td><td>already-removed</td><td></tr>' +
        `<tr><td>gone</td><td>${registration}</td><td>already-removed</td><td></tr>` +
        `<tr><td>&lt;b&gt;&amp;</td><td>${registration}</td><td>failed</td><td>&gt; AREMOVE ***</td></tr>` +
        '</table>',
    ]);
    expect(called('debug')).toEqual([]);
  });

  const manyOf = (count: number, result: RunnerReport['result']): RunnerReport[] =>
    Array.from({ length: count }, (_, index) => ({ directory: `/${result}-${index}`, ...unknown, result }));

  test('are collapsed if there are more than 20', async () => {
    await report.runners([...manyOf(20, 'removed'), ...manyOf(2, 'failed')]);

    expect(called('startGroup', 'info')).toEqual([
      ['startGroup', 'Runners: 20 removed, 2 failed'],
      [
        'info',
        expect.stringMatching(/^\| Runner \/removed-0: removed\n(.*\n){20}\| Runner \/failed-1: failed$/),
      ],
    ]);
    expect(await readSummary()).toEqual([
      '<h3>Runner removal</h3>',
      '<p>20 removed, 2 failed</p>',
      expect.stringMatching(/^<table>.*\/failed-0.*\/failed-1(?!.*removed-)/),
      '<details><summary>Show the runners</summary>',
      expect.stringMatching(/^<table>.*\/removed-0.*\/removed-19(?!.*failed-)/),
      '</details>',
    ]);
  });

  test('are all shown up to 20', async () => {
    await report.runners(manyOf(20, 'removed'));

    expect(called('startGroup')).toEqual([]);
    expect(called('info')).toHaveLength(20);
    expect(await readSummary()).not.toContain('</details>');
  });

  test('are collapsed as a whole if none needs attention', async () => {
    await report.runners([
      ...manyOf(1_500, 'removed'),
      ...manyOf(1, 'already-removed'),
      ...manyOf(1, 'would-remove'),
    ]);

    const summary = await readSummary();
    expect(summary.slice(1, 3)).toEqual([
      '<p>1500 removed, 1 already-removed, 1 would-remove</p>',
      '<details><summary>Show the runners</summary>',
    ]);
    expect(summary.join('').match(/<td>removed/g)).toHaveLength(1_500);
  });

  test.each(['failed', 'removed'] as const)(
    'are not all in the summary if that would be too long: %s',
    async (result) => {
      const many = manyOf(1_000, result).map((one) => ({ ...one, detail: 'ö'.repeat(1_000) }));

      await report.runners([...many, ...manyOf(1_000, 'removed')]);

      const summary = await readSummary();
      const size = Buffer.byteLength(summary.join());
      // GitHub's limit.
      expect(size).toBeLessThan(1024 * 1024);
      expect(size).toBeGreaterThan(850_000);
      const rows = summary.join('').match(/<tr><td>/g)?.length ?? 0;
      expect(summary.at(-1)).toBe(`<p>And ${2_000 - rows} more. The output "runners" contains all.</p>`);
    },
  );

  test('can be none, which the summary says', async () => {
    await report.runners([]);

    expect(await readSummary()).toEqual(['<h3>Runner removal</h3>', '<p>No runner was removed.</p>']);
  });

  test('do not fail the step if the summary cannot be written', async () => {
    await rm(join(directory, 'summary'));

    await report.runners(reports);

    expect(called('debug')).toEqual([
      ['debug', expect.stringMatching(/^The job summary was not written: .*Unable to access summary file/)],
    ]);
    expect(called('setFailed', 'warning')).toEqual([]);
  });
});

describe('failures', () => {
  test('fail the step only if there are any', () => {
    report.failures([]);
    expect(calls).toEqual([]);
  });

  test('fail the step with one message, without secrets and workflow commands', () => {
    report.failures([
      new Failure('network', { ...explanation, happened: 'nAREMOVE broke.' }),
      new Failure('not-found', { ...explanation, happened: '##[error]It broke.' }),
    ]);
    const rest = (kind: string) =>
      `Cause: It was old.\nWhat to do: Fix it.\nMore: section "${kind}" of docs/troubleshooting.md in this action's repository`;
    expect(called('setFailed')).toEqual([
      ['setFailed', `*** broke.\n${rest('network')}\n\n## [error]It broke.\n${rest('not-found')}`],
    ]);
  });

  test.each([
    [10, ''],
    [11, '\n\nAnd 1 more. The output "runners" contains all failures.'],
  ])('are in the message up to ten: %i', (count, end) => {
    report.failures(Array.from({ length: count }, () => new Failure('network', explanation)));
    const [[, message] = []] = called('setFailed');
    expect(String(message).match(/It broke\./g)).toHaveLength(10);
    expect(String(message).split(`action's repository`).at(-1)).toBe(end);
  });

  test('are in the debug log with their stacks and causes', () => {
    report.failures([
      new Failure('network', explanation, { cause: new RangeError('behind') }),
      new Failure('not-found', explanation, { cause: { message: 'no stack' } }),
    ]);
    const message = 'Failure: It broke\\. It was old\\. Fix it\\.\\n +at ';
    expect(called('debug')).toEqual([
      [
        'debug',
        expect.stringMatching(new RegExp(`^${message}.*\\nCaused by RangeError: behind\\n +at `, 's')),
      ],
      ['debug', expect.stringMatching(new RegExp(`^${message}.*\\nCaused by no stack$`, 's'))],
    ]);
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Failure } from '../src/failure.ts';
import { createLog } from '../src/log.ts';
import type { IssuedToken } from '../src/remove-tokens.ts';
import { createReport, type Report, type RunnerReport } from '../src/report.ts';
import { Secrets } from '../src/secrets.ts';
import { organization, recordingCore, repository } from './support.ts';

const issued: IssuedToken = {
  registration: repository,
  source: 'the inputs',
  token: { token: 'AREMOVE', expires_at: '2026-11-20T19:21:00.000-08:00', lifetime: 3_600_000 },
};
const explanation = { happened: 'It broke.', cause: 'It was old.', remedy: 'Fix it.' };
const registration = 'https://github.com/octo/app';
const unknown = { name: null, id: null, registration: null };

let calls: unknown[][];
let report: Report;
let directory: string;
const { env } = process;

const called = (...names: unknown[]) => calls.filter(([name]) => names.includes(name));

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'report-'));
  process.env = { ...env, GITHUB_STEP_SUMMARY: join(directory, 'summary') };
  const recording = recordingCore();
  calls = recording.calls;
  const secrets = new Secrets(() => undefined);
  secrets.protect('nAREMOVE');
  report = createReport(recording.core, createLog(recording.core, secrets), secrets, {});
});
afterEach(async () => {
  process.env = env;
  await rm(directory, { recursive: true });
});

describe('the remove token', () => {
  test('is an output, with its expiration time', () => {
    report.tokens([issued]);
    expect(calls).toEqual([
      ['setOutput', 'remove-token', 'AREMOVE'],
      ['setOutput', 'expires-at', '2026-11-20T19:21:00.000-08:00'],
    ]);
  });

  test.each([[[]], [[issued, { ...issued, registration: organization }]]])(
    'is not an output unless there is exactly one (%#)',
    (tokens) => {
      report.tokens(tokens);
      expect(calls).toEqual([]);
    },
  );
});

describe('the results of a removal', () => {
  const reports: RunnerReport[] = [
    { directory: '/one', name: 'alpha', id: 1, registration, result: 'removed' },
    { directory: '/two', ...unknown, result: 'already-removed' },
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
      ['info', 'Runner "<b>&" in /three: failed (> AREMOVE ***)'],
    ]);
  });

  test('are an output in JSON, whatever they contain', async () => {
    await report.runners(reports);
    const [[, name, json] = []] = called('setOutput');
    expect(name).toBe('runners');
    // In JSON, the line break ends in the first letter of the secret.
    expect(JSON.parse(String(json))).toEqual([
      ...reports.slice(0, 2),
      { ...reports[2], detail: '>\n\nAREMOVE ***' },
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
    await writeFile(join(directory, 'summary'), '');

    await report.runners(reports);

    const summary = await readFile(join(directory, 'summary'), 'utf8');
    expect(summary.trim().split(/\r?\n/)).toEqual([
      '<h3>Runner removal</h3>',
      '<table>' +
        '<tr><th>Runner</th><th>Registration</th><th>Result</th><th>Detail</th></tr>' +
        // The toolkit does not close an empty cell, which HTML allows.
        `<tr><td>alpha</td><td>${registration}</td><td>removed</td><td></tr>` +
        '<tr><td>/two</td><td><td>already-removed</td><td></tr>' +
        `<tr><td>&lt;b&gt;&amp;</td><td>${registration}</td><td>failed</td><td>&gt; AREMOVE ***</td></tr>` +
        '</table>',
    ]);
    expect(called('debug')).toEqual([]);
  });

  test('do not fail the step if the summary cannot be written', async () => {
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

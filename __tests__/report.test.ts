import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Failure } from '../src/failure.ts';
import type { Grant } from '../src/grants.ts';
import { createLog } from '../src/log.ts';
import type { RunnerReport } from '../src/removal.ts';
import { createReport, type Report } from '../src/report.ts';
import { Secrets } from '../src/secrets.ts';
import { workflowCommands } from '../src/workflow-commands.ts';
import { organization, outputOf, recordingCore, repository } from './support.ts';

const documentation = 'https://github.example/page';
const grant: Grant = {
  registration: repository,
  source: 'the inputs',
  token: { token: 'AREMOVE', expires_at: '2026-11-20T19:21:00.000-08:00' },
};
const explanation = { happened: 'It broke.', cause: 'It was old.', remedy: 'Mend it.' };

let calls: unknown[][];
let report: Report;
let secrets: Secrets;

beforeEach(() => {
  const recording = recordingCore();
  calls = recording.calls;
  secrets = new Secrets(() => undefined);
  report = createReport(recording.core, createLog(recording.core, secrets), secrets, documentation);
});

describe('the remove token', () => {
  test('is an output, with the time that it expires', () => {
    report.tokens([grant]);
    expect(calls).toEqual([
      ['setOutput', 'remove-token', 'AREMOVE'],
      ['setOutput', 'expires-at', '2026-11-20T19:21:00.000-08:00'],
    ]);
  });

  test.each([[[]], [[grant, { ...grant, registration: organization }]]])(
    'is none when not exactly one registration was addressed (%#)',
    (grants) => {
      report.tokens(grants);
      expect(calls).toEqual([]);
    },
  );
});

test('what became of the runners is an output, and a line each', async () => {
  secrets.protect('AREMOVE');
  const registration = 'https://github.com/octo/app';
  const reports: RunnerReport[] = [
    { directory: '/one', name: 'alpha', id: 1, registration, result: 'removed' },
    { directory: '/two', name: null, id: null, registration: null, result: 'already-removed' },
    {
      directory: '/three',
      name: 'gamma',
      id: 3,
      registration,
      result: 'failed',
      detail: 'AREMOVE is of no use',
    },
  ];
  await report.runners(reports);
  // This recorder has no file for the summary, which is no reason to fail.
  expect(calls).toContainEqual(['debug', expect.stringContaining('GITHUB_STEP_SUMMARY')]);
  const told = calls.filter(([kind]) => kind !== 'debug');
  expect(told.slice(0, -1)).toEqual([
    ['info', 'Runner "alpha" in /one: removed'],
    ['info', 'Runner /two: already-removed'],
    ['info', 'Runner "gamma" in /three: failed (*** is of no use)'],
  ]);
  const [name, output, json] = told.at(-1) ?? [];
  expect([name, output]).toEqual(['setOutput', 'runners']);
  expect(JSON.parse(String(json))).toEqual([
    ...reports.slice(0, 2),
    { ...reports[2], detail: '*** is of no use' },
  ]);
});

test('the post step is left the installation that was scheduled', async () => {
  const runner = { name: 'box', id: 1, registration: null };
  await report.runners([
    { ...runner, directory: '/one', result: 'removed' },
    { ...runner, directory: '/two', result: 'scheduled' },
  ]);
  expect(calls.filter(([name]) => name === 'saveState')).toEqual([['saveState', 'after-job', '/two']]);
});

describe('failures', () => {
  test('fail the step only where there are any', () => {
    report.failures([]);
    expect(calls).toEqual([]);
  });

  test('fail the step with one message, without a secret in it', () => {
    secrets.protect('AREMOVE');
    report.failures([
      new Failure('network', { ...explanation, happened: 'AREMOVE broke.' }),
      new Failure('not-found', explanation),
    ]);
    expect(calls.filter(([name]) => name !== 'debug')).toEqual([
      [
        'setFailed',
        `*** broke.\nLikely cause: It was old.\nWhat to do: Mend it.\nMore: ${documentation}#network\n\nIt broke.\nLikely cause: It was old.\nWhat to do: Mend it.\nMore: ${documentation}#not-found`,
      ],
    ]);
  });

  test('are told with their stacks and causes where debug logging is on', () => {
    report.failures([
      new Failure('network', explanation, { cause: new RangeError('behind') }),
      new Failure('not-found', explanation, { cause: { message: 'no stack' } }),
    ]);
    const debug = calls.filter(([name]) => name === 'debug').map(([, message]) => message);
    expect(debug).toEqual([
      expect.stringMatching(
        /It broke\. It was old\. Mend it\.\n +at .*\nCaused by RangeError: behind\n +at /s,
      ),
      expect.stringMatching(/It broke\. It was old\. Mend it\.\n +at /s),
    ]);
  });
});

describe('the runner', () => {
  let directory: string;
  let before: NodeJS.ProcessEnv;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'report-'));
    before = process.env;
    process.env = { ...before, GITHUB_OUTPUT: join(directory, 'output') };
    await writeFile(join(directory, 'output'), '');
    report = createReport(workflowCommands, createLog(workflowCommands, secrets), secrets, undefined);
  });
  afterEach(async () => {
    process.env = before;
    await rm(directory, { recursive: true });
  });

  test('reads the outputs from its file, and nothing of them in the log', async () => {
    expect(outputOf(() => report.tokens([grant]))).toBe('');
    const file = await readFile(join(directory, 'output'), 'utf8');
    expect(file.replaceAll('\r\n', '\n')).toBe(
      'remove-token=AREMOVE\nexpires-at=2026-11-20T19:21:00.000-08:00\n',
    );
  });

  test('reads a summary with a table, in which nothing from elsewhere is HTML', async () => {
    const file = join(directory, 'summary');
    await writeFile(file, '');
    process.env['GITHUB_STEP_SUMMARY'] = file;
    const { core } = recordingCore();
    secrets.protect('AREMOVE');
    const { runners } = createReport(core, createLog(core, secrets), secrets, undefined);
    await runners([
      {
        directory: '/one',
        name: '<b>&',
        id: 1,
        registration: 'https://x/o',
        result: 'failed',
        detail: 'AREMOVE',
      },
      { directory: '/two', name: null, id: null, registration: null, result: 'already-removed' },
    ]);
    expect((await readFile(file, 'utf8')).replaceAll(/\r?\n/g, '')).toBe(
      '<h3>Removal of runners</h3>' +
        '<table><tr><th>Runner</th><th>Registration</th><th>Result</th><th>Why</th></tr>' +
        '<tr><td>&lt;b&gt;&amp;</td><td>https://x/o</td><td>failed</td><td>***</td></tr>' +
        // The toolkit leaves out the end of an empty cell, as HTML allows.
        '<tr><td>/two</td><td><td>already-removed</td><td></tr></table>',
    );
  });

  test('reads one error, on one line, and an exit code that is not 0', () => {
    let exitCode: typeof process.exitCode;
    const output = outputOf(() => {
      report.failures([new Failure('network', explanation)]);
      exitCode = process.exitCode;
    });
    expect(exitCode).toBe(1);
    expect(output.split(/\r?\n/).filter((line) => !line.startsWith('::debug::'))).toEqual([
      expect.stringMatching(/^::error::It broke\.%0ALikely cause: .*%0AMore: the section "network" of docs/),
      '',
    ]);
  });
});

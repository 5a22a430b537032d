import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GitHub } from '../../sandbox/github.ts';
import { Installation } from '../../sandbox/installation.ts';
import type { Context } from '../../src/context.ts';
import { scheduleRemoval, startBackgroundRemoval } from '../../src/removal/after-job.ts';
import { type CheckedInstallation, checkInstallation } from '../../src/removal/check-installation.ts';
import { failureOf, recordingLog, startGitHub } from '../support.ts';
import { contextOf } from './context.ts';

let github: GitHub;
let installation: Installation;
let id: number;
let context: Context;
let lines: string[];
beforeEach(async () => {
  github = await startGitHub();
  ({ id } = github.addRunner('octo/app', { name: 'box' }));
  installation = await Installation.create({
    agentId: id,
    agentName: 'box',
    gitHubUrl: `${github.serverUrl}/octo/app`,
  });
  const recording = recordingLog();
  lines = recording.lines;
  context = contextOf(github, {
    log: recording.log,
    machine: {
      ...contextOf(github).machine,
      execPath: process.execPath,
      environment: { RUNNER_NAME: 'box' },
    },
  });
});
afterEach(() => installation.remove());

describe('the main step', () => {
  async function schedule(dryRun = false, changes: object = {}) {
    const checked: CheckedInstallation = await checkInstallation(installation.directory, context);
    if (checked.runner === undefined) throw new Error('The installation is not configured.');
    return scheduleRemoval(checked, { ...checked.runner, ...changes }, dryRun, context);
  }

  test('schedules the removal, and says where the background process logs to', async () => {
    expect(await schedule()).toEqual({
      result: 'scheduled',
      detail: `A background process removes it after this job and logs to ${installation.directory}/_diag.`,
    });
  });

  test('schedules a runner that GitHub does not list too: GitHub can be late', async () => {
    github.removeRunner('octo/app', id);

    expect(await schedule()).toMatchObject({ result: 'scheduled' });
  });

  test('schedules nothing in a dry run', async () => {
    expect(await schedule(true)).toEqual({
      result: 'would-remove',
      detail: 'It would be removed after this job.',
    });
  });

  test.each([
    ['GitHub', () => github.addRunner('octo/app', { name: 'box', id: 77, ephemeral: true }), { id: 77 }],
    ['its own settings', () => undefined, { ephemeral: true }],
  ])(
    'leaves an ephemeral runner to GitHub, even if only %s says that it is one',
    async (_, arrange, changes) => {
      arrange();

      expect(await schedule(false, changes)).toEqual({
        result: 'ephemeral',
        detail: 'GitHub deregisters it after this job.',
      });
    },
  );

  test('refuses a runner that cannot deregister itself, and names a way that works', async () => {
    await rm(join(installation.directory, '.credentials'));

    const { kind, explanation } = await failureOf(() => schedule());

    expect(kind).toBe('removal-failed');
    expect(explanation).toEqual({
      happened: `The runner "box" in ${installation.directory} cannot deregister itself after this job. Nothing was changed.`,
      cause: 'Its credentials are missing.',
      remedy: expect.stringMatching(/"runner-name: box".*"runner-directory".*through the API/),
    });
  });
});

describe('the post step', () => {
  /** A background process that keeps what it receives, and the arguments that it was started with. */
  async function program(): Promise<string> {
    const path = join(installation.directory, 'background.cjs');
    await writeFile(
      path,
      `process.once('message', (message) => {
        const received = { message, arguments: process.argv.slice(2), environment: process.env };
        require('node:fs').writeFileSync(__dirname + '/received', JSON.stringify(received));
        process.send('ready');
      });`,
    );
    return path;
  }

  test('starts the background process with a fresh remove token, over a pipe', async () => {
    let time = 1_000_000;
    github.afterRequest = () => {
      time += 100_000;
    };
    context = { ...context, clock: { ...context.clock, now: () => time } };

    await startBackgroundRemoval(installation.directory, [await program(), 'argument'], context);

    const received = JSON.parse(await readFile(join(installation.directory, 'received'), 'utf8'));
    const token = github.issuedTokens[0]?.token;
    expect(received.arguments).toEqual(['argument']);
    expect(received.message).toMatchObject({ id, removeToken: token, hasService: false });
    expect(received.message.tokenLifetime).toBeGreaterThan(3_490_000);
    expect(received.message.tokenLifetime).toBeLessThan(3_510_000);
    expect(JSON.stringify(received)).not.toContain('ghp_admin');
    expect(JSON.stringify(received.environment)).not.toContain(token);
    expect(lines.at(-1)).toBe(
      `info: The runner "box" will be removed after this job. Log: ${received.message.logFile}`,
    );
  });

  test('says what to do if the background process cannot be started', async () => {
    const missing = join(installation.directory, 'missing.js');

    const { kind, explanation, cause } = await failureOf(() =>
      startBackgroundRemoval(installation.directory, [missing], context),
    );

    expect(kind).toBe('removal-failed');
    expect(explanation).toEqual({
      happened: `The background process that removes the runner in ${installation.directory} could not be started: it ended with exit code 1.`,
      likelyCause: `This account cannot start a process, or cannot write to ${installation.directory}/_diag.`,
      remedy:
        'Use "remove: true" with this directory in "runner-directory", in a job of another runner on this machine.',
    });
    expect(cause).toEqual(new Error('it ended with exit code 1'));
  });

  test('refuses a runner that has lost its credentials during the job', async () => {
    await rm(join(installation.directory, '.credentials'));

    const { explanation } = await failureOf(async () =>
      startBackgroundRemoval(installation.directory, [await program()], context),
    );

    expect(explanation).toMatchObject({
      happened: expect.stringContaining('cannot deregister itself after this job. Nothing was changed.'),
      cause: 'Its credentials are missing.',
    });
    expect(github.issuedTokens).toEqual([]);
  });

  test('refuses another runner that was configured during the job', async () => {
    const path = join(installation.directory, '.runner');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"box"', '"new"'));

    const { kind, explanation } = await failureOf(async () =>
      startBackgroundRemoval(installation.directory, [await program()], context),
    );

    expect(kind).toBe('removal-failed');
    expect(explanation).toEqual({
      happened: `The installation in ${installation.directory} was configured again during this job. The new runner, "new", was left unchanged.`,
      cause: '"remove: after-job" removes only the runner that executes the job.',
      remedy:
        'To remove the new runner, use "remove: true" with this directory in "runner-directory", in a job of another runner on this machine.',
    });
    expect(await readdir(installation.directory)).not.toContain('received');
  });

  test('has nothing to do for a runner that is not configured any more', async () => {
    for (const name of ['.runner', '.credentials']) {
      await rm(join(installation.directory, name));
    }

    await startBackgroundRemoval(installation.directory, [await program()], context);

    expect(lines.at(-1)).toMatch(/is not configured any more\. There is nothing to remove\./);
    expect(await readdir(installation.directory)).not.toContain('received');
    expect(github.issuedTokens).toEqual([]);
  });
});

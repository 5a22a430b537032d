import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isRunning, processesIn } from '../../sandbox/programs/processes.ts';
import type { JobReport } from '../../sandbox/runner-protocol/run-service.ts';
import type { WorkflowStep } from '../../sandbox/runner-protocol/workflow-job.ts';
import { eventually } from '../support.ts';
import { adminToken, isRoot, ordinaryUser, repository } from '../world.ts';
import { type InstalledRunner, logOf, runnerFilesOf, Site } from './site.ts';

const uses = 'octo-org/runner-remove-token@v1';
const token = { expr: 'secrets.RUNNER_ADMIN_TOKEN' };
const runners = { expr: 'steps.runner.outputs.runners' };

let site: Site;
let runner: InstalledRunner;
let script: { ended: Promise<number | null> };
beforeEach(async () => {
  site = await Site.open('official');
});
afterEach(() => site.close());

/** Registers a runner and starts its `run.sh`. */
async function startRunner(owner = isRoot ? ordinaryUser : undefined): Promise<void> {
  runner = await site.install('box', { owner });
  script = await runner.start();
}

const startJob = (steps: WorkflowStep[]) =>
  site.startJob(runner, { steps, secrets: { RUNNER_ADMIN_TOKEN: adminToken } });
const runJob = (steps: WorkflowStep[]) => startJob(steps).completed;

const conclusionsOf = ({ steps }: JobReport) => steps.map(({ name, conclusion }) => `${name}: ${conclusion}`);
/** Neither an uploaded log nor a file that the runner wrote contains a secret. */
async function expectNoSecret(report: JobReport): Promise<void> {
  const texts = new Map(report.steps.map(({ name, log }) => [`log of ${name}`, log]));
  const entries = await readdir(runner.directory, { recursive: true, withFileTypes: true });
  for (const { parentPath, name } of entries.filter((entry) => entry.isFile())) {
    const path = join(parentPath, name);
    if (!/\/(bin|externals)\//.test(path)) texts.set(path, await readFile(path, 'utf8'));
  }
  const secrets = [adminToken, ...site.github.issuedTokens.map((issued) => issued.token)];
  const showing = [...texts].filter(([, text]) => secrets.some((secret) => text.includes(secret)));
  expect(showing.map(([where]) => where)).toEqual([]);
}

describe('a job of the official runner', () => {
  test('hands a masked remove token to a later step', async () => {
    await startRunner();

    const report = await runJob([
      { name: 'Before', run: 'echo "A script ran."' },
      { name: 'Create a token', id: 'runner', uses, with: { token } },
      {
        name: 'Use it',
        run: `echo "$TOKEN has $\{#TOKEN} characters and expires at $EXPIRES_AT."`,
        env: {
          TOKEN: { expr: 'steps.runner.outputs.remove-token' },
          EXPIRES_AT: { expr: 'steps.runner.outputs.expires-at' },
        },
      },
    ]);

    expect(conclusionsOf(report)).toEqual([
      'Set up job: succeeded',
      'Before: succeeded',
      'Create a token: succeeded',
      'Use it: succeeded',
      'Post Create a token: succeeded',
      'Complete job: succeeded',
    ]);
    expect(logOf(report, 'Before')).toContain('A script ran.');
    expect(logOf(report, 'Create a token')).toContain('token: ***');
    expect(logOf(report, 'Use it')).toMatch(/^\*\*\* has 29 characters and expires at \d{4}-\d\d-\d\dT/m);
    expect(logOf(report, 'Post Create a token').trim()).toBe('Post job cleanup.');
    expect(site.github.actionRequests).toHaveLength(1);
    await expectNoSecret(report);
  });

  test('removes another runner of the machine, but not its own', async () => {
    await startRunner();
    const other = await site.install('other', { owner: runner.owner });
    const inputs = { token, remove: 'true' };

    const report = await runJob([
      { name: 'Remove', id: 'runner', uses, with: { ...inputs, 'runner-directory': other.directory } },
      { name: 'Show', run: 'echo "$RUNNERS"', env: { RUNNERS: runners } },
      { name: 'Remove itself', uses, with: { ...inputs, 'runner-directory': runner.directory } },
    ]);

    expect(logOf(report, 'Remove')).toContain('√ Runner removed successfully');
    expect(logOf(report, 'Show')).toContain('"result":"removed"');
    expect(logOf(report, 'Remove itself')).toMatch(/^More: .*runner-runs-this-job/m);
    expect(report.conclusion).toBe('failed');
    expect(site.github.runners(repository)).toMatchObject([{ name: 'box' }]);
    expect(await runnerFilesOf(other)).toEqual([]);
    await expectNoSecret(report);
  });
});

describe('remove: after-job in a job of the official runner', () => {
  const afterJob = { name: 'Remove', id: 'runner', uses, with: { token, remove: 'after-job' } };

  /** The runner is gone everywhere, and `run.sh` has ended by itself. */
  async function expectRemoved(): Promise<void> {
    await eventually(() => site.github.runners(repository).length === 0);
    expect(await script.ended).toBe(0);
    await eventually(() => processesIn(runner.directory).length === 0);
    expect(await runnerFilesOf(runner)).toEqual([]);
  }

  test.each(
    isRoot
      ? [{ who: 'of an ordinary user', owner: ordinaryUser }, { who: 'of root' }]
      : [{ who: 'of an ordinary user' }],
  )(
    'removes a runner $who that kills what the job leaves behind',
    async ({ owner }: { owner?: typeof ordinaryUser }) => {
      await startRunner(owner);

      const report = await runJob([
        { name: 'Leave a process', run: 'sleep 300 & echo "Started $!."' },
        afterJob,
        { name: 'Show', run: 'echo "$RUNNERS"', env: { RUNNERS: runners } },
      ]);

      expect(report.conclusion).toBe('succeeded');
      expect(logOf(report, 'Show')).toContain('"result":"scheduled"');
      const id = /^Started (\d+)\.$/m.exec(logOf(report, 'Leave a process'))?.[1];
      expect(logOf(report, 'Complete job')).toContain(`Terminate orphan process: pid (${id})`);
      expect(isRunning(Number(id))).toBe(false);
      await expectRemoved();
      const [, log = ''] =
        /(\/\S*\/_diag\/RunnerRemoveToken_\S*\.log)/.exec(logOf(report, 'Post Remove')) ?? [];
      expect(await readFile(log, 'utf8')).toContain('√ Runner removed successfully');
      await expectNoSecret(report);
    },
  );

  test('removes the runner if it is used twice', async () => {
    await startRunner();

    const report = await runJob([afterJob, { ...afterJob, name: 'Remove again', id: 'again' }]);

    expect(conclusionsOf(report)).toContain('Post Remove: succeeded');
    expect(conclusionsOf(report)).toContain('Post Remove again: succeeded');
    await expectRemoved();
    await expectNoSecret(report);
  });

  test('removes the runner if the job fails', async () => {
    await startRunner();

    const report = await runJob([afterJob, { name: 'Fail', run: 'exit 1' }]);

    expect(report.conclusion).toBe('failed');
    await expectRemoved();
  });

  test('removes the runner if the job is cancelled', async () => {
    await startRunner();
    const job = startJob([afterJob, { name: 'Wait', run: 'exec sleep 300' }]);
    await eventually(() => readdir(join(runner.directory, '_work/_temp')).then(hasScript, () => false));

    job.cancel();

    expect((await job.completed).conclusion).toBe('canceled');
    await expectRemoved();
  });
});

/** The script of a step exists while it runs. */
function hasScript(names: string[]): boolean {
  return names.some((name) => name.endsWith('.sh'));
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isRunning, processesIn } from '../../sandbox/programs/processes.ts';
import type { JobReport } from '../../sandbox/runner-protocol/run-service.ts';
import type { WorkflowStep } from '../../sandbox/runner-protocol/workflow-job.ts';
import {
  adminToken,
  configurationOf,
  type InstalledRunner,
  isRoot,
  ordinaryUser,
  repository,
  Site,
} from './site.ts';

const token = '${{ secrets.RUNNER_ADMIN_TOKEN }}';
const uses = 'octo-org/runner-remove-token@v1';

const accounts: { who: string; owner?: typeof ordinaryUser }[] = isRoot
  ? [{ who: 'as an ordinary user', owner: ordinaryUser }, { who: 'as root' }]
  : [{ who: 'as an ordinary user' }];

describe.each(accounts)('a job of the official runner, run $who,', ({ owner }) => {
  let site: Site;
  let runner: InstalledRunner;
  let listener: Awaited<ReturnType<InstalledRunner['start']>>;
  beforeEach(async () => {
    site = await Site.open('official');
    runner = await site.install('box', { owner });
    listener = await runner.start();
  });
  afterEach(() => site.close());

  const start = (steps: WorkflowStep[]) =>
    site.startJob(runner, { steps, secrets: { RUNNER_ADMIN_TOKEN: adminToken } });
  const run = (steps: WorkflowStep[]) => start(steps).completed;

  const logOf = ({ steps }: JobReport, name: string): string =>
    steps.find((step) => step.name === name)?.log ?? `There is no step "${name}".`;
  const conclusions = ({ steps }: JobReport) => steps.map(({ name, conclusion }) => `${name}: ${conclusion}`);

  /** Waits for something that happens after the job. */
  async function eventually(condition: () => unknown): Promise<void> {
    for (const end = Date.now() + 60_000; !(await condition()); await pause(50)) {
      if (Date.now() > end) throw new Error(`This did not happen within a minute: ${condition}`);
    }
  }

  async function backgroundLog(): Promise<string> {
    const directory = join(runner.directory, '_diag');
    const names = (await readdir(directory)).filter((name) => name.startsWith('RunnerRemoveToken_'));
    return (await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')))).join('\n');
  }

  /** No file that the runner wrote, and no log that it uploaded, contains a secret. */
  async function expectNoSecret(report: JobReport): Promise<void> {
    const secrets = [adminToken, ...site.github.issuedTokens.map((issued) => issued.token)];
    const texts = new Map(report.steps.map(({ name, log }) => [`the log of ${name}`, log]));
    const entries = await readdir(runner.directory, { recursive: true, withFileTypes: true });
    for (const { parentPath, name } of entries.filter((entry) => entry.isFile())) {
      const path = join(parentPath, name);
      if (!/\/(bin|externals)\//.test(path)) texts.set(path, await readFile(path, 'utf8'));
    }
    const showing = [...texts].filter(([, text]) => secrets.some((secret) => text.includes(secret)));
    expect(showing.map(([where]) => where)).toEqual([]);
  }

  test('hands a masked remove token to a later step', async () => {
    const report = await run([
      { name: 'Before', run: 'echo "A script ran"' },
      { name: 'Create a token', id: 'runner', uses, with: { token } },
      {
        name: 'Use it',
        run: 'echo "$TOKEN has ${#TOKEN} characters and expires at $EXPIRES_AT"',
        env: {
          TOKEN: '${{ steps.runner.outputs.remove-token }}',
          EXPIRES_AT: '${{ steps.runner.outputs.expires-at }}',
        },
      },
    ]);

    expect(conclusions(report)).toEqual([
      'Set up job: succeeded',
      'Before: succeeded',
      'Create a token: succeeded',
      'Use it: succeeded',
      'Post Create a token: succeeded',
      'Complete job: succeeded',
    ]);
    expect(logOf(report, 'Before')).toContain('A script ran');
    expect(logOf(report, 'Create a token')).toContain('token: ***');
    const length = site.github.issuedTokens[0]?.token.length;
    expect(logOf(report, 'Use it')).toMatch(
      new RegExp(`^\\*\\*\\* has ${length} characters and expires at \\d{4}-\\d{2}-\\d{2}T`, 'm'),
    );
    expect(logOf(report, 'Post Create a token').trim()).toBe('Post job cleanup.');
    expect(site.github.actionRequests).toHaveLength(1);
    await expectNoSecret(report);
  });

  test('removes another runner of the machine', async () => {
    const other = await site.install('other', { owner });

    const report = await run([
      {
        name: 'Remove',
        id: 'runner',
        uses,
        with: { token, remove: 'true', 'runner-directory': other.directory },
      },
      { name: 'Show', run: 'echo "$RUNNERS"', env: { RUNNERS: '${{ steps.runner.outputs.runners }}' } },
    ]);

    expect(report.conclusion).toBe('succeeded');
    expect(logOf(report, 'Remove')).toContain('√ Runner removed successfully');
    expect(logOf(report, 'Show')).toContain('"result":"removed"');
    expect(site.github.runners(repository).map(({ name }) => name)).toEqual(['box']);
    expect(Object.keys(await configurationOf(other.directory))).not.toContain('.runner');
    await expectNoSecret(report);
  });

  test('cannot remove its own runner with remove: true', async () => {
    const report = await run([
      { name: 'Remove', uses, with: { token, remove: 'true', 'runner-directory': runner.directory } },
    ]);

    expect(report.conclusion).toBe('failed');
    expect(logOf(report, 'Remove')).toContain('#runner-runs-this-job');
    expect(site.github.runners(repository)).toMatchObject([{ name: 'box', busy: false }]);
  });

  describe('with remove: after-job,', () => {
    const afterJob = (id: string): WorkflowStep => ({
      name: `Remove ${id}`,
      id,
      uses,
      with: { token, remove: 'after-job' },
    });

    /** The runner is gone everywhere, and `run.sh` has ended by itself. */
    async function expectRemoved(): Promise<void> {
      await eventually(() => site.github.runners(repository).length === 0);
      expect(await listener.ended).toBe(0);
      await eventually(() => processesIn(runner.directory).length === 0);
      expect(
        Object.keys(await configurationOf(runner.directory)).filter((name) => /^\.(runner|cred)/.test(name)),
      ).toEqual([]);
    }

    test('removes its own runner when it has ended, although the runner kills what the job left behind', async () => {
      const report = await run([
        { name: 'Leave a process', run: 'sleep 300 & echo "sleep $!"' },
        afterJob('runner'),
        { name: 'Show', run: 'echo "$RUNNERS"', env: { RUNNERS: '${{ steps.runner.outputs.runners }}' } },
      ]);

      expect(report.conclusion).toBe('succeeded');
      expect(logOf(report, 'Show')).toContain('"result":"scheduled"');
      expect(logOf(report, 'Post Remove runner')).toContain('_diag/RunnerRemoveToken_');
      const left = Number(/^sleep (\d+)/m.exec(logOf(report, 'Leave a process'))?.[1]);
      expect(logOf(report, 'Complete job')).toContain(`(${left})`);
      expect(isRunning(left)).toBe(false);
      await expectRemoved();
      expect(await backgroundLog()).toContain('√ Runner removed successfully');
      await expectNoSecret(report);
    });

    test('removes its own runner if it is used twice', async () => {
      const report = await run([afterJob('one'), afterJob('two')]);

      expect(report.conclusion).toBe('succeeded');
      await expectRemoved();
      await expectNoSecret(report);
    });

    test('removes its own runner if it fails', async () => {
      const report = await run([afterJob('runner'), { name: 'Fail', run: 'exit 1' }]);

      expect(report.conclusion).toBe('failed');
      await expectRemoved();
    });

    test('removes its own runner if it is cancelled', async () => {
      const job = start([afterJob('runner'), { name: 'Wait', run: 'echo waiting; sleep 300' }]);
      // The main step has requested a token; the long step follows it.
      await eventually(() => site.github.issuedTokens.length === 1);
      await pause(2_000);

      job.cancel();

      expect((await job.completed).conclusion).toBe('canceled');
      await expectRemoved();
    });
  });
});

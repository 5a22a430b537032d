import { randomUUID } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Installation } from '../../sandbox/installation.ts';
import { Job, type JobOptions } from '../../sandbox/launcher.ts';
import { eventually } from '../support.ts';
import { expectFailure, isRoot, ordinaryUser, repository, World } from '../world.ts';

/** Tests run side by side: this token is in no other test's processes. */
const adminToken = `github_pat_11AFTERJOB_${randomUUID().replaceAll('-', '')}`;

/** The processes that this account can see with the text in their arguments or environment. */
async function processesThatShow(text: string): Promise<string[]> {
  const shown: string[] = [];
  for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const file of ['cmdline', 'environ']) {
      const content = await readFile(`/proc/${id}/${file}`, 'utf8').catch(() => '');
      if (content.includes(text)) {
        shown.push(`${id} ${file}`);
      }
    }
  }
  return shown;
}

const whoever: { who: string; user?: typeof ordinaryUser }[] = isRoot
  ? [{ who: 'as an ordinary user', user: ordinaryUser }, { who: 'as root' }]
  : [{ who: 'as an ordinary user' }];

if (process.platform === 'linux') {
  describe.each(whoever)('remove: after-job, on a runner that runs $who,', ({ user }) => {
    let world: World;
    let installation: Installation;
    let id: number;
    let jobs: Job[];
    beforeEach(async () => {
      world = await World.start();
      world.github.addAdminToken(adminToken, { registrations: [repository] });
      ({ installation, id } = await world.install(repository, 'box', user && { owner: user }));
      jobs = [];
    });
    afterEach(async () => {
      await Promise.all(jobs.map((job) => job.end().catch(() => undefined)));
      await world.end();
    });

    async function startJob(options: Partial<JobOptions> = {}): Promise<Job> {
      const job = await Job.start({
        github: { apiUrl: world.github.apiUrl, serverUrl: world.github.serverUrl, repository },
        installation,
        ...(user && { user }),
        ...options,
      });
      jobs.push(job);
      world.github.setBusy(repository, id, true);
      return job;
    }

    const inputs = (more: Record<string, string> = {}) => ({
      inputs: { token: adminToken, remove: 'after-job', ...more },
    });

    async function backgroundLog(): Promise<string> {
      const diagnostics = join(installation.directory, '_diag');
      const [name] = (await readdir(diagnostics)).filter((file) => file.startsWith('RunnerRemoveToken_'));
      return name === undefined ? '' : readFile(join(diagnostics, name), 'utf8');
    }

    test('the runner is removed when the job has ended, whatever the end of a job takes away', async () => {
      const job = await startJob();
      const step = await job.step(inputs());

      const main = await step.main();

      expect(main.conclusion).toBe('success');
      expect(JSON.parse(main.outputs['runners'] ?? '')).toMatchObject([
        { name: 'box', id, result: 'scheduled' },
      ]);
      expect(await installation.invocations()).toEqual([]);

      const post = await step.post();

      expect(post.conclusion).toBe('success');
      expect(post.outputHeldOpen).toBe(false);
      const logFile = /Log: (.*)$/m.exec(post.log)?.[1] ?? '';
      expect(logFile).toMatch(`${installation.directory}/_diag/RunnerRemoveToken_`);
      // The token of the post step is a fresh one, and neither is shown to anybody.
      expect(world.github.issuedTokens).toHaveLength(2);
      for (const secret of [adminToken, ...world.github.issuedTokens.map(({ token }) => token)]) {
        expect(post.log + main.log).not.toContain(secret);
        expect(await processesThatShow(secret)).toEqual([]);
      }
      expect(await readFile(logFile, 'utf8')).toMatch(/Waiting for the job to end/);
      expect(await installation.invocations()).toEqual([]);

      await job.end();
      await installation.deleteActions();
      world.github.setBusy(repository, id, false);

      await eventually(async () => (await backgroundLog()).includes('The runner was removed.'));
      expect(world.github.runners(repository)).toEqual([]);
      expect((await readdir(installation.directory)).filter((name) => /^\.(runner|cred)/.test(name))).toEqual(
        [],
      );
      const [invocation] = await installation.invocations();
      expect(invocation?.environment).not.toHaveProperty('RUNNER_TRACKING_ID');
      expect(invocation?.environment['ACTIONS_RUNNER_INPUT_TOKEN']).toBe(world.github.issuedTokens[1]?.token);
      const log = await backgroundLog();
      for (const secret of [adminToken, ...world.github.issuedTokens.map(({ token }) => token)]) {
        expect(log).not.toContain(secret);
      }
    });

    test('a second job that is dispatched right after the first is waited out', async () => {
      const job = await startJob();
      const step = await job.step(inputs());
      await step.main();
      await step.post();
      const second = await installation.startWorker();
      await job.end();
      await installation.deleteActions();

      // It looks every second; by then it knows that the first job has ended.
      await delay(1_500);
      expect(await installation.invocations()).toEqual([]);
      expect(world.github.runners(repository)).toHaveLength(1);

      world.github.setBusy(repository, id, false);
      await second.stop();
      await eventually(async () => world.github.runners(repository).length === 0);
    });

    test('a use of the action without it leaves nothing to do for the post step', async () => {
      const job = await startJob();
      const step = await job.step({ inputs: { token: adminToken } });
      await step.main();
      const before = world.requests.length;

      const post = await step.post();

      expect(post).toMatchObject({ conclusion: 'success', stdout: '', stderr: '' });
      expect(world.requests).toHaveLength(before);
    });

    test('a dry run schedules nothing', async () => {
      const job = await startJob();
      const step = await job.step(inputs({ 'dry-run': 'true' }));

      const main = await step.main();

      expect(JSON.parse(main.outputs['runners'] ?? '')).toMatchObject([{ result: 'would-remove' }]);
      expect((await step.post()).stdout).toBe('');
    });

    test('remove: true for the runner that runs this very job points to after-job', async () => {
      const job = await startJob();
      const step = await job.step(inputs({ remove: 'true', 'runner-directory': installation.directory }));

      expectFailure(
        await step.main(),
        /"box" .* runs this very job/,
        /remove: after-job/,
        /#runner-runs-this-job/,
      );
    });

    test('further directories are removed at once', async () => {
      const { installation: other } = await world.install(repository, 'other', user && { owner: user });
      const job = await startJob();
      const step = await job.step(inputs({ 'runner-directory': other.directory }));

      const main = await step.main();

      expect(JSON.parse(main.outputs['runners'] ?? '')).toMatchObject([
        { name: 'box', result: 'scheduled' },
        { name: 'other', result: 'removed' },
      ]);
    });

    test('in a container it is an error that says why', async () => {
      const job = await startJob();
      // A container has the runner's Node.js in this place, and nothing else of the installation.
      const inContainer = join(job.workspace, 'container.cjs');
      await writeFile(inContainer, "process.execPath = '/__e/node24/bin/node';");
      const environment = { NODE_OPTIONS: `--require ${inContainer}` };

      expectFailure(
        await (await job.step({ ...inputs(), environment })).main(),
        /in a container job/,
        /#container-job/,
      );
      expect(world.github.requests).toEqual([]);
    });

    test('on a runner of GitHub it is an error that says why', async () => {
      const job = await startJob({ runner: { environment: 'github-hosted' } });

      expectFailure(
        await (await job.step(inputs())).main(),
        /a runner that GitHub hosts/,
        /#github-hosted-runner/,
      );
      expect(world.github.requests).toEqual([]);
    });
  });

  describe('remove: after-job', () => {
    let world: World;
    beforeEach(async () => {
      world = await World.start();
      world.github.addAdminToken(adminToken, { registrations: [repository] });
    });
    afterEach(() => world.end());

    test('has nothing to do for an ephemeral runner', async () => {
      const { installation } = await world.install(repository, 'box', { ephemeral: true });
      const github = { apiUrl: world.github.apiUrl, serverUrl: world.github.serverUrl, repository };
      const job = await Job.start({ github, installation });
      const step = await job.step({ inputs: { token: adminToken, remove: 'after-job' } });

      const main = await step.main();

      expect(JSON.parse(main.outputs['runners'] ?? '')).toMatchObject([{ result: 'ephemeral' }]);
      expect((await step.post()).stdout).toBe('');
      await job.end();
    });

    if (isRoot) {
      test('uninstalls the service that runs the job, afterwards', async () => {
        const { installation } = await world.install(repository, 'box', { selfUpdated: true });
        await installation.installService();
        const github = { apiUrl: world.github.apiUrl, serverUrl: world.github.serverUrl, repository };
        const job = await Job.start({ github, installation });
        const step = await job.step({ inputs: { token: adminToken, remove: 'after-job' } });
        await step.main();
        await step.post();
        expect(await installation.service()).toEqual({ marker: true, unit: true, running: true });

        await job.end();

        await eventually(async () => !(await installation.service()).unit);
        expect(world.github.runners(repository)).toEqual([]);
        await eventually(async () => !(await installation.service()).running);
      });
    }
  });
}

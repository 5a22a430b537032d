import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Installation, InstallationOptions } from '../../sandbox/installation.ts';
import { Job, type JobOptions, type StepOptions } from '../../sandbox/launcher.ts';
import { startStep } from '../../sandbox/programs/step-process.ts';
import { eventually } from '../support.ts';
import { expectFailure, isRoot, ordinaryUser, repository, World } from '../world.ts';

/** A job of the runner "box". */
interface Scene {
  world: World;
  installation: Installation;
  id: number;
  job: Job;
  /** In no process of another test. */
  adminToken: string;
  /** A step that uses the action with `remove: after-job`. */
  use: (inputs?: Record<string, string>, options?: Partial<StepOptions>) => ReturnType<Job['step']>;
  /** What the background processes logged, a text for each. */
  backgroundLogs: () => Promise<string[]>;
}

interface SceneOptions {
  runner?: Partial<InstallationOptions>;
  job?: Partial<JobOptions>;
  hasService?: boolean;
  /** As GitHub names it when the job runs. */
  currentRepository?: string;
  before?: (world: World, installation: Installation) => unknown;
}

// Only root may link to a Node.js of root's. Others copy it, and a file that is being written to cannot be run.
const run = isRoot ? test.concurrent : test;

/** @param options.hasService the runner is a service of root's; otherwise it runs as an ordinary user */
async function inJob(
  { runner, job: jobOptions, hasService = false, currentRepository = repository, before }: SceneOptions,
  act: (scene: Scene) => Promise<void>,
): Promise<void> {
  const user = isRoot && !hasService ? ordinaryUser : undefined;
  const adminToken = `github_pat_11AFTERJOB_${randomUUID().replaceAll('-', '')}`;
  const world = await World.start();
  let job: Job | undefined;
  try {
    world.github.addAdminToken(adminToken, { registrations: [repository] });
    const name = runner?.agentName ?? 'box';
    const { installation, id } = await world.install(repository, name, {
      ...(user && { owner: user }),
      ...runner,
    });
    if (hasService) {
      await installation.installService();
    }
    await before?.(world, installation);
    const { apiUrl, serverUrl } = world.github;
    const started = await Job.start({
      github: { apiUrl, serverUrl, repository: currentRepository },
      installation,
      ...(user && { user }),
      ...jobOptions,
    });
    job = started;
    world.github.setBusy(repository, id, true);
    await act({
      world,
      installation,
      id,
      job: started,
      adminToken,
      use: (inputs, options) =>
        started.step({ inputs: { token: adminToken, remove: 'after-job', ...inputs }, ...options }),
      backgroundLogs: async () => {
        const diagnostics = join(installation.directory, '_diag');
        const names = (await readdir(diagnostics)).filter((file) => file.startsWith('RunnerRemoveToken_'));
        return Promise.all(names.map((file) => readFile(join(diagnostics, file), 'utf8')));
      },
    });
  } finally {
    // A test may have ended it.
    await job?.end().catch(() => undefined);
    await world.end();
  }
}

const runnersOf = ({ outputs }: { outputs: Record<string, string> }): unknown[] =>
  JSON.parse(outputs['runners'] ?? '[]');

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

describe('remove: after-job', () => {
  run(
    'removes the runner after its job and the one that follows, although the runner cleans up after a job',
    () =>
      inJob({}, async ({ world, installation, id, job, adminToken, use, backgroundLogs }) => {
        const other = await world.install(repository, 'other', isRoot ? { owner: ordinaryUser } : {});
        const step = await use({ 'runner-directory': other.installation.directory });

        const main = await step.main();

        expect(main.conclusion).toBe('success');
        expect(runnersOf(main)).toMatchObject([
          { name: 'box', id, result: 'scheduled' },
          { name: 'other', result: 'removed' },
        ]);
        expect(await installation.invocations()).toEqual([]);

        const post = await step.post();

        expect(post.conclusion).toBe('success');
        expect(post.outputHeldOpen).toBe(false);
        expect(post.log).toMatch(`Log: ${installation.directory}/_diag/RunnerRemoveToken_`);
        expect(await backgroundLogs()).toEqual([expect.stringContaining('Waiting for the job to end')]);
        // The post step requests a token of its own.
        const removeTokens = world.github.issuedTokens.map(({ token }) => token);
        expect(removeTokens).toHaveLength(2);
        for (const secret of [adminToken, ...removeTokens]) {
          expect(post.log + main.log).not.toContain(secret);
          expect(await processesThatShow(secret)).toEqual([]);
        }

        const next = await installation.startWorker();
        await job.end();
        await installation.deleteActions();
        // The background process checks every second, so it has noticed that the first job has ended.
        await pause(1_500);
        expect(await installation.invocations()).toEqual([]);

        world.github.setBusy(repository, id, false);
        await next.stop();
        await eventually(async () =>
          (await backgroundLogs()).join().includes('config.sh removed the runner.'),
        );
        expect(world.github.runners(repository)).toEqual([]);
        expect(
          (await readdir(installation.directory)).filter((name) => /^\.(runner|cred)/.test(name)),
        ).toEqual([]);
        const [invocation] = await installation.invocations();
        expect(invocation?.environment).not.toHaveProperty('RUNNER_TRACKING_ID');
        expect(invocation?.environment['ACTIONS_RUNNER_INPUT_TOKEN']).toBe(removeTokens[1]);
        const log = (await backgroundLogs()).join();
        for (const secret of [adminToken, ...removeTokens]) {
          expect(log).not.toContain(secret);
        }
      }),
  );

  run('removes the runner where it links to the action in a cache, which it can since 2.332', () =>
    inJob({}, async ({ world, id, job, use }) => {
      const cached = join(job.directory, 'cached-action');
      await rename(job.actionDirectory, cached);
      await symlink(cached, job.actionDirectory);
      const step = await use();
      await step.main();

      expect((await step.post()).conclusion).toBe('success');

      world.github.setBusy(repository, id, false);
      await job.end();
      await eventually(() => world.github.runners(repository).length === 0);
    }),
  );

  if (isRoot) {
    run('uninstalls the service that runs the job, afterwards', () =>
      inJob({ runner: { selfUpdated: true }, hasService: true }, async (scene) => {
        const { world, installation, id, job, use } = scene;
        const step = await use();
        await step.main();
        await step.post();
        expect(await installation.service()).toEqual({ marker: true, unit: true, running: true });

        world.github.setBusy(repository, id, false);
        await job.end();

        await eventually(async () => !(await installation.service()).unit);
        expect(world.github.runners(repository)).toEqual([]);
        await eventually(async () => !(await installation.service()).running);
      }),
    );
  }

  // GitHub and the official runner show a refused token in these ways.
  for (const { says, admin, logged } of [
    { says: '404 for the runner', admin: true, logged: /NotFound from 'Delete .*Retrying in 5 seconds/s },
    { says: '404 for the token', admin: false, logged: /NotFound from 'POST .*GitHub refused the remove/s },
  ]) {
    run(`leaves the runner in service if its remove token is refused (${says})`, () =>
      inJob({ runner: { useRunnerAdminFlow: admin }, hasService: isRoot }, async (scene) => {
        await expectStays(scene, logged, ({ github }) => {
          for (const issued of github.issuedTokens) {
            issued.expiresAt = new Date(0);
          }
        });
      }),
    );
  }

  run('does not mistake a 404 in the name of a runner for a response', () =>
    inJob({ runner: { agentName: 'box-404-NotFound' } }, async (scene) => {
      await expectStays(scene, /box-404-NotFound is currently running a job.*Retrying in 5 seconds/s);
    }),
  );

  /** The runner is busy when its job has ended: GitHub says so, and no worker process shows it. */
  async function expectStays(
    { world, installation, job, use, backgroundLogs }: Scene,
    logged: RegExp,
    beforeTheEnd?: (world: World) => void,
  ): Promise<void> {
    const state = async () => ({
      files: Object.entries(await installation.snapshot()).filter(([path]) => !path.startsWith('_diag')),
      service: await installation.service(),
    });
    const before = await state();
    const step = await use();
    expect(runnersOf(await step.main())).toMatchObject([{ result: 'scheduled' }]);
    await step.post();
    beforeTheEnd?.(world);
    await job.end();

    await eventually(async () => logged.test((await backgroundLogs()).join()));
    expect(await state()).toEqual(before);
    expect(world.github.runners(repository)).toHaveLength(1);
    expect((await backgroundLogs()).join()).not.toMatch(/removed the runner|was removed\./);
  }

  run('used twice in a job removes the runner once, and no step fails', () =>
    inJob({ hasService: isRoot }, async ({ world, installation, id, job, use, backgroundLogs }) => {
      const first = await use();
      // A runner can run two steps at once (2.335). This one is not a child of the worker, which only runs one.
      const second = await use(
        {},
        {
          execute: (program, environment, output) =>
            startStep(
              { node: installation.node, program, directory: job.workspace, environment },
              (stream, chunk) => output[stream].write(Buffer.from(chunk)),
            ).ended,
        },
      );
      const mains = await Promise.all([first.main(), second.main()]);
      const posts = await Promise.all([first.post(), second.post()]);

      expect([...mains, ...posts].map(({ conclusion }) => conclusion)).toEqual(Array(4).fill('success'));
      world.github.setBusy(repository, id, false);
      await job.end();

      const ends = [/config\.sh removed the runner\./, /The local configuration is already gone/];
      await eventually(async () => {
        const logs = await backgroundLogs();
        return ends.every((end) => logs.filter((log) => end.test(log)).length === 1);
      });
      expect(world.github.runners(repository)).toEqual([]);
      expect(world.github.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
      expect(await installation.service()).toMatchObject({ marker: false, unit: false });
    }),
  );

  run('removes the runner of the job if its externals link to those of another runner', () =>
    inJob({ before: linkExternals }, async ({ installation, use }) => {
      expect(runnersOf(await (await use()).main())).toMatchObject([
        { directory: installation.directory, name: 'box', result: 'scheduled' },
      ]);
    }),
  );

  async function linkExternals(world: World, { directory }: Installation): Promise<void> {
    const { installation: other } = await world.install(
      repository,
      'other',
      isRoot ? { owner: ordinaryUser } : {},
    );
    await rm(join(directory, 'externals'), { recursive: true });
    await symlink(join(other.directory, 'externals'), join(directory, 'externals'));
  }

  run('refuses an installation of another name than the runner that executes the job', () =>
    inJob({ job: { runner: { name: 'other' } } }, async ({ installation, use }) => {
      expectFailure(
        await (await use()).main(),
        `The runner "other" executes this job`,
        `${installation.directory}, belongs to the runner "box"`,
        'section "not-a-runner"',
      );
    }),
  );

  for (const { obstacle, cause, ...options } of [
    {
      obstacle: 'its repository was renamed',
      cause: 'Its repository was renamed after it was registered.',
      currentRepository: 'octo-org/new-name',
      before: ({ github }: World) => github.renameRepository(repository, 'octo-org/new-name'),
    },
    {
      obstacle: 'its credentials are missing',
      cause: 'Its credentials are missing.',
      before: (_: World, { directory }: Installation) => rm(join(directory, '.credentials')),
    },
  ]) {
    run(`refuses a runner that cannot deregister itself: ${obstacle}`, () =>
      inJob(options, async ({ installation, use }) => {
        const main = await (await use()).main();

        expectFailure(main, 'cannot deregister itself', cause, /"remove: true".*another runner/);
        expect(main.state).toEqual({});
        expect(await installation.invocations()).toEqual([]);
      }),
    );
  }

  for (const { kind, inputs, runner, result } of [
    { kind: 'remove: false', inputs: { remove: 'false' } },
    { kind: 'a dry run', inputs: { 'dry-run': 'true' }, result: 'would-remove' },
    { kind: 'an ephemeral runner', runner: { ephemeral: true }, result: 'ephemeral' },
  ]) {
    run(`leaves the post step nothing to do: ${kind}`, () =>
      inJob(runner ? { runner } : {}, async ({ world, use }) => {
        const step = await use(inputs);
        expect(runnersOf(await step.main())).toMatchObject(result ? [{ result }] : []);
        const requests = world.requests.length;

        expect(await step.post()).toMatchObject({ conclusion: 'success', stdout: '', stderr: '' });
        expect(world.requests).toHaveLength(requests);
      }),
    );
  }

  run('fails in the post step if the admin token is refused by then, and the runner stays', () =>
    inJob({}, async ({ world, installation, adminToken, use }) => {
      const step = await use();
      await step.main();
      world.github.addAdminToken(adminToken, { registrations: [] });

      expectFailure(await step.post(), 'section "missing-permission"');

      expect(await installation.invocations()).toEqual([]);
      expect(world.github.runners(repository)).toHaveLength(1);
    }),
  );

  run('is what remove: true points to for the runner that executes the job', () =>
    inJob({}, async ({ installation, use }) => {
      const step = await use({ remove: 'true', 'runner-directory': installation.directory });

      expectFailure(
        await step.main(),
        /"box" .* is running this job/,
        'remove: after-job',
        'section "runner-runs-this-job"',
      );
    }),
  );

  run('cannot be used in a container job', () =>
    inJob({}, async ({ world, job, use }) => {
      // A container has the runner's Node.js there, and nothing else of the installation.
      const inContainer = join(job.workspace, 'container.cjs');
      await writeFile(inContainer, "process.execPath = '/__e/node24/bin/node';");
      const environment = { NODE_OPTIONS: `--require ${inContainer}` };

      expectFailure(
        await (await use({}, { environment })).main(),
        'cannot be used in a container job',
        'section "container-job"',
      );
      expect(world.github.requests).toEqual([]);
    }),
  );

  run('cannot be used on a GitHub-hosted runner', () =>
    inJob({ job: { runner: { environment: 'github-hosted' } } }, async ({ world, use }) => {
      expectFailure(
        await (await use()).main(),
        'cannot be used on a GitHub-hosted runner',
        'section "github-hosted-runner"',
      );
      expect(world.github.requests).toEqual([]);
    }),
  );
});

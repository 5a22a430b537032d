import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createDirectory, Installation } from '../../sandbox/installation.ts';
import { Job, type JobOptions } from '../../sandbox/launcher.ts';
import { isRunning } from '../../sandbox/programs/processes.ts';

const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65534, gid: 65534, home: '/nonexistent', name: 'nobody' };

/** An action whose steps run the JavaScript that their input `run` holds. */
const manifest = `
name: Fake
inputs: { run: { required: true } }
runs: { using: node24, main: dist/index.js }
`;

/** Starts one process that carries the job's tracking id, and one that does not, and prints their ids. */
const startProcesses = `
  const start = (env) => {
    const options = { env, detached: true, stdio: "ignore", cwd: "/" };
    const child = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], options);
    child.unref();
    return child.pid;
  };
  console.log(JSON.stringify([start(process.env), start({ ...process.env, RUNNER_TRACKING_ID: "" })]))`;

let action: string;
let installation: Installation;

beforeAll(async () => {
  action = await mkdtemp(join(await realpath(tmpdir()), 'action-'));
  await createDirectory(join(action, 'dist'));
  await chmod(action, 0o755);
  await writeFile(join(action, 'action.yml'), manifest);
  await writeFile(join(action, 'dist/index.js'), 'eval(process.env.INPUT_RUN)');
});

afterAll(() => rm(action, { recursive: true }));

beforeEach(async () => {
  installation = await Installation.create({ agentId: 7, agentName: 'seven', selfUpdated: true });
});

afterEach(() => installation.remove());

function start(options: Partial<JobOptions> = {}): Promise<Job> {
  return Job.start({
    github: {
      apiUrl: 'http://127.0.0.1:1/api/v3',
      serverUrl: 'http://127.0.0.1:1',
      repository: 'octo/app',
    },
    action,
    installation,
    ...options,
  });
}

const run = async (job: Job, script: string) => (await job.step({ inputs: { run: script } })).main();

if (process.platform === 'linux') {
  describe('a job on an installation', () => {
    it('runs its steps in the work folder, with the Node.js and below the worker of the installation', async () => {
      const job = await start();
      const { stdout, stderr, environment } = await run(
        job,
        `console.log(JSON.stringify([process.ppid, process.execPath, process.cwd(), process.argv[1]])); console.error("err")`,
      );

      const { directory } = installation;
      expect(JSON.parse(stdout)).toEqual([
        job.worker?.pid,
        join(directory, 'externals.2.336.0/node24/bin/node'),
        join(directory, '_work/app/app'),
        join(directory, '_work/_actions/sandbox/runner-remove-token/v1/dist/index.js'),
      ]);
      expect(stderr).toBe('err\n');
      expect(environment).toMatchObject({
        RUNNER_NAME: 'seven',
        RUNNER_ENVIRONMENT: 'self-hosted',
        RUNNER_TEMP: join(directory, '_work/_temp'),
      });
      expect(readFileSync(`/proc/${job.worker?.pid}/environ`, 'utf8')).not.toContain('RUNNER_TRACKING_ID');
      await job.end();
    });

    it('can be cancelled, and fail', async () => {
      const job = await start();
      const step = await job.step({
        inputs: { run: 'setInterval(() => {}, 1000); console.log("ready")' },
        onLine: () => step.cancel(),
      });
      expect(await step.main()).toMatchObject({ conclusion: 'cancelled', exitCode: null, signal: 'SIGINT' });
      expect(await run(job, 'process.exit(3)')).toMatchObject({ conclusion: 'failure', exitCode: 3 });
      await job.end();
    });

    it('kills at its end what it left running, empties the temporary folder, and ends the worker', async () => {
      const job = await start();
      const { stdout } = await run(job, startProcesses);
      const [tracked, free] = JSON.parse(stdout) as [number, number];
      await writeFile(join(job.temporary, 'left'), '');

      expect(await job.end()).toEqual([tracked]);

      expect([tracked, free, job.worker?.pid ?? 0].map(isRunning)).toEqual([false, true, false]);
      expect(readdirSync(job.temporary)).toEqual([]);
      expect(existsSync(job.actionDirectory)).toBe(true);
      await installation.remove();
      expect(isRunning(free)).toBe(false);
    });

    it('deletes the actions of the job before when it starts', async () => {
      const first = await start({ actionRepository: 'octo/first' });
      await first.end();
      const second = await start({ actionRepository: 'octo/second' });

      expect([first, second].map((job) => existsSync(job.actionDirectory))).toEqual([false, true]);
      expect((await run(second, 'console.log("works")')).stdout).toBe('works\n');
      await second.end();
      await installation.deleteActions();
      expect(existsSync(second.actionDirectory)).toBe(false);
    });

    it('fails when its worker is killed', async () => {
      const job = await start();
      const step = await job.step({
        inputs: { run: 'setTimeout(() => {}, 60_000); console.log("ready")' },
        onLine: () => process.kill(job.worker?.pid ?? 0, 'SIGKILL'),
      });
      await expect(step.main()).rejects.toThrow('The worker ended before its step did.');
      await job.end();
    });

    it('leaves the installation as it was', async () => {
      const before = await installation.snapshot();
      const job = await start({ runner: { environment: 'github-hosted' } });
      expect((await run(job, '')).environment['RUNNER_ENVIRONMENT']).toBe('github-hosted');
      await job.end();
      expect(await installation.snapshot()).toEqual(before);
    });

    if (isRoot) {
      it('can be run as another user', async () => {
        const job = await start({ user: nobody });
        const { stdout } = await run(
          job,
          'require("fs").writeFileSync(process.env.RUNNER_TEMP + "/file", ""); console.log(process.getuid(), process.getgid(), process.env.USER)',
        );
        expect(stdout).toBe('65534 65534 nobody\n');
        expect(statSync(`/proc/${job.worker?.pid}`).uid).toBe(65534);
        await job.end();
      });
    }
  });
}

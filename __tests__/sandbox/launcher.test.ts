import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDirectory, Installation } from '../../sandbox/installation.ts';
import { Job, type JobOptions } from '../../sandbox/launcher.ts';
import { isRunning } from '../../sandbox/programs/processes.ts';

/** An action that runs the JavaScript of its input `run`. */
const manifest = `
name: Fake
inputs:
  run: { required: true }
  github-api-url: { default: '\${{ github.api_url }}' }
  a flag: { default: false }
  no-default: {}
runs: { using: node24, main: dist/index.js, post: dist/post.js }
`;
const github = {
  apiUrl: 'http://127.0.0.1:1/api/v3',
  serverUrl: 'http://127.0.0.1:1',
  repository: 'octo/app',
};

let action: string;
let installation: Installation;
beforeAll(async () => {
  action = await mkdtemp(join(await realpath(tmpdir()), 'action-'));
  await createDirectory(join(action, 'dist'));
  await chmod(action, 0o755);
  await writeFile(join(action, 'action.yml'), manifest);
  await writeFile(join(action, 'dist/index.js'), 'eval(process.env.INPUT_RUN)');
  await writeFile(join(action, 'dist/post.js'), 'console.log("state is", process.env.STATE_key)');
  installation = await Installation.create({ agentId: 7, agentName: 'seven', selfUpdated: true });
});
afterAll(async () => {
  await rm(action, { recursive: true });
  await installation.remove();
});

const start = (options: Partial<JobOptions> = {}) => Job.start({ github, action, ...options });
const run = async (job: Job, script: string) => (await job.step({ inputs: { run: script } })).main();

test('a step has the environment of a job and nothing else, and its post entry has the state', async () => {
  const job = await start({ environment: { FROM_THE_WORKFLOW: 'yes' }, runner: { name: 'seven' } });
  const script = `const { appendFileSync } = require("fs");
    appendFileSync(process.env.GITHUB_OUTPUT, "environment=" + JSON.stringify(process.env) + "\\n");
    appendFileSync(process.env.GITHUB_STATE, "key=secret\\n");
    console.log("::add-mask::secret"); console.log("a secret");
    process.exitCode = 3;`;
  const step = await job.step({ inputs: { run: script, 'A-Typo': 'value' } });
  const { outputs, environment, log, ...main } = await step.main();

  expect(main).toMatchObject({ conclusion: 'failure', exitCode: 3, signal: null, masks: ['secret'] });
  expect(log).toBe("Warning: Unexpected input(s) 'A-Typo'\na ***");
  expect(JSON.parse(outputs['environment'] ?? '')).toEqual(environment);
  expect(environment).toMatchObject({
    FROM_THE_WORKFLOW: 'yes',
    GITHUB_ACTION_PATH: expect.stringMatching(/_work\/_actions\/sandbox\/runner-remove-token\/v1$/),
    GITHUB_API_URL: github.apiUrl,
    GITHUB_GRAPHQL_URL: 'http://127.0.0.1:1/api/graphql',
    INPUT_A_FLAG: 'false',
    'INPUT_GITHUB-API-URL': github.apiUrl,
    'INPUT_NO-DEFAULT': '',
    RUNNER_NAME: 'seven',
  });
  const others = Object.keys(environment).filter((name) => !/^(GITHUB|RUNNER|INPUT)_/.test(name));
  expect(others.sort()).toEqual(['CI', 'FROM_THE_WORKFLOW', 'HOME', 'LANG', 'PATH']);
  expect(await step.post()).toMatchObject({
    stdout: 'state is secret\n',
    log: expect.stringMatching(/\nstate is \*\*\*$/),
  });
  await job.end();
  expect(existsSync(job.directory)).toBe(false);
});

test.each([
  ['obeys', '', { exitCode: null, signal: 'SIGINT' }],
  ['ignores SIGINT', 'process.on("SIGINT", () => {})', { exitCode: null, signal: 'SIGTERM' }],
  [
    'ignores both signals',
    'for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => {})',
    { signal: 'SIGKILL' },
  ],
])('a step that %s is cancelled', async (_, script, ending) => {
  const job = await start();
  const step = await job.step({
    inputs: { run: `${script}; setInterval(() => {}, 1000); console.log("ready")` },
    onLine: () => step.cancel({ terminate: 50, kill: 100 }),
  });
  expect(await step.main()).toMatchObject({ conclusion: 'cancelled', ...ending });
  await job.end();
});

if (process.platform === 'linux') {
  test('a job on an installation runs below its worker, and leaves only processes without its tracking id', async () => {
    const before = await installation.snapshot();
    const job = await start({ installation });
    const script = `const start = (env) => {
        const options = { env, detached: true, stdio: "ignore", cwd: "/" };
        const child = require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], options);
        child.unref();
        return child.pid;
      };
      const started = [start(process.env), start({ ...process.env, RUNNER_TRACKING_ID: "" })];
      console.log(JSON.stringify({ parent: process.ppid, node: process.execPath, directory: process.cwd(), started }))`;
    const { stdout, environment } = await run(job, script);
    const { started, ...seen } = JSON.parse(stdout);

    const { directory } = installation;
    expect(seen).toEqual({
      parent: job.worker?.pid,
      node: join(directory, 'externals.2.336.0/node24/bin/node'),
      directory: join(directory, '_work/app/app'),
    });
    expect(environment).toMatchObject({ RUNNER_NAME: 'seven', RUNNER_TEMP: join(directory, '_work/_temp') });
    expect(readFileSync(`/proc/${job.worker?.pid}/environ`, 'utf8')).not.toContain('RUNNER_TRACKING_ID');

    expect(await job.end()).toEqual([started[0]]);
    expect([...started, job.worker?.pid ?? 0].map(isRunning)).toEqual([false, true, false]);
    expect([readdirSync(job.temporary), existsSync(job.actionDirectory)]).toEqual([[], true]);
    expect(await installation.snapshot()).toEqual(before);
    process.kill(started[1]);
    const next = await start({ installation, actionRepository: 'octo/next' });
    expect(existsSync(job.actionDirectory)).toBe(false);
    await next.end();
  });
}

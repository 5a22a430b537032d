// Runs the steps of a JavaScript action as the runner does (actions/runner 2.336, src/Runner.Worker).

import { randomUUID } from 'node:crypto';
import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import {
  chmod,
  copyFile,
  lchown,
  link,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  writeFile,
} from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { createDirectory, type Installation } from './installation.ts';
import { isRunning, kill, processesWith } from './programs/processes.ts';
import { type Ending, type StepProcess, startStep, type Write } from './programs/step-process.ts';
import { type Annotation, LineReader, Masker, StepLog } from './step-log.ts';
import type { Worker } from './worker.ts';

export type { Ending };

/** The version of the action in `uses:`. */
const actionReference = 'v1';

export interface JobOptions {
  github: { apiUrl: string; serverUrl: string; repository: string };
  /** The directory with action.yml and dist of the action; this repository by default. */
  action?: string;
  /** `owner/name`, as in `uses:`. */
  actionRepository?: string;
  /** The name defaults to that of the installation. */
  runner?: { name?: string; environment?: 'self-hosted' | 'github-hosted' };
  /** The installation that executes the job: its work folder, its Node.js, and a worker that is the parent of each step. */
  installation?: Installation;
  /** The account to run as; only root can change it. */
  user?: { uid: number; gid: number; home: string; name: string };
  /** The Node.js to run the action with; that of the installation or of this process by default. */
  node?: string;
  /** Additional variables for every step. */
  environment?: Record<string, string>;
  /** The operating system that the job runs on; that of this process by default. */
  platform?: NodeJS.Platform;
}

export interface StepOptions {
  inputs: Record<string, string>;
  environment?: Record<string, string>;
  /** Called with each line of output, before it is masked. */
  onLine?: (line: string) => void;
  /** Runs an entry of the action; in a separate process by default. */
  execute?: (program: string, environment: Record<string, string>, output: StepOutput) => Promise<Ending>;
}

export interface StepResult extends Ending {
  conclusion: 'success' | 'failure' | 'cancelled';
  /** Not masked. */
  stdout: string;
  stderr: string;
  /** As GitHub shows it: workflow commands are executed, secrets are masked. */
  log: string;
  outputs: Record<string, string>;
  state: Record<string, string>;
  summary: string;
  annotations: Annotation[];
  /** The values that this step masked, in order. */
  masks: string[];
  /** The messages of `::debug::`, whether the log shows them or not. */
  debug: string[];
  /** Milliseconds from the start of the process to its end. */
  duration: number;
  /** The content of the files of GITHUB_OUTPUT, GITHUB_STATE, GITHUB_ENV, GITHUB_PATH and GITHUB_STEP_SUMMARY, not masked. */
  files: Record<string, string>;
  environment: Record<string, string>;
}

export type StepOutput = Record<'stdout' | 'stderr', LineReader>;

interface Manifest {
  inputs?: Record<string, { default?: unknown } | null>;
  runs: { main: string; post?: string };
}

/** Variables, and the prefix of the name of their files (FileCommandManager.cs). */
const fileCommands = {
  GITHUB_OUTPUT: 'set_output',
  GITHUB_STATE: 'save_state',
  GITHUB_ENV: 'set_env',
  GITHUB_PATH: 'add_path',
  GITHUB_STEP_SUMMARY: 'step_summary',
};

/** A job with a work folder and masks that its steps share. */
export class Job {
  readonly trackingId: string;
  /** The work folder. */
  readonly directory: string;
  readonly workspace: string;
  readonly temporary: string;
  readonly actionDirectory: string;
  readonly options: JobOptions;
  /** Executes the job if it runs on an installation. */
  readonly worker: Worker | undefined;
  readonly masker = new Masker();

  private constructor(directory: string, options: JobOptions, worker: Worker | undefined) {
    const { actionRepository = 'sandbox/runner-remove-token' } = options;
    const name = basename(options.github.repository);
    this.options = { ...options, actionRepository };
    this.trackingId = `github_${randomUUID()}`;
    this.directory = directory;
    this.workspace = join(directory, name, name);
    this.temporary = join(directory, '_temp');
    this.actionDirectory = join(directory, '_actions', actionRepository, actionReference);
    this.worker = worker;
  }

  /** On an installation, this deletes the actions of the previous job. */
  static async start(options: JobOptions): Promise<Job> {
    const { installation, user } = options;
    const parent = installation?.directory ?? (await mkdtemp(join(await realpath(tmpdir()), 'actions-job-')));
    const worker = await installation?.startWorker({ account: user && { uid: user.uid, gid: user.gid } });
    const job = new Job(join(parent, '_work'), options, worker);
    await installation?.deleteActions();
    await job.#layOut();
    await chmod(parent, 0o755);
    return job;
  }

  async #layOut(): Promise<void> {
    const { action = resolve(import.meta.dirname, '..'), user } = this.options;
    const temporary = ['_runner_file_commands', '_github_workflow'].map((name) => join(this.temporary, name));
    for (const path of [this.actionDirectory, this.workspace, join(this.directory, '_tool'), ...temporary]) {
      await createDirectory(path);
    }
    await createDirectory(join(this.actionDirectory, 'dist'));
    const files = await readdir(join(action, 'dist'));
    for (const name of ['action.yml', ...files.map((file) => join('dist', file))]) {
      const [source, target] = [join(action, name), join(this.actionDirectory, name)];
      // A link takes a third of the time, but has the owner of the original.
      if (user) await copyFile(source, target);
      else await link(source, target).catch(() => copyFile(source, target));
    }
    await writeFile(join(this.temporary, '_github_workflow/event.json'), '{}');
    if (user) {
      const names = await readdir(this.directory, { recursive: true });
      for (const name of ['.', ...names]) await lchown(join(this.directory, name), user.uid, user.gid);
    }
  }

  async step(options: StepOptions): Promise<Step> {
    const manifest = parse(await readFile(join(this.actionDirectory, 'action.yml'), 'utf8')) as Manifest;
    return new Step(this, manifest, options);
  }

  /**
   * Ends the job after its last post step: kills the processes that still have its tracking id (Linux only), empties the
   * temporary folder, and ends the worker. Without an installation, all folders are deleted.
   *
   * @returns the ids of the killed processes
   */
  async end(): Promise<number[]> {
    const killed = processesWith(`RUNNER_TRACKING_ID=${this.trackingId}`).filter(kill);
    // Unlike the runner, waits for them, so tests do not have to.
    while (killed.some(isRunning)) await pause(1);
    if (this.worker) {
      for (const name of await readdir(this.temporary)) {
        await rm(join(this.temporary, name), { recursive: true, force: true });
      }
      await this.worker.stop();
    } else {
      await rm(dirname(this.directory), { recursive: true, force: true });
    }
    return killed;
  }
}

/** Runs the main entry of a step in a job of its own. */
export async function runStep(options: JobOptions & StepOptions): Promise<StepResult> {
  const job = await Job.start(options);
  try {
    const step = await job.step(options);
    return await step.main();
  } finally {
    await job.end();
  }
}

/** A step that uses the action. Its post entry has the state that its main entry saved. */
export class Step {
  readonly #job: Job;
  readonly #manifest: Manifest;
  readonly #options: StepOptions;
  #state: Record<string, string> = {};
  #process: StepProcess | undefined;
  #cancelled = false;

  constructor(job: Job, manifest: Manifest, options: StepOptions) {
    this.#job = job;
    this.#manifest = manifest;
    this.#options = options;
  }

  main(): Promise<StepResult> {
    return this.#run(this.#manifest.runs.main);
  }

  post(): Promise<StepResult> {
    const { post } = this.#manifest.runs;
    if (post === undefined) throw new Error('The action has no post entry.');
    return this.#run(post);
  }

  /** Cancels the running entry: three signals to its process only (ProcessInvoker.cs). */
  cancel(grace = { terminate: 7500, kill: 10_000 }): void {
    const running = this.#process;
    if (!running) throw new Error('Nothing is running.');
    this.#cancelled = true;
    running.kill('SIGINT');
    const timers = [
      setTimeout(() => running.kill('SIGTERM'), grace.terminate),
      setTimeout(() => running.kill('SIGKILL'), grace.kill),
    ];
    void running.ended.catch(() => {}).then(() => timers.forEach(clearTimeout));
  }

  async #run(entry: string): Promise<StepResult> {
    const { masker, actionDirectory, options } = this.#job;
    const log = new StepLog(masker, this.#state, options.platform);
    const files = this.#createFiles();
    const environment = { ...this.#environment(log), ...files };
    log.showDebug = environment['RUNNER_DEBUG'] === '1';

    const receive = (line: string) => {
      this.#options.onLine?.(line);
      log.receive(line);
    };
    const output = { stdout: new LineReader(receive), stderr: new LineReader(receive) };
    this.#cancelled = false;
    const started = performance.now();
    const { execute = (...given) => this.#spawn(...given) } = this.#options;
    const ended = await execute(join(actionDirectory, entry), environment, output);
    const duration = performance.now() - started;
    for (const reader of Object.values(output)) reader.end();

    const contents = Object.fromEntries(
      Object.entries(files).map(([name, path]) => [name, readFileSync(path, 'utf8')]),
    );
    log.receiveFile('output', contents['GITHUB_OUTPUT'] ?? '', log.outputs);
    log.receiveFile('state', contents['GITHUB_STATE'] ?? '', log.state);
    this.#state = log.state;
    const failed = log.failed || ended.exitCode !== 0;
    return {
      ...ended,
      duration,
      conclusion: this.#cancelled ? 'cancelled' : failed ? 'failure' : 'success',
      stdout: output.stdout.text,
      stderr: output.stderr.text,
      log: log.render(),
      outputs: log.outputs,
      state: log.state,
      summary: masker.mask(contents['GITHUB_STEP_SUMMARY'] ?? ''),
      annotations: log.annotations,
      masks: log.masks,
      debug: log.debug,
      files: contents,
      environment,
    };
  }

  #spawn(program: string, environment: Record<string, string>, output: StepOutput): Promise<Ending> {
    const { worker, workspace, options } = this.#job;
    const { node = options.installation?.node ?? process.execPath, user } = options;
    const command = { node, program, directory: workspace, environment };
    const write: Write = (stream, chunk) => output[stream].write(Buffer.from(chunk));
    this.#process = worker
      ? worker.run(command, write)
      : startStep({ ...command, ...(user && { account: { uid: user.uid, gid: user.gid } }) }, write);
    return this.#process.ended;
  }

  #createFiles(): Record<string, string> {
    const suffix = randomUUID();
    const files = Object.entries(fileCommands).map(([variable, prefix]) => {
      const path = join(this.#job.temporary, '_runner_file_commands', `${prefix}_${suffix}`);
      writeFileSync(path, '');
      const { user } = this.#job.options;
      if (user) chownSync(path, user.uid, user.gid);
      return [variable, path];
    });
    return Object.fromEntries(files);
  }

  #environment(log: StepLog): Record<string, string> {
    const { directory, workspace, temporary, actionDirectory, trackingId, options } = this.#job;
    const { github, user, installation, runner = {}, platform = process.platform } = options;
    const given: Record<string, string> = { ...options.environment, ...this.#options.environment };
    if (given['ACTIONS_STEP_DEBUG'] === 'true') given['RUNNER_DEBUG'] = '1';
    const architectures: Record<string, string> = { x64: 'X64', arm64: 'ARM64', arm: 'ARM', ia32: 'X86' };
    const systems: Record<string, string> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: user?.home ?? homedir(),
      LANG: process.env['LANG'] ?? 'C.UTF-8',
      ...(user && { USER: user.name, LOGNAME: user.name }),
      CI: 'true',
      ...given,
      ...this.#inputs(log),
      ...Object.fromEntries(Object.entries(this.#state).map(([name, value]) => [`STATE_${name}`, value])),
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION: '__sandbox_runner-remove-token',
      GITHUB_ACTION_PATH: actionDirectory,
      GITHUB_ACTION_REF: actionReference,
      GITHUB_ACTION_REPOSITORY: options.actionRepository ?? '',
      GITHUB_ACTOR: 'sandbox',
      GITHUB_API_URL: github.apiUrl,
      GITHUB_EVENT_NAME: 'workflow_dispatch',
      GITHUB_EVENT_PATH: join(temporary, '_github_workflow/event.json'),
      GITHUB_GRAPHQL_URL: `${github.apiUrl.replace(/\/v3$/, '')}/graphql`,
      GITHUB_JOB: 'teardown',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_REPOSITORY: github.repository,
      GITHUB_REPOSITORY_OWNER: dirname(github.repository),
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_RUN_ID: '1',
      GITHUB_RUN_NUMBER: '1',
      GITHUB_SERVER_URL: github.serverUrl,
      GITHUB_SHA: '0'.repeat(40),
      GITHUB_WORKFLOW: 'sandbox',
      GITHUB_WORKSPACE: workspace,
      RUNNER_ARCH: architectures[process.arch] ?? process.arch,
      RUNNER_ENVIRONMENT: runner.environment ?? 'self-hosted',
      RUNNER_NAME: runner.name ?? installation?.agentName ?? 'sandbox',
      RUNNER_OS: systems[platform] ?? platform,
      RUNNER_TEMP: temporary,
      RUNNER_TOOL_CACHE: join(directory, '_tool'),
      RUNNER_TRACKING_ID: trackingId,
      RUNNER_WORKSPACE: dirname(workspace),
    };
  }

  /** Every declared input has a variable, which can be empty. Spaces become underscores (Handler.cs). */
  #inputs(log: StepLog): Record<string, string> {
    const variable = (name: string) => `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
    const { apiUrl } = this.#job.options.github;
    const variables: Record<string, string> = {};
    for (const [name, input] of Object.entries(this.#manifest.inputs ?? {})) {
      const value = String(input?.default ?? '').replace(/\$\{\{ *github\.api_url *\}\}/, apiUrl);
      if (value.includes('${{')) throw new Error(`The sandbox does not support the expression in ${value}.`);
      variables[variable(name)] = value;
    }
    for (const [name, value] of Object.entries(this.#options.inputs)) {
      if (!(variable(name) in variables)) log.issue('warning', `Unexpected input(s) '${name}'`);
      variables[variable(name)] = value;
    }
    return variables;
  }
}

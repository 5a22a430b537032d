// Runs the steps of a JavaScript action as the runner does. The facts come from actions/runner 2.336 (src/Runner.Worker).

import { randomUUID } from 'node:crypto';
import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, cp, lchown, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
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

export interface JobOptions {
  github: { apiUrl: string; serverUrl: string; repository: string };
  /** The directory that holds the action's action.yml and dist; default: this repository. */
  action?: string;
  /** `owner/name` and reference, as after `uses:`. The runner leaves both empty for an action of the workflow's own repository. */
  actionRepository?: string;
  actionReference?: string;
  /** The name is that of the installation unless given. */
  runner?: { name?: string; environment?: 'self-hosted' | 'github-hosted'; trackingId?: string };
  /**
   * The installation whose runner executes the job: in its work folder, with its Node.js, and with a worker that runs as
   * the job's account and is the parent of every step.
   */
  installation?: Installation;
  /** The account to run as, when this process is root's. */
  user?: { uid: number; gid: number; home: string; name: string };
  /** The Node.js to run the action with; default: the installation's, or the one that runs this. */
  node?: string;
  /** Further variables for every step. */
  environment?: Record<string, string>;
}

export interface StepOptions {
  inputs: Record<string, string>;
  environment?: Record<string, string>;
  /** Called with every line that the process writes, before masks are applied. */
  onLine?: (line: string) => void;
  /** Carries out an entry of the action; default: in a process of its own. */
  execute?: (program: string, environment: Record<string, string>, output: StepOutput) => Promise<Ending>;
}

export interface StepResult extends Ending {
  conclusion: 'success' | 'failure' | 'cancelled';
  /** Raw, as the process wrote it. */
  stdout: string;
  stderr: string;
  /** As a person sees it: workflow commands carried out, secrets masked. */
  log: string;
  outputs: Record<string, string>;
  state: Record<string, string>;
  summary: string;
  annotations: Annotation[];
  /** The values that were masked during this step, in order. */
  masks: string[];
  /** What was said with `::debug::`, shown in the log or not. */
  debug: string[];
  /** Milliseconds from the start of the process until it ended. */
  duration: number;
  /** The raw content of GITHUB_OUTPUT, GITHUB_STATE, GITHUB_ENV, GITHUB_PATH and GITHUB_STEP_SUMMARY. */
  files: Record<string, string>;
  environment: Record<string, string>;
  workspace: string;
  temporary: string;
}

/** Where a process writes. */
export type StepOutput = Record<'stdout' | 'stderr', LineReader>;

interface Manifest {
  inputs?: Record<string, { default?: unknown } | null>;
  runs: { main: string; post?: string };
}

/** FileCommandManager.cs: a variable, and how the name of its file begins. */
const fileCommands = {
  GITHUB_OUTPUT: 'set_output',
  GITHUB_STATE: 'save_state',
  GITHUB_ENV: 'set_env',
  GITHUB_PATH: 'add_path',
  GITHUB_STEP_SUMMARY: 'step_summary',
};

/** A job on a stand-in for a runner's work folder. Its steps share it, and the masks. */
export class Job {
  readonly trackingId: string;
  /** The work folder, `_work`. */
  readonly directory: string;
  readonly workspace: string;
  readonly temporary: string;
  readonly actionDirectory: string;
  readonly options: JobOptions;
  /** The process that executes the job, if it runs on an installation. */
  readonly worker: Worker | undefined;
  readonly masker = new Masker();

  private constructor(directory: string, options: JobOptions, worker: Worker | undefined) {
    const {
      actionRepository = 'sandbox/runner-remove-token',
      actionReference = 'v1',
      github,
      runner,
    } = options;
    const name = basename(github.repository);
    this.options = { ...options, actionRepository, actionReference };
    this.trackingId = runner?.trackingId ?? `github_${randomUUID()}`;
    this.directory = directory;
    this.workspace = join(directory, name, name);
    this.temporary = join(directory, '_temp');
    this.actionDirectory = join(directory, '_actions', actionRepository || '_local', actionReference);
    this.worker = worker;
  }

  /** On an installation, what the job before left of its actions is deleted now. */
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
    const directories = ['_runner_file_commands', '_github_workflow'].map((name) =>
      join(this.temporary, name),
    );
    for (const path of [
      this.actionDirectory,
      this.workspace,
      join(this.directory, '_tool'),
      ...directories,
    ]) {
      await createDirectory(path);
    }
    for (const name of ['action.yml', 'dist']) {
      await cp(join(action, name), join(this.actionDirectory, name), { recursive: true });
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
   * What the runner does after the last post step: every process that was started during the job and still carries its
   * tracking id is killed (Linux only), the temporary folder is emptied, and the worker ends. The actions stay until the
   * next job, unless there is none: without an installation all folders go. Returns the ids of the killed processes.
   */
  async end(): Promise<number[]> {
    const killed = processesWith(`RUNNER_TRACKING_ID=${this.trackingId}`).filter(kill);
    // The runner does not wait, but a test is about to look.
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

/** Starts a job with one step, runs its main entry, and ends the job. */
export async function runStep(options: JobOptions & StepOptions): Promise<StepResult> {
  const job = await Job.start(options);
  try {
    const step = await job.step(options);
    return await step.main();
  } finally {
    await job.end();
  }
}

/** A step that uses the action: its main entry, and at the end of the job its post entry with the state that main left. */
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

  /** Cancels what is running, as the runner does: three signals, to this one process only (ProcessInvoker.cs). */
  cancel(grace = { terminate: 7500, kill: 10_000 }): void {
    const running = this.#process;
    if (!running) throw new Error('Nothing is running.');
    this.#cancelled = true;
    running.kill('SIGINT');
    const timers = [
      setTimeout(() => running.kill('SIGTERM'), grace.terminate),
      setTimeout(() => running.kill('SIGKILL'), grace.kill),
    ];
    const clear = () => timers.forEach(clearTimeout);
    running.ended.then(clear, clear);
  }

  async #run(entry: string): Promise<StepResult> {
    const { workspace, temporary, masker, actionDirectory } = this.#job;
    const log = new StepLog(masker, this.#state);
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
      workspace,
      temporary,
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
    const { github, user, installation, runner = {} } = options;
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
      GITHUB_ACTION_REF: options.actionReference ?? '',
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
      RUNNER_OS: systems[process.platform] ?? process.platform,
      RUNNER_TEMP: temporary,
      RUNNER_TOOL_CACHE: join(directory, '_tool'),
      RUNNER_TRACKING_ID: trackingId,
      RUNNER_WORKSPACE: dirname(workspace),
    };
  }

  /** Every declared input has a variable, empty without a value. Spaces become underscores, hyphens stay (Handler.cs). */
  #inputs(log: StepLog): Record<string, string> {
    const variable = (name: string) => `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
    const { apiUrl } = this.#job.options.github;
    const variables: Record<string, string> = {};
    for (const [name, input] of Object.entries(this.#manifest.inputs ?? {})) {
      const value = String(input?.default ?? '').replace(/\$\{\{ *github\.api_url *\}\}/, apiUrl);
      if (value.includes('${{')) throw new Error(`The sandbox does not know the expression in ${value}.`);
      variables[variable(name)] = value;
    }
    for (const [name, value] of Object.entries(this.#options.inputs)) {
      if (!(variable(name) in variables)) log.issue('warning', `Unexpected input(s) '${name}'`);
      variables[variable(name)] = value;
    }
    return variables;
  }
}

// Runs the steps of a JavaScript action as the runner does. The facts come from actions/runner 2.336 (src/Runner.Worker).

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, cp, lchown, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { createDirectory } from './installation.ts';
import { type Annotation, LineReader, Masker, StepLog } from './step-log.ts';

export interface JobOptions {
  github: { apiUrl: string; serverUrl: string; repository: string };
  /** The directory that holds the action's action.yml and dist; default: this repository. */
  action?: string;
  /** `owner/name` and reference, as after `uses:`. The runner leaves both empty for an action of the workflow's own repository. */
  actionRepository?: string;
  actionReference?: string;
  runner?: { name: string; environment: 'self-hosted' | 'github-hosted'; trackingId?: string };
  /** The account to run as, when this process is root's. */
  user?: { uid: number; gid: number; home: string; name: string };
  /** The Node.js to run the action with; default: the one that runs this. */
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

export interface StepResult {
  conclusion: 'success' | 'failure' | 'cancelled';
  exitCode: number | null;
  signal: NodeJS.Signals | null;
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
  /** Another process kept the step's output open for 5 seconds after its end. */
  outputHeldOpen: boolean;
  /** The raw content of GITHUB_OUTPUT, GITHUB_STATE, GITHUB_ENV, GITHUB_PATH and GITHUB_STEP_SUMMARY. */
  files: Record<string, string>;
  environment: Record<string, string>;
  workspace: string;
  temporary: string;
}

/** How a process ended. */
export type Ending = Pick<StepResult, 'exitCode' | 'signal' | 'outputHeldOpen'>;

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
  readonly directory: string;
  readonly workspace: string;
  readonly temporary: string;
  readonly actionDirectory: string;
  readonly options: JobOptions;
  readonly masker = new Masker();

  private constructor(directory: string, options: JobOptions) {
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
    this.workspace = join(directory, '_work', name, name);
    this.temporary = join(directory, '_work/_temp');
    this.actionDirectory = join(directory, '_work/_actions', actionRepository || '_local', actionReference);
  }

  static async start(options: JobOptions): Promise<Job> {
    const job = new Job(await mkdtemp(join(await realpath(tmpdir()), 'actions-job-')), options);
    const source = options.action ?? resolve(import.meta.dirname, '..');
    const directories = ['_runner_file_commands', '_github_workflow'].map((name) =>
      join(job.temporary, name),
    );
    for (const path of [
      job.actionDirectory,
      job.workspace,
      join(job.directory, '_work/_tool'),
      ...directories,
    ]) {
      await createDirectory(path);
    }
    for (const name of ['action.yml', 'dist']) {
      await cp(join(source, name), join(job.actionDirectory, name), { recursive: true });
    }
    await writeFile(join(job.temporary, '_github_workflow/event.json'), '{}');
    await chmod(job.directory, 0o755);
    if (options.user) {
      const { uid, gid } = options.user;
      const names = await readdir(job.directory, { recursive: true });
      for (const name of ['.', ...names]) await lchown(join(job.directory, name), uid, gid);
    }
    return job;
  }

  async step(options: StepOptions): Promise<Step> {
    const manifest = parse(await readFile(join(this.actionDirectory, 'action.yml'), 'utf8')) as Manifest;
    return new Step(this, manifest, options);
  }

  /**
   * As at the end of a job, every process that was started during it and still carries its tracking id is killed (Linux
   * only). Returns their ids. Then the folders go: the runner empties the temporary one now, the action's a job later.
   */
  async end(): Promise<number[]> {
    const killed: number[] = [];
    for (const name of process.platform === 'linux' ? readdirSync('/proc') : []) {
      try {
        const variables = readFileSync(`/proc/${Number(name)}/environ`, 'utf8').split('\0');
        if (
          variables.includes(`RUNNER_TRACKING_ID=${this.trackingId}`) &&
          process.kill(Number(name), 'SIGKILL')
        ) {
          killed.push(Number(name));
        }
      } catch {
        // It is no process, somebody else's, or one that has just ended.
      }
    }
    await rm(this.directory, { recursive: true, force: true });
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
  #process: ChildProcess | undefined;
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
    running.once('exit', () => timers.forEach(clearTimeout));
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
    const { node = process.execPath, user } = this.#job.options;
    const running = spawn(node, [program], {
      cwd: this.#job.workspace,
      env: environment,
      ...(user && { uid: user.uid, gid: user.gid }),
    });
    this.#process = running;
    // The process may end without looking at its input.
    running.stdin.on('error', () => {}).end();
    running.stdout.on('data', (chunk: Buffer) => output.stdout.write(chunk));
    running.stderr.on('data', (chunk: Buffer) => output.stderr.write(chunk));
    return waitFor(running);
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
    const { github, user, runner = { name: 'sandbox', environment: 'self-hosted' } } = options;
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
      RUNNER_ENVIRONMENT: runner.environment,
      RUNNER_NAME: runner.name,
      RUNNER_OS: systems[process.platform] ?? process.platform,
      RUNNER_TEMP: temporary,
      RUNNER_TOOL_CACHE: join(directory, '_work/_tool'),
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

/** Waits until a process has ended and its output is closed, the latter for 5 seconds at most (ProcessInvoker.cs). */
function waitFor(running: ChildProcess): Promise<Ending> {
  return new Promise((fulfil, reject) => {
    let timer: NodeJS.Timeout | undefined;
    running.once('error', reject);
    running.once('exit', (exitCode, signal) => {
      timer = setTimeout(() => {
        running.stdout?.destroy();
        running.stderr?.destroy();
        fulfil({ exitCode, signal, outputHeldOpen: true });
      }, 5000);
    });
    running.once('close', (exitCode, signal) => {
      clearTimeout(timer);
      fulfil({ exitCode, signal, outputHeldOpen: false });
    });
  });
}

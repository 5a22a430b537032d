import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import {
  chmod,
  copyFile,
  lchown,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Behaviour } from './programs/behaviour.ts';
import { isRunning, kill, processesIn } from './programs/processes.ts';
import { type Account, Worker } from './worker.ts';

const source = join(import.meta.dirname, 'installation');
const programsSource = join(import.meta.dirname, 'programs');
/** Where each script goes, by where it comes from. */
const scripts = Object.entries({
  'config.sh': 'config.sh',
  'env.sh': 'env.sh',
  'svc.sh': 'svc.sh',
  'config.cmd': 'config.cmd',
  'bin/Runner.Listener.mjs': 'bin/Runner.Listener.mjs',
  'bin/runsvc.sh': 'bin/runsvc.sh',
  'bin/actions.runner.service.template': 'bin/actions.runner.service.template',
  systemctl: '.sandbox/systemctl',
  record: '.sandbox/record',
});
const executable = process.platform === 'win32' ? '.exe' : '';
const nodePath = `externals/node24/bin/node${executable}`;
/** Node.js under another name, for the runner's programs: it runs what its first argument names, in place of what they are. */
const programs = ['bin/Runner.Listener', 'bin/Runner.Worker'].map((name) => name + executable);

let withoutTypes: [name: string, text: string][] | undefined;

/** The source of these programs, without its types: Node.js takes longer to get ready for types than for anything else. */
function listenerAndWorker(): [name: string, text: string][] {
  withoutTypes ??= quietly(() =>
    readdirSync(programsSource).map((name) => [
      name.replace('.ts', '.mjs'),
      stripTypeScriptTypes(readFileSync(join(programsSource, name), 'utf8')).replaceAll(".ts';", ".mjs';"),
    ]),
  );
  return withoutTypes;
}

/** Without the warning that a function of Node.js is experimental. */
function quietly<Result>(action: () => Result): Result {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return action();
  } finally {
    process.emitWarning = emitWarning;
  }
}

export interface InstallationOptions {
  /** A fresh temporary directory unless given. */
  directory?: string;
  /** As typed at registration. Left out, as in some just-in-time configurations, the installation has none. */
  gitHubUrl?: string | undefined;
  agentId: number;
  agentName: string;
  /** Whether `config.sh remove` speaks to the REST API alone (newer) or looks for the runner by name first. Default: true. */
  useRunnerAdminFlow?: boolean;
  ephemeral?: boolean;
  /** `configured`: camel case, with a byte order mark. `just-in-time`: Pascal case, values as strings, without the mark. */
  style?: 'configured' | 'just-in-time';
  /** After a self-update, `bin` and `externals` are links to `bin.VERSION` and `externals.VERSION`. */
  selfUpdated?: boolean;
  /** The account that the installation belongs to, if not the one that creates it. Needs root. */
  owner?: Account;
  /** Shares its Node.js, where the one that runs this is on another file system: that of many then takes the room of one. */
  sharing?: Installation;
}

/** What the stand-in for `bin/Runner.Listener` saw when `config.sh` started it. */
export interface Invocation {
  arguments: string[];
  /** The arguments of this process and of all above it, nearest first; empty where there is no /proc. */
  commandLines: string[][];
  environment: Record<string, string>;
  user?: number;
  group?: number;
  directory: string;
  standardInput: 'ended' | 'open' | 'terminal';
}

/** What `svc.sh` or `systemctl` was called with. */
export interface ServiceCall {
  /** The program's name and its arguments. */
  command: string[];
  environment: Record<string, string>;
  user: number;
  directory: string;
}

/** The process that waits for jobs. */
export interface Listener {
  readonly pid: number;
  running(): boolean;
  /** Is fulfilled when it has ended. */
  readonly ended: Promise<unknown>;
  /** Ends it, whatever signals it ignores. */
  stop(): Promise<void>;
}

/**
 * A stand-in for a runner installation on disk: real scripts and processes, with a listener that can remove the runner, or
 * wait for jobs, and a worker that runs steps.
 */
export class Installation {
  readonly directory: string;
  /** The Node.js that the runner runs JavaScript actions with. */
  readonly node: string;
  readonly agentName: string;
  readonly #options: InstallationOptions;

  private constructor(directory: string, options: InstallationOptions) {
    this.directory = directory;
    this.node = join(directory, nodePath);
    this.agentName = options.agentName;
    this.#options = options;
  }

  static async create(options: InstallationOptions): Promise<Installation> {
    const directory = options.directory ?? (await mkdtemp(join(await realpath(tmpdir()), 'actions-runner-')));
    const installation = new Installation(directory, options);
    await installation.#layOut();
    return installation;
  }

  async #layOut(): Promise<void> {
    const { directory, node } = this;
    await createDirectory(directory);
    await chmod(directory, 0o755);
    for (const name of this.#options.selfUpdated ? ['bin', 'externals'] : []) {
      await createDirectory(join(directory, `${name}.2.336.0`));
      await symlink(`${name}.2.336.0`, join(directory, name), 'junction');
    }
    for (const name of ['bin', dirname(nodePath), '_diag', '_work', '.sandbox']) {
      await createDirectory(join(directory, name));
    }

    for (const [from, to] of scripts) {
      const text = await readFile(join(source, from), 'utf8');
      await writeFile(join(directory, to), text.replace('SERVICE_NAME', this.#serviceName));
      await chmod(join(directory, to), 0o755);
    }
    const { node: program = process.execPath } = this.#options.sharing ?? {};
    await link(program, node).catch(() => copyFile(program, node));
    for (const program of programs) await link(node, join(directory, program));

    await writeFile(join(directory, '.runner'), settings(this.#options));
    await writeFile(join(directory, '.credentials'), '\uFEFF{\n  "scheme": "OAuth",\n  "data": {}\n}');
    await writeFile(join(directory, '.credentials_rsaparams'), '{}', { mode: 0o600 });
    // Configuring a runner leaves these as well.
    await writeFile(join(directory, '.env'), 'LANG=C.UTF-8\n');
    await writeFile(join(directory, '.path'), '/usr/local/bin:/usr/bin:/bin\n');

    await createDirectory(join(directory, '.sandbox/programs'));
    for (const [name, text] of listenerAndWorker()) {
      await writeFile(join(directory, '.sandbox/programs', name), text);
    }
    await createDirectory(join(directory, '.sandbox/systemd'));
    await this.set({});
    await writeFile(join(directory, '.sandbox/invocations.jsonl'), '');
    await mkdir(this.#serviceCalls);
    // Root, or another account, may be the first to add to them.
    await chmod(join(directory, '.sandbox/invocations.jsonl'), 0o666);
    await chmod(this.#serviceCalls, 0o777);
    await this.#giveToOwner();
  }

  async #giveToOwner(): Promise<void> {
    const { owner } = this.#options;
    if (!owner) return;
    const names = await readdir(this.directory, { recursive: true });
    for (const path of [this.directory, ...names.map((name) => join(this.directory, name))]) {
      const stats = await lstat(path);
      // A hard link shares its owner with the Node.js that runs this.
      if (!stats.isFile() || stats.nlink === 1) await lchown(path, owner.uid, owner.gid);
    }
  }

  /** Every start of the listener by `config.sh` so far, oldest first. */
  async invocations(): Promise<Invocation[]> {
    const lines = await readFile(join(this.directory, '.sandbox/invocations.jsonl'), 'utf8');
    return lines
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Invocation);
  }

  /** Every call of `svc.sh` and, by that, of `systemctl`, oldest first; not those of installService(). */
  async serviceCalls(): Promise<ServiceCall[]> {
    const calls = (await readdir(this.#serviceCalls)).sort();
    return Promise.all(
      calls.map(async (call) => {
        const read = (name: string) => readFile(join(this.#serviceCalls, call, name), 'utf8');
        const variables = (await read('environment')).split('\0').slice(0, -1);
        return {
          command: (await read('arguments')).split('\0').slice(0, -1),
          environment: Object.fromEntries(variables.map((variable) => variable.split(/=(.*)/s, 2))),
          user: Number(await read('user')),
          directory: (await read('directory')).trim(),
        };
      }),
    );
  }

  get #serviceCalls(): string {
    return join(this.directory, '.sandbox/service-calls');
  }

  /**
   * Mode, owner and content of everything but the programs and the jobs' work folder, by relative path: equal when nothing
   * has changed.
   */
  async snapshot(): Promise<Record<string, string>> {
    const names = await readdir(this.directory, { recursive: true });
    const found: Record<string, string> = {};
    for (const name of names.sort()) {
      if (/^(\.sandbox|_work|bin|externals)\b/.test(name)) continue;
      const path = join(this.directory, name);
      const stats = await lstat(path);
      found[name] = `${(stats.mode & 0o7777).toString(8)} ${stats.uid}:${stats.gid} `;
      if (stats.isFile())
        found[name] += createHash('sha256')
          .update(await readFile(path))
          .digest('hex');
      else if (stats.isSymbolicLink()) found[name] += `-> ${await readlink(path)}`;
      else found[name] += 'directory';
    }
    return found;
  }

  /** Replaces what was set before. */
  async set(behaviour: Behaviour): Promise<void> {
    const path = join(this.directory, '.sandbox/behaviour.json');
    await writeFile(`${path}.new`, JSON.stringify(behaviour));
    // A process may be reading it.
    await rename(`${path}.new`, path);
  }

  /**
   * What `sudo ./svc.sh install USER` and `sudo ./svc.sh start` leave (Linux only): a marker, a unit, and a listener that
   * runs as the owner of the installation. The unit may have been deleted by hand since, while the service ran.
   */
  async installService({ unitDeleted = false } = {}): Promise<void> {
    const { uid = process.getuid?.() } = this.#options.owner ?? {};
    for (const command of [['install', `${uid}`], ['start']]) {
      await promisify(execFile)('./svc.sh', command, {
        cwd: this.directory,
        env: { PATH: process.env['PATH'], SANDBOX_ASSUME_ROOT: '1' },
      });
    }
    if (unitDeleted) await rm(this.#unit);
    for (const call of await readdir(this.#serviceCalls)) {
      await rm(join(this.#serviceCalls, call), { recursive: true });
    }
  }

  /** What there is of a service. It runs as long as its main process does, with a unit or without. */
  async service(): Promise<{ marker: boolean; unit: boolean; running: boolean }> {
    const main = await readFile(`${this.#unit}.pid`, 'utf8').catch(() => '0');
    return {
      marker: existsSync(join(this.directory, '.service')),
      unit: existsSync(this.#unit),
      running: isRunning(Number(main)),
    };
  }

  get #unit(): string {
    return join(this.directory, '.sandbox/systemd', this.#serviceName);
  }

  get #serviceName(): string {
    const { agentName, gitHubUrl = 'https://sandbox' } = this.#options;
    const registration = new URL(gitHubUrl).pathname.split('/').filter(Boolean).join('-');
    return `actions.runner.${registration}.${agentName}.service`.replaceAll(/[^\w.-]/g, '_');
  }

  /**
   * Starts a listener without a service, as `run.sh` does, as the owner of the installation: its first argument is
   * `DIRECTORY/bin/Runner.Listener`, which is its executable too, and its name is `Runner.Listener`.
   */
  async startListener(): Promise<Listener> {
    const listener = spawn(
      join(this.directory, 'bin/Runner.Listener'),
      [join(this.directory, '.sandbox/programs/listener.mjs'), 'run'],
      {
        cwd: this.directory,
        env: { PATH: process.env['PATH'] },
        stdio: ['ignore', 'pipe', 'inherit'],
        ...this.#options.owner,
      },
    );
    const exited = once(listener, 'exit');
    await once(listener.stdout, 'data');
    const { pid = 0 } = listener;
    return {
      pid,
      running: () => isRunning(pid),
      ended: exited,
      stop: async () => {
        listener.kill('SIGKILL');
        await exited;
      },
    };
  }

  /**
   * Starts a process as the listener does when a job is dispatched to the runner. Its first argument is
   * `DIRECTORY/bin/Runner.Worker` (without the link that a self-update makes of `bin`), which is its executable too, and
   * its name is `Runner.Worker`.
   */
  async startWorker(
    { account }: { account?: Account | undefined } = { account: this.#options.owner },
  ): Promise<Worker> {
    const program = join(await realpath(join(this.directory, 'bin')), 'Runner.Worker');
    return Worker.start(program, join(this.directory, '.sandbox/programs/worker.mjs'), account);
  }

  /** As at the start of every job, before its actions are downloaded: the actions of the job before are deleted. */
  async deleteActions(): Promise<void> {
    await rm(join(this.directory, '_work/_actions'), { recursive: true, force: true });
  }

  /** Removes the directory, and ends every process that has to do with it. */
  async remove(): Promise<void> {
    // One of them may start another while they are killed.
    while (processesIn(this.directory).filter(kill).length > 0) await pause(5);
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** The content of `.runner`. False and empty values are left out. */
function settings(options: InstallationOptions): string {
  const { agentId, agentName, gitHubUrl, ephemeral = false, useRunnerAdminFlow = true } = options;
  const values = {
    agentId,
    agentName,
    poolId: 1,
    poolName: 'Default',
    serverUrl: 'https://pipelines.actions.githubusercontent.com/sandbox/',
    gitHubUrl,
    workFolder: '_work',
    ephemeral: ephemeral || undefined,
    useV2Flow: true,
    useRunnerAdminFlow: useRunnerAdminFlow || undefined,
    serverUrlV2: 'https://broker.actions.githubusercontent.com/',
  };
  if (options.style !== 'just-in-time') return `\uFEFF${JSON.stringify(values, undefined, 2)}`;
  const pascal = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key.replace(/^./, (letter) => letter.toUpperCase()), String(value)]);
  return JSON.stringify(Object.fromEntries(pascal));
}

/** Creates a directory, and those above it, for every user to enter, whatever the umask is. */
export async function createDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  for (let level = path; first !== undefined && level.length >= first.length; level = dirname(level)) {
    await chmod(level, 0o755);
  }
}

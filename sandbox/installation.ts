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
import { dirname, join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Behavior } from './programs/behavior.ts';
import { isRunning, kill, processesIn } from './programs/processes.ts';
import { type Account, Worker } from './worker.ts';

const layout = join(import.meta.dirname, 'installation');
const programs = join(import.meta.dirname, 'programs');
const executable = process.platform === 'win32' ? '.exe' : '';
const nodePath = `externals/node24/bin/node${executable}`;

/** The files of an installation, by path. The programs have their types removed: Node.js would take long for it at each start. */
function readFiles(): [path: string, text: string][] {
  return [
    ...readdirSync(layout, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }): [string, string] => {
        const path = relative(layout, join(parentPath, name));
        const isOurs = ['systemctl', 'record'].includes(name);
        return [isOurs ? join('.sandbox', name) : path, readFileSync(join(parentPath, name), 'utf8')];
      }),
    ...readdirSync(programs).map((name): [string, string] => [
      join('.sandbox/programs', name.replace('.ts', '.mjs')),
      stripTypeScriptTypes(readFileSync(join(programs, name), 'utf8')).replaceAll(".ts';", ".mjs';"),
    ]),
  ];
}

let files: [path: string, text: string][] | undefined;

export interface InstallationOptions {
  /** A new temporary directory by default. */
  directory?: string;
  /** As typed at registration. Some just-in-time configurations have none. */
  gitHubUrl?: string | undefined;
  agentId: number;
  agentName: string;
  /** Whether `config.sh remove` only uses the REST API (the newer flow), or the Actions service too. Default: true. */
  useRunnerAdminFlow?: boolean;
  ephemeral?: boolean;
  /** `configured`: camel case, with a byte order mark. `just-in-time`: Pascal case and strings, without the mark. */
  style?: 'configured' | 'just-in-time';
  /** After a self-update, `bin` and `externals` are links to `bin.VERSION` and `externals.VERSION`. */
  selfUpdated?: boolean;
  /** The account that the installation belongs to; only root can change it. */
  owner?: Account;
}

/** How `config.sh` started `bin/Runner.Listener`. */
export interface Invocation {
  arguments: string[];
  /** The arguments of this process and its ancestors, nearest first; empty without /proc. */
  commandLines: string[][];
  environment: Record<string, string>;
  user?: number;
  group?: number;
  directory: string;
  standardInput: 'ended' | 'open' | 'terminal';
}

/** A call of `svc.sh` or `systemctl`. */
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
  /** Resolves to its exit code. */
  readonly ended: Promise<number | null>;
  /** Ends it even if it ignores signals. */
  stop(): Promise<void>;
}

/** A stand-in for a runner installation on disk: scripts, a listener that waits for jobs, and a worker that runs steps. */
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
    for (const name of [
      'bin',
      dirname(nodePath),
      '_diag',
      '_work',
      '.sandbox/programs',
      '.sandbox/systemd',
    ]) {
      await createDirectory(join(directory, name));
    }

    files ??= readFiles();
    for (const [path, text] of files) {
      await writeFile(join(directory, path), text.replace('SERVICE_NAME', this.#serviceName));
      await chmod(join(directory, path), 0o755);
    }
    // The programs of the runner are Node.js under another name. Their first argument is what they run.
    await link(process.execPath, node).catch(() => copyFile(process.execPath, node));
    for (const name of ['Listener', 'Worker']) {
      await link(node, join(directory, `bin/Runner.${name}${executable}`));
    }

    await writeFile(join(directory, '.runner'), settings(this.#options));
    await writeFile(join(directory, '.credentials'), '\uFEFF{\n  "scheme": "OAuth",\n  "data": {}\n}');
    await writeFile(join(directory, '.credentials_rsaparams'), '{}', { mode: 0o600 });
    await writeFile(join(directory, '.env'), 'LANG=C.UTF-8\n');
    await writeFile(join(directory, '.path'), '/usr/local/bin:/usr/bin:/bin\n');

    await this.set({});
    await writeFile(join(directory, '.sandbox/invocations.jsonl'), '');
    await mkdir(this.#serviceCalls);
    // Several accounts write to these.
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
      // A hard link shares its owner with the Node.js of this process.
      if (!stats.isFile() || stats.nlink === 1) await lchown(path, owner.uid, owner.gid);
    }
  }

  /** How `config.sh` started the listener, oldest first. */
  async invocations(): Promise<Invocation[]> {
    const lines = await readFile(join(this.directory, '.sandbox/invocations.jsonl'), 'utf8');
    return lines
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Invocation);
  }

  /** The calls of `svc.sh` and of `systemctl`, oldest first, without those of `installService`. */
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

  /** Mode, owner and content of each file by relative path, without the programs and the work folder of the jobs. */
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

  /** Replaces the earlier behavior. */
  async set(behavior: Behavior): Promise<void> {
    const path = join(this.directory, '.sandbox/behavior.json');
    await writeFile(`${path}.new`, JSON.stringify(behavior));
    // A process may be reading the file.
    await rename(`${path}.new`, path);
  }

  /**
   * Installs and starts a service that runs as the owner of the installation (Linux only).
   *
   * @param options.unitDeleted somebody deleted the unit by hand afterwards
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

  /** Whether the marker and the unit of a service exist, and whether its main process runs. */
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

  /** Starts a listener as the owner of the installation, without a service. */
  async startListener(): Promise<Listener> {
    const listener = spawn(
      join(this.directory, 'bin/Runner.Listener'),
      [join(this.directory, '.sandbox/programs/listener.mjs'), 'run'],
      {
        cwd: this.directory,
        env: { PATH: process.env['PATH'] },
        stdio: ['ignore', 'pipe', 'ignore'],
        ...this.#options.owner,
      },
    );
    const ended = once(listener, 'exit').then(([exitCode]) => exitCode as number | null);
    await Promise.race([once(listener.stdout, 'data'), ended]);
    const { pid = 0 } = listener;
    return {
      pid,
      running: () => isRunning(pid),
      ended,
      stop: async () => {
        listener.kill('SIGKILL');
        await ended;
      },
    };
  }

  /**
   * Starts the process that executes a job, as the listener does. Its path does not contain the link that `bin` is after a
   * self-update.
   */
  async startWorker(
    { account }: { account?: Account | undefined } = { account: this.#options.owner },
  ): Promise<Worker> {
    const directory = await realpath(join(this.directory, 'bin'));
    const script = join(this.directory, '.sandbox/programs/worker.mjs');
    return Worker.start(async (port) => {
      const running = spawn(join(directory, 'Runner.Worker'), [script, 'spawnclient', `${port}`], {
        cwd: directory,
        env: { PATH: process.env['PATH'] },
        stdio: ['ignore', 'ignore', 'inherit'],
        ...account,
      });
      await once(running, 'exit');
    });
  }

  /** Deletes the actions of the previous job, as at the start of each job. */
  async deleteActions(): Promise<void> {
    await rm(join(this.directory, '_work/_actions'), { recursive: true, force: true });
  }

  /** Removes the directory and ends the processes that use it. */
  async remove(): Promise<void> {
    // A process may start another one meanwhile.
    while (processesIn(this.directory).filter(kill).length > 0) await pause(5);
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** The content of `.runner`, without false and empty values. */
function settings(options: InstallationOptions): string {
  const { agentId, agentName, gitHubUrl, ephemeral = false, useRunnerAdminFlow = true } = options;
  const { origin, pathname } = new URL(gitHubUrl ?? 'https://sandbox');
  const registration = pathname.replaceAll(/^\/+|\/+$/g, '');
  const values = {
    agentId,
    agentName,
    poolId: 1,
    poolName: 'Default',
    serverUrl: `${origin}/_services/pipelines/${registration}/`,
    gitHubUrl,
    workFolder: '_work',
    ephemeral: ephemeral || undefined,
    useV2Flow: true,
    useRunnerAdminFlow: useRunnerAdminFlow || undefined,
    serverUrlV2: `${origin}/_services/broker/${registration}/`,
  };
  if (options.style !== 'just-in-time') return `\uFEFF${JSON.stringify(values, undefined, 2)}`;
  const pascal = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key.replace(/^./, (letter) => letter.toUpperCase()), String(value)]);
  return JSON.stringify(Object.fromEntries(pascal));
}

/** Creates a directory and its parents, accessible to every user whatever the umask is. */
export async function createDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  for (let level = path; first !== undefined && level.length >= first.length; level = dirname(level)) {
    await chmod(level, 0o755);
  }
}

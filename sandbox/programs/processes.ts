// Finds processes in /proc. Only Linux has it; elsewhere no process is found.

import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';

/** A zombie, whose parent has not read its exit status yet, does not run. */
export function isRunning(id: number): boolean {
  // The name of the program, which can contain anything, ends at the last bracket.
  return attempt(() => !/^.*\) [ZX]/s.test(readFileSync(`/proc/${id}/stat`, 'utf8'))) ?? false;
}

/** The processes that were started with a variable, given as `NAME=value`. */
export function processesWith(variable: string): number[] {
  return processes().filter((id) => read(id, 'environ').includes(variable));
}

/** The processes that run a program in a directory, have a path in it as an argument, or work in it. */
export function processesIn(directory: string): number[] {
  return processes().filter((id) => {
    const links = ['exe', 'cwd'].map((name) => attempt(() => readlinkSync(`/proc/${id}/${name}`)) ?? '');
    return [...links, ...read(id, 'cmdline')].some((path) => `${path}/`.startsWith(`${directory}/`));
  });
}

/** Returns false if the process has ended or belongs to another account. */
export function kill(id: number): boolean {
  return attempt(() => process.kill(id, 'SIGKILL')) ?? false;
}

/** Sets the name of this process, which Node.js changes at its start. */
export function nameProcess(name: string): void {
  // Wine shows the files of Linux too.
  if (process.platform === 'linux') writeFileSync('/proc/self/comm', name);
}

/** All processes except this one. */
function processes(): number[] {
  const names = attempt(() => readdirSync('/proc')) ?? [];
  return names.map(Number).filter((id) => id > 0 && id !== process.pid);
}

function read(id: number, name: string): string[] {
  return attempt(() => readFileSync(`/proc/${id}/${name}`, 'utf8').split('\0')) ?? [];
}

/** Returns undefined if the process has ended, or its account is the only one that can read this. */
function attempt<Result>(action: () => Result): Result | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

// The processes of this machine, as Linux shows them in /proc. Elsewhere none are found.

import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';

/** Whether a process runs. One that has ended, and whose parent has not asked how, does not. */
export function isRunning(id: number): boolean {
  // The state comes after the program's name, which stands in brackets and can hold anything.
  return attempt(() => !/^.*\) [ZX]/s.test(readFileSync(`/proc/${id}/stat`, 'utf8'))) ?? false;
}

/** The processes that were started with a variable, given as `NAME=value`. */
export function processesWith(variable: string): number[] {
  return processes().filter((id) => read(id, 'environ').includes(variable));
}

/** The processes that have to do with a directory: they run a program in it, were given a path in it, or work in it. */
export function processesIn(directory: string): number[] {
  return processes().filter((id) => {
    const links = ['exe', 'cwd'].map((name) => attempt(() => readlinkSync(`/proc/${id}/${name}`)) ?? '');
    return [...links, ...read(id, 'cmdline')].some((path) => `${path}/`.startsWith(`${directory}/`));
  });
}

/** Kills a process, and says whether that was possible: it may just have ended, or be another account's. */
export function kill(id: number): boolean {
  return attempt(() => process.kill(id, 'SIGKILL')) ?? false;
}

/** Gives this process its program's name back: Node.js calls itself something else. */
export function nameProcess(name: string): void {
  if (existsSync('/proc/self/comm')) writeFileSync('/proc/self/comm', name);
}

/** All processes but this one. */
function processes(): number[] {
  const names = attempt(() => readdirSync('/proc')) ?? [];
  return names.map(Number).filter((id) => id > 0 && id !== process.pid);
}

function read(id: number, name: string): string[] {
  return attempt(() => readFileSync(`/proc/${id}/${name}`, 'utf8').split('\0')) ?? [];
}

/** A process can end, and some things may be read by its own account only. */
function attempt<Result>(action: () => Result): Result | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

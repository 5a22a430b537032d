import { readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join, posix, win32 } from 'node:path';
import { getExecOutput } from '@actions/exec';

/**
 * Whether a job runs on the installation: the listener starts a worker process for each, from the `bin` directory (or,
 * after a self-update, from the `bin.VERSION` that `bin` links to).
 *
 * @param directory the installation's root, without symbolic links
 */
export async function runsJob(directory: string, platform: NodeJS.Platform): Promise<boolean> {
  const programs = await listPrograms(platform);
  const path = platform === 'win32' ? win32 : posix;
  const workers = programs.filter((program) => /^Runner\.Worker(\.exe)?$/i.test(path.basename(program)));
  const roots = await Promise.all(workers.map(async (worker) => dirname(await resolved(dirname(worker)))));
  return roots.some((root) => path.relative(root, directory) === '');
}

/** The programs that run on this machine, each by its path, as far as this account may see them. */
async function listPrograms(platform: NodeJS.Platform): Promise<string[]> {
  switch (platform) {
    case 'linux':
      return listProgramsOfProc('/proc');
    case 'win32':
      return linesOf('powershell.exe', [
        '-NoProfile',
        '-NonInteractive',
        '-Command',
        `Get-CimInstance Win32_Process -Filter "Name='Runner.Worker.exe'" | ForEach-Object ExecutablePath`,
      ]);
    default:
      return linesOf('ps', ['-axww', '-o', 'comm=']);
  }
}

/** Reads the first argument of every process: the link `exe` may be read by its owner and root only. */
async function listProgramsOfProc(proc: string): Promise<string[]> {
  const processes = (await readdir(proc)).filter((name) => /^\d+$/.test(name));
  const commandLines = await Promise.all(
    processes.map((id) => readFile(join(proc, id, 'cmdline'), 'utf8').catch(() => '')),
  );
  return commandLines.map((line) => line.split('\0', 1).join());
}

async function linesOf(command: string, args: string[]): Promise<string[]> {
  const { stdout } = await getExecOutput(command, args, { silent: true });
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

async function resolved(directory: string): Promise<string> {
  return realpath(directory).catch(() => directory);
}

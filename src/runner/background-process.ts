import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { LocalRunner } from './service.ts';

/** What the background process receives over a pipe. The remove token is its only secret. */
export interface BackgroundRemoval extends LocalRunner {
  /** The ID of the runner on GitHub. */
  readonly id: number;
  readonly hasService: boolean;
  readonly removeToken: string;
  /** The time until the token expires, in milliseconds. */
  readonly tokenLifetime: number;
  readonly logFile: string;
}

/**
 * Starts the background process that removes the runner of this job, and waits until it has loaded its code.
 *
 * At the end of a job, the runner kills every process with the job's RUNNER_TRACKING_ID, waits for processes that keep a
 * step's output open, and empties the temporary directory. It deletes the action's code when the next job starts.
 *
 * @param program what Node.js runs: a file and arguments
 * @returns the log file, in the runner's own log directory
 * @throws Error if the process ends early
 */
export async function spawnBackground(
  removal: Omit<BackgroundRemoval, 'logFile'>,
  execPath: string,
  program: readonly string[],
): Promise<string> {
  const { RUNNER_TRACKING_ID, ...environment } = removal.script.environment;
  const { directory } = removal.script;
  const time = new Date()
    .toISOString()
    .replaceAll(/[-:]|\..*/g, '')
    .replace('T', '-');
  // Two uses of the action in one job can get here in the same second.
  const logFile = join(directory, '_diag', `RunnerRemoveToken_${time}-utc-${process.pid}.log`);
  const child = spawn(execPath, program, {
    cwd: directory,
    detached: true,
    env: environment,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    windowsHide: true,
  });
  const message: BackgroundRemoval = { ...removal, script: { ...removal.script, environment }, logFile };
  await new Promise<void>((resolve, reject) => {
    child.once('message', (text) => (text === 'ready' ? resolve() : reject(new Error(String(text)))));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`it ended with exit code ${code}`)));
    // If it ended early, the exit code says more than the broken pipe.
    child.send(message, () => undefined);
  });
  child.disconnect();
  child.unref();
  return logFile;
}

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Installed } from './retirement.ts';

/** What the background process is told, over a pipe. It gets no other secret than the remove token. */
export interface BackgroundRemoval extends Installed {
  readonly removeToken: string;
  /** When the token expires, ISO 8601. */
  readonly expiresAt: string;
  readonly logFile: string;
}

/**
 * Starts the background process that removes the runner of this job when the job has ended, and waits until it needs
 * nothing any more of what the end of the job takes away.
 *
 * At the end of a job the runner kills every process that still has the job's RUNNER_TRACKING_ID, waits for whoever holds
 * a step's output, empties the temporary directory, and deletes the action's code when the next job begins.
 *
 * @param program what Node.js runs: a file and arguments
 * @returns the file that the process logs to, in the runner's own log directory
 * @throws Error when it could not be started
 */
export async function startBackgroundRemoval(
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
  const logFile = join(directory, '_diag', `RunnerRemoveToken_${time}-utc.log`);
  const child = spawn(execPath, program, {
    cwd: directory,
    detached: true,
    env: environment,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    windowsHide: true,
  });
  const told: BackgroundRemoval = { ...removal, script: { ...removal.script, environment }, logFile };
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`it ended with exit code ${code}`)));
    // Where it ended early, the exit code says more than the broken pipe.
    child.send(told, () => undefined);
  });
  child.disconnect();
  child.unref();
  return logFile;
}

import { type EventEmitter, once } from 'node:events';
import { open } from 'node:fs/promises';
import type { BackgroundRemoval } from './runner/background.ts';
import { deregister, removeLocalConfiguration } from './runner/deregistration.ts';
import { isConfigured } from './runner/installation.ts';
import { isAlive, processesOf } from './runner/processes.ts';
import { retire } from './runner/retirement.ts';
import { lastLineOf, type ScriptContext } from './runner/script.ts';
import { Secrets } from './secrets.ts';

/** How often it is looked whether a job has ended, in milliseconds: a signal to one process, which costs next to nothing. */
const watchInterval = 1_000;
/** After so many looks all processes are looked at, which costs a hundred times as much. */
const looksUntilAll = 300;
/** The first and the longest pause between two attempts to deregister, in milliseconds. */
const firstPause = 5_000;
const longestPause = 60_000;
/** So many attempts may fail for another reason than a job that runs. */
const maximumFailures = 5;
const remedy =
  'Run the action again: in another job of this runner, or with remove: true in a job of another runner on this machine.';

/** What the background process has of `process`. */
export type BackgroundProcess = Pick<NodeJS.Process, 'send' | 'exitCode'> & EventEmitter;

type Delay = (milliseconds: number) => Promise<unknown>;

/**
 * Runs as the background process of `remove: after-job`. What to do comes over the pipe to the step that started it,
 * which is told `ready` when nothing more is needed of what the end of the job takes away.
 */
export async function runInBackground(process: BackgroundProcess, delay: Delay): Promise<void> {
  const [removal] = (await once(process, 'message')) as [BackgroundRemoval];
  const secrets = new Secrets(() => undefined);
  secrets.protect(removal.removeToken);
  const file = await open(removal.logFile, 'wx');
  const log = async (text: string) => {
    await file.write(`[${new Date().toISOString()}] ${secrets.redact(text.trim())}\n`);
  };
  await log(`Waiting for the job to end, to remove the runner in ${removal.script.directory}.`);
  process.send?.('ready');
  try {
    process.exitCode = (await removeAfterJob(removal, log, delay)) ? 0 : 1;
  } catch (error) {
    await log(`The runner was not removed: ${(error as Error).message}`);
    process.exitCode = 1;
  } finally {
    await file.close();
  }
}

/**
 * Waits for the job to end, then deregisters the runner, uninstalls its service and stops its listener. While GitHub says
 * that the runner is busy (with another job, by then) it tries again, until the token expires.
 *
 * @param log takes a text; it holds no secret that is not redacted there
 * @returns whether the runner was removed
 * @throws Failure when its service cannot be uninstalled
 */
export async function removeAfterJob(
  removal: BackgroundRemoval,
  log: (text: string) => Promise<void>,
  delay: Delay,
): Promise<boolean> {
  const { script, removeToken } = removal;
  const expiry = Date.parse(removal.expiresAt);
  let failures = 0;
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    await jobsEnded(script, delay, expiry);
    if (Date.now() >= expiry) {
      await log(`The runner was not removed, and stays in service: the remove token has expired. ${remedy}`);
      return false;
    }
    await log('No job is running: the runner is deregistered.');
    const result = await deregister(script, removeToken);
    await log(result.output);
    if (result.exitCode === 0 && !(await isConfigured(script.directory))) {
      return finish(removal, log, delay);
    }
    if (/NotFound|\b404\b/.test(result.output)) {
      await log('GitHub does not know the runner any more: its local configuration is removed.');
      await log((await removeLocalConfiguration(script)).output);
      return finish(removal, log, delay);
    }
    if (!/running a job/i.test(result.output)) {
      failures += 1;
      if (failures === maximumFailures) {
        await log(`The runner was not removed, and stays in service: "${lastLineOf(result)}". ${remedy}`);
        return false;
      }
    }
    await log(`Trying again in ${pause / 1_000} seconds.`);
    await delay(pause);
  }
}

/** A job can begin at the very last moment; the service is not stopped before it has ended. */
async function finish(
  removal: BackgroundRemoval,
  log: (text: string) => Promise<void>,
  delay: Delay,
): Promise<boolean> {
  const printed: string[] = [];
  while (!(await retire(removal, (output) => printed.push(output)))) {
    await jobsEnded(removal.script, delay);
  }
  await log([...printed, 'The runner was removed.'].join('\n'));
  return true;
}

/** Waits until no job runs on the installation, or the deadline (milliseconds since 1970) has passed. */
async function jobsEnded(
  { directory, platform }: ScriptContext,
  delay: Delay,
  deadline = Number.POSITIVE_INFINITY,
): Promise<void> {
  let workers = await processesOf(directory, 'Runner.Worker', platform);
  for (let looks = 1; workers.length > 0 && Date.now() < deadline; looks += 1) {
    await delay(watchInterval);
    // Now and then all are looked at: a process that has ended is there until its parent takes notice.
    if (looks % looksUntilAll === 0 || !workers.some(({ id }) => isAlive(id))) {
      workers = await processesOf(directory, 'Runner.Worker', platform);
    }
  }
}

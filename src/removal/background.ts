import { type EventEmitter, once } from 'node:events';
import { open } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import type { BackgroundRemoval } from '../runner/background-process.ts';
import { type ConfigScriptResult, removeWithConfigScript } from '../runner/config-script.ts';
import { readConfiguration } from '../runner/installation.ts';
import { isAlive, processesOf } from '../runner/processes.ts';
import { lastLineOf, type ScriptContext } from '../runner/script.ts';
import { isService, stopRunner } from '../runner/service.ts';
import { Secrets } from '../secrets.ts';

/** The interval between two polls of the job's process, in milliseconds. */
const pollInterval = 1_000;
/** Polls between two full process scans; a scan costs about 100 polls. */
const pollsPerScan = 300;
/** The first and the longest wait between two attempts, in milliseconds. */
const firstWait = 5_000;
const longestWait = 60_000;
/** Failed attempts, except those that a job caused. Their retries last longer than a poll of the listener, 50 seconds. */
const maximumFailures = 5;
/** Time for the last attempt before the remove token expires, in milliseconds. */
const tokenMargin = 5 * 60_000;

const remedy =
  'Run the action again: in another job of this runner, or with "remove: true" in a job of another runner on this machine.';

/** The parts of `process` that the background process needs. */
export type BackgroundProcess = Pick<NodeJS.Process, 'send' | 'exitCode'> & EventEmitter;

type WriteLog = (text: string) => Promise<void>;

/**
 * The background process of `remove: after-job`. The post step sends the removal over a pipe, and disconnects when it
 * receives `ready`: all code is loaded. Any other message says why the process cannot begin.
 */
export async function runInBackground(process: BackgroundProcess, clock: Clock): Promise<void> {
  const [removal] = (await once(process, 'message')) as [BackgroundRemoval];
  const secrets = new Secrets(() => undefined);
  secrets.protect(removal.removeToken);
  const file = await open(removal.logFile, 'wx').catch((error: Error) => {
    process.send?.(error.message);
    throw error;
  });
  const log = createLogWriter(file, secrets);
  await log(`Waiting for the job to end, to remove the runner in ${removal.script.directory}.`);
  process.send?.('ready');
  try {
    process.exitCode = (await removeAfterJob(removal, log, clock)) ? 0 : 1;
  } catch (error) {
    await log(`The removal failed: ${(error as Error).message}`);
    process.exitCode = 1;
  } finally {
    await file.close();
  }
}

/** A full disk must not end the removal. */
export function createLogWriter(file: { write(text: string): Promise<unknown> }, secrets: Secrets): WriteLog {
  return async (text) => {
    const line = `[${new Date().toISOString()}] ${secrets.redact(text)}\n`;
    await file.write(line).catch(() => undefined);
  };
}

/**
 * Waits for the job to end, deregisters the runner, uninstalls its service and stops its listener. While GitHub says that
 * the runner is busy with another job, it tries again until the remove token is about to expire.
 *
 * @returns whether the runner was removed
 * @throws Failure if its service cannot be uninstalled
 */
export async function removeAfterJob(
  removal: BackgroundRemoval,
  log: WriteLog,
  clock: Clock,
): Promise<boolean> {
  const { script } = removal;
  const deadline = clock.now() + removal.tokenLifetime - tokenMargin;
  const giveUp = async (reason: string) => {
    await log(`The runner was not removed: ${reason} ${await describeService(removal)} ${remedy}`);
    return false;
  };
  let failures = 0;
  for (let wait = firstWait; ; wait = Math.min(wait * 2, longestWait)) {
    await waitForJobs(script, clock, deadline);
    if (clock.now() >= deadline) {
      return giveUp('it was busy until the remove token was about to expire.');
    }
    const configuration = await readConfiguration(script.directory);
    if (configuration !== undefined && configuration.id !== removal.id) {
      return giveUp(`the installation was configured again, as the runner "${configuration.name}".`);
    }
    await log('No job is running. Removing the runner with config.sh.');
    const result = await removeWithConfigScript(script, removal.removeToken);
    if (result === undefined) {
      return finish(
        removal,
        'The local configuration is already gone: the runner was removed by another process, or on GitHub.',
        log,
        clock,
      );
    }
    await logResult(result, log);
    switch (result.outcome) {
      case 'removed':
        return finish(
          removal,
          result.skippedServer
            ? 'config.sh removed the local configuration only (see its output). If GitHub still lists the runner, delete it in the settings on GitHub.'
            : 'config.sh removed the runner. This process has no admin token, so it cannot verify that with GitHub.',
          log,
          clock,
        );
      case 'token-refused':
        return giveUp('GitHub refused the remove token.');
      case 'not-found':
      case 'failed':
        // GitHub may respond with 404 for a refused token too. Only an admin token could show which, so a 404 changes nothing
        // here. If the runner is gone, its listener notices within a minute and deletes the local configuration (since 2.336).
        failures += 1;
        if (failures === maximumFailures) {
          return giveUp(
            result.outcome === 'not-found'
              ? 'GitHub responded with 404: the runner does not exist, or GitHub refused the remove token.'
              : `config.sh failed ${failures} times, "${lastLineOf(result)}".`,
          );
        }
    }
    await log(`Retrying in ${wait / 1_000} seconds.`);
    await clock.sleep(wait, noSignal);
  }
}

const noSignal = new AbortController().signal;

async function logResult({ output, warnings }: ConfigScriptResult, log: WriteLog): Promise<void> {
  await log([output.trim(), ...warnings].join('\n'));
}

/** Windows uninstalls the service before it contacts GitHub, everything else afterwards. */
async function describeService({ script, hasService }: BackgroundRemoval): Promise<string> {
  if (hasService && !(await isService(script.directory))) {
    return 'Its service is uninstalled, so it does not run any more.';
  }
  return 'It stays in service.';
}

/** Stops the runner, after a job that started at the last moment. */
async function finish(
  removal: BackgroundRemoval,
  result: string,
  log: WriteLog,
  clock: Clock,
): Promise<boolean> {
  const printed: string[] = [];
  try {
    while (!(await stopRunner(removal, (output) => printed.push(output.trim())))) {
      await waitForJobs(removal.script, clock);
    }
  } finally {
    await log([...printed, result].join('\n'));
  }
  return true;
}

/** Waits until no job runs in the installation, or until the deadline. */
async function waitForJobs(
  { directory, platform }: ScriptContext,
  clock: Clock,
  deadline = Number.POSITIVE_INFINITY,
): Promise<void> {
  let workers = await processesOf(directory, 'Runner.Worker', platform);
  for (let polls = 1; workers.length > 0 && clock.now() < deadline; polls += 1) {
    await clock.sleep(pollInterval, noSignal);
    // A process that has ended but was not waited for still looks alive.
    if (polls % pollsPerScan === 0 || !workers.some(({ id }) => isAlive(id))) {
      workers = await processesOf(directory, 'Runner.Worker', platform);
    }
  }
}

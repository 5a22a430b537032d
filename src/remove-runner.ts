import type { Candidate, CandidateRunner } from './candidate.ts';
import { Failure } from './failure.ts';
import type { Client } from './github/client.ts';
import {
  deleteRunner,
  findRunnersByName,
  getRunner,
  isSame,
  type RegisteredRunner,
} from './github/runners.ts';
import type { Log } from './log.ts';
import { deregister, removeLocalConfiguration } from './runner/deregistration.ts';
import { isConfigured } from './runner/installation.ts';
import { processesOf } from './runner/processes.ts';
import { retire } from './runner/retirement.ts';
import { lastLineOf } from './runner/script.ts';
import { isService } from './runner/service.ts';

/** How the removal of a runner ended. */
export interface Outcome {
  readonly result: 'removed' | 'already-removed' | 'unconfirmed' | 'would-remove' | 'ephemeral' | 'scheduled';
  /** What there is more to say. */
  readonly detail?: string;
}

/** What the removal of a runner needs. */
export interface RemovalTools {
  readonly client: Client;
  readonly log: Log;
  /** Is given what the runner's scripts print. */
  readonly print: (output: string) => void;
}

/** The removal of a configured runner. */
interface Task extends RemovalTools {
  readonly candidate: Candidate;
  readonly runner: CandidateRunner;
}

/**
 * Takes one runner out of service, and proves it. It can be called again after a crash at any point.
 *
 * @param removeToken of the runner's registration
 * @throws Failure when the runner was not removed
 */
export async function removeRunner(
  candidate: Candidate,
  runner: CandidateRunner,
  removeToken: string,
  dryRun: boolean,
  tools: RemovalTools,
): Promise<Outcome> {
  const task: Task = { candidate, runner, ...tools };
  await refuseDuringJob(candidate, tools);
  const { registered, namesakes } = await lookUp(runner, tools);
  if (registered?.busy) {
    throw busy(candidate, 'GitHub lists it as busy.');
  }
  if (dryRun) {
    return registered === undefined
      ? {
          result: 'would-remove',
          detail: 'GitHub does not know it; its local configuration would be removed.',
        }
      : { result: 'would-remove' };
  }
  if (registered === undefined) {
    await finishLocally(task);
    return { result: 'already-removed', ...describeNamesakes(namesakes) };
  }
  if (!runner.deregistersItself) {
    // The runner's own removal would not reach GitHub; in some cases it would say that it succeeded.
    await deleteThroughApi(task);
    await finishLocally(task);
  } else if ((await deregisterItself(task, removeToken)) === 'done') {
    await stop(task);
  } else {
    await finishLocally(task);
  }
  return confirm(task);
}

/**
 * Removes what is left in an installation that is not configured.
 *
 * @throws Failure when it cannot be removed, or a job runs on it all the same
 */
export async function removeLeftovers(
  candidate: Candidate,
  dryRun: boolean,
  tools: RemovalTools,
): Promise<Outcome> {
  const { directory, platform } = candidate.script;
  await refuseDuringJob(candidate, tools);
  const hasConfiguration = await isConfigured(directory);
  const listeners = await processesOf(directory, 'Runner.Listener', platform);
  if (!hasConfiguration && listeners.length === 0 && !(await isService(directory))) {
    return { result: 'already-removed', detail: 'The installation is not configured.' };
  }
  if (dryRun) {
    return { result: 'would-remove', detail: 'It is half-removed; the rest of it would be removed.' };
  }
  if (hasConfiguration) {
    await removeConfiguration(candidate, tools);
  }
  await stop({ candidate, ...tools });
  return { result: 'already-removed', detail: 'The rest of a half-removed runner was removed.' };
}

/** The process of a job is looked for as well as asked about: `busy` has been seen to be wrong. */
async function refuseDuringJob(candidate: Candidate, { log }: RemovalTools): Promise<void> {
  const { directory, platform } = candidate.script;
  const workers = await processesOf(directory, 'Runner.Worker', platform);
  log.debug(`Processes Runner.Worker of ${directory}: ${workers.map(({ id }) => id).join(', ') || 'none'}`);
  if (workers.length > 0) {
    throw busy(candidate, 'A process Runner.Worker of its installation is running on this machine.');
  }
}

/** Asks GitHub for the runner by its id and, when that is unknown, by its name: either answer could be wrong. */
export async function lookUp(
  runner: CandidateRunner,
  { client, log }: Omit<RemovalTools, 'print'>,
): Promise<{ registered: RegisteredRunner | undefined; namesakes: RegisteredRunner[] }> {
  const byId = await getRunner(client, runner);
  log.debug(`GitHub on the runner with the id ${runner.id}: ${JSON.stringify(byId) ?? 'not known'}`);
  if (byId !== undefined) {
    return { registered: byId, namesakes: [] };
  }
  const byName = await findRunnersByName(client, runner);
  log.debug(`GitHub on runners named "${runner.name}": ${JSON.stringify(byName)}`);
  return {
    registered: byName.find((found) => isSame(found, runner)),
    namesakes: byName.filter((found) => !isSame(found, runner)),
  };
}

function describeNamesakes(namesakes: RegisteredRunner[]): { detail?: string } {
  return namesakes.length === 0
    ? {}
    : {
        detail: `GitHub knows a runner of this name with the id ${namesakes.map(({ id }) => id).join(', ')}, which is not this one and was left alone.`,
      };
}

/**
 * Lets the runner deregister itself: GitHub refuses that while it runs a job, so that no job can be killed.
 *
 * @returns `local configuration left` when GitHub deregistered it all the same
 */
async function deregisterItself(
  { candidate, runner, client, log, print }: Task,
  removeToken: string,
): Promise<'done' | 'local configuration left'> {
  const { directory } = candidate.installation;
  log.debug(`config.sh remove begins in ${directory}; .service is there: ${await isService(directory)}`);
  const result = await deregister(candidate.script, removeToken);
  print(result.output);
  const isLeft = await isConfigured(directory);
  log.debug(`config.sh remove ended: exit code ${result.exitCode}, local configuration left: ${isLeft}`);
  if (result.exitCode === 0 && !isLeft) {
    return 'done';
  }
  // GitHub is asked what happened; where it does not answer, what the script said has to do.
  const registered = await getRunner(client, runner).catch(() => 'unknown' as const);
  if (registered === undefined) {
    return 'local configuration left';
  }
  if ((registered !== 'unknown' && registered.busy) || /running a job/i.test(result.output)) {
    throw busy(candidate, 'GitHub refused to remove it because it runs a job.');
  }
  throw new Failure('removal-failed', {
    happened: `${nameOf(candidate)} was not removed: config.sh remove ended with exit code ${result.exitCode}, "${lastLineOf(result)}".`,
    cause: "The runner's own removal could not do its work; its output is in the log above.",
    remedy: 'Mend what the output names and run the job again: nothing has to be undone first.',
  });
}

async function deleteThroughApi({ candidate, runner, client }: Task): Promise<void> {
  if ((await deleteRunner(client, runner)) === 'busy') {
    throw busy(candidate, 'GitHub refused to delete it because it runs a job.');
  }
}

/** Removes what is left on this machine of a runner that GitHub does not know, or not any more. */
async function finishLocally(task: Task): Promise<void> {
  await removeConfiguration(task.candidate, task);
  await stop(task);
}

async function removeConfiguration(
  { installation: { directory }, script }: Candidate,
  { print, log }: RemovalTools,
): Promise<void> {
  const result = await removeLocalConfiguration(script);
  print(result.output);
  log.debug(`config.sh remove --local in ${directory} ended: exit code ${result.exitCode}`);
  if (result.exitCode !== 0 || (await isConfigured(directory))) {
    throw new Failure('removal-failed', {
      happened: `GitHub does not know the runner in ${directory}, but its local configuration was not removed: config.sh remove --local ended with exit code ${result.exitCode}, "${lastLineOf(result)}".`,
      cause:
        'A runner older than 2.301 does not know --local, or a file of the installation cannot be deleted.',
      remedy: `Delete .runner, .credentials and .credentials_rsaparams in ${directory} by hand: they are of no use any more.`,
    });
  }
}

async function stop({ candidate, print }: { candidate: Candidate } & RemovalTools): Promise<void> {
  if (!(await retire(candidate, print))) {
    throw new Failure('runner-busy', {
      happened: `${nameOf(candidate)} was deregistered, and is still running: a job began at that very moment.`,
      cause: 'GitHub had handed out the job and did not count it yet.',
      remedy: 'Run this again when the job has ended. It will uninstall the service, or stop the listener.',
    });
  }
}

/** Asks GitHub whether the runner is gone, and finishes the job through the API where it is not. */
async function confirm(task: Task): Promise<Outcome> {
  const { candidate, runner, client, log } = task;
  let registered: RegisteredRunner | undefined;
  try {
    registered = await getRunner(client, runner);
  } catch (error) {
    return { result: 'unconfirmed', detail: Failure.from(error).message };
  }
  log.debug(`Proof: GitHub still lists the runner: ${registered !== undefined}`);
  if (registered === undefined) {
    return { result: 'removed' };
  }
  log.warning(
    `${nameOf(candidate)} (id ${runner.id}) is still registered although its own removal reported success. It is deleted through the API.`,
  );
  await deleteThroughApi(task);
  if ((await getRunner(client, runner)) !== undefined) {
    throw new Failure('still-registered', {
      happened: `${nameOf(candidate)} (id ${runner.id}) is still registered, although GitHub accepted its deletion.`,
      cause: 'GitHub has a problem of its own, or its answers lag behind.',
      remedy: 'Run the job again in a few minutes; if the runner is still listed, delete it in the settings.',
    });
  }
  return {
    result: 'removed',
    detail: 'It was deleted through the API: its own removal had reported success and left it registered.',
  };
}

function busy(candidate: Candidate, cause: string): Failure {
  if (candidate.runner?.executesThisJob) {
    return new Failure('runner-runs-this-job', {
      happened: `${nameOf(candidate)} runs this very job and was not touched.`,
      cause: 'GitHub does not remove a runner while it runs a job, and this step is part of one.',
      remedy:
        'Use remove: after-job, which removes it when this job has ended, or run the step on another runner.',
    });
  }
  return new Failure('runner-busy', {
    happened: `${nameOf(candidate)} runs a job and was not touched.`,
    cause,
    remedy: 'Run this again when the job has ended.',
  });
}

function nameOf({ installation, runner }: Candidate): string {
  return `The runner ${runner === undefined ? '' : `"${runner.name}" `}in ${installation.directory}`;
}

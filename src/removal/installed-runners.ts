import pLimit, { type LimitFunction } from 'p-limit';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import type { InstalledRemoval } from '../inputs.ts';
import { webPath } from '../registration.ts';
import type { RunnerReport } from '../report.ts';
import { refuseContainer, requireCurrentJobInstallation } from '../runner/current-job.ts';
import { findDirectories } from '../runner/directories.ts';
import { isConfigured } from '../runner/installation.ts';
import { scheduleRemoval } from './after-job.ts';
import { cancellationFailure } from './cancellation.ts';
import { type CheckedInstallation, checkInstallation, type InstalledRunner } from './check-installation.ts';
import { removeLeftovers, removeRunner } from './remove-runner.ts';
import { failedAttempt, type Outcome, type RemovalAttempt, type RunnerResult } from './result.ts';
import {
  createWaiting,
  describeSkippedWait,
  explainExpiredToken,
  isTransient,
  type Waiting,
} from './waiting.ts';

/** `config.sh` needs much processor time: more gain little on a machine with two cores. */
const maximumParallel = 4;

/**
 * Removes the runners of this machine: checks every installation, requests one remove token per registration, then removes
 * up to four runners in parallel. The runner that executes this job is left to the post step.
 *
 * @returns a result per runner, in the order of the directories
 * @throws Failure before anything is changed: an installation cannot be used, or a token is refused
 */
export async function removeInstalledRunners(
  removal: InstalledRemoval,
  context: Context,
): Promise<RunnerResult[]> {
  const { machine, removeTokens, inputs, log } = context;
  const own = removal.when === 'after-job' ? await requireCurrentJobInstallation(machine) : undefined;
  refuseContainer('runner-directory', machine);
  const found = await findDirectories(removal.directories, machine.platform, log);
  const directories = own === undefined ? found : [own, ...found.filter((directory) => directory !== own)];
  const installations: CheckedInstallation[] = [];
  for (const directory of directories) {
    installations.push(await checkInstallation(directory, context));
  }
  for (const { runner } of installations) {
    if (runner !== undefined) {
      await removeTokens.for(runner);
    }
  }
  const run: Run = {
    context,
    removal,
    waiting: createWaiting(removal.waitMinutes, context.cancellation.requested, context),
    limit: pLimit(maximumParallel),
  };
  return Promise.all(
    installations.map(async (checked) => {
      const { report, failure } = await removeWhenIdle(checked, checked.directory === own, run);
      return {
        report: { ...describeRunner(checked, inputs.server.webUrl), ...report },
        ...(failure && { failure }),
      };
    }),
  );
}

/** What the removals of a run share. */
interface Run {
  readonly context: Context;
  readonly removal: InstalledRemoval;
  readonly waiting: Waiting;
  readonly limit: LimitFunction;
}

/** Tries again while the runner is busy, as long as the step may wait. The wait does not hold up other runners. */
async function removeWhenIdle(
  checked: CheckedInstallation,
  isOwn: boolean,
  run: Run,
): Promise<RemovalAttempt> {
  const { context, removal, waiting, limit } = run;
  const { directory, runner } = checked;
  for (let polls = 0; ; polls += 1) {
    const attempt = await limit(attemptRemoval, checked, isOwn, polls > 0, run);
    const mayWait = attempt.failure?.kind === 'runner-busy' || (polls > 0 && isTransient(attempt.failure));
    if (!mayWait || removal.waitMinutes === 0) {
      return attempt;
    }
    if (removal.dryRun) {
      return { report: { result: 'would-remove', detail: describeSkippedWait('busy', removal.waitMinutes) } };
    }
    if (!(await waiting.poll(`"${runner?.name ?? directory}" (busy)`, polls))) {
      return context.cancellation.requested.aborted ? notAttempted(checked) : attempt;
    }
  }
}

async function notAttempted({ directory, runner }: CheckedInstallation): Promise<RemovalAttempt> {
  if (runner !== undefined && !(await isConfigured(directory))) {
    // By an attempt before the wait.
    return failedAttempt(
      cancellationFailure(
        `The removal of the runner in ${directory} was interrupted while a job was running. Its local configuration is already deleted.`,
      ),
    );
  }
  const failure = cancellationFailure(
    `The runner in ${directory} was not removed: the step was cancelled before its turn.`,
  );
  return { report: { result: 'not-attempted' }, failure };
}

/** @param again whether the installation may have changed since it was checked */
async function attemptRemoval(
  checked: CheckedInstallation,
  isOwn: boolean,
  again: boolean,
  { removal, context }: Run,
): Promise<RemovalAttempt> {
  const { directory } = checked;
  const { requested, deadline, abandoned } = context.cancellation;
  if (requested.aborted) {
    return notAttempted(checked);
  }
  const printed: string[] = [];
  const print = (output: string) => printed.push(output.trimEnd());
  const work = async () => {
    const current = again ? await checkInstallation(directory, context) : checked;
    // An earlier attempt may have deleted .runner, without which GitHub is not checked, or uninstalled the service.
    const { runner = checked.runner } = current;
    requireSameRunner(runner, checked);
    const { hasService } = checked;
    return remove({ ...current, runner, hasService }, isOwn, removal.dryRun, print, context);
  };
  try {
    return { report: await unlessAborted(abandoned, work()) };
  } catch (error) {
    const cause = explainExpiredToken(Failure.from(error));
    const failure = deadline.aborted
      ? cancellationFailure(
          `The removal of the runner in ${directory} was interrupted. ${cause.explanation.happened}`,
          cause,
        )
      : cause;
    return failedAttempt(failure);
  } finally {
    if (printed.length > 0) {
      context.log.group(`Output of the runner's scripts in ${directory}`, printed.join('\n'));
    }
  }
}

/** Somebody can configure the installation again during a wait. The new runner was not selected. */
function requireSameRunner(runner: InstalledRunner | undefined, checked: CheckedInstallation): void {
  if (runner?.id !== checked.runner?.id) {
    throw new Failure('removal-failed', {
      happened: `The installation in ${checked.directory} was configured again while the step waited. The new runner was left unchanged.`,
      cause: 'The step removes only the runner that was installed there when the step started.',
      remedy: 'To remove the new runner too, re-run the step.',
    });
  }
}

/** The result of the work, unless the signal is aborted first: a program of another account cannot be terminated. */
async function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

async function remove(
  checked: CheckedInstallation,
  isOwn: boolean,
  dryRun: boolean,
  print: (output: string) => void,
  context: Context,
): Promise<Outcome> {
  const { runner } = checked;
  if (runner === undefined) {
    return removeLeftovers(checked, dryRun, print, context);
  }
  if (isOwn) {
    return scheduleRemoval(checked, runner, dryRun, context);
  }
  const { token } = await context.removeTokens.for(runner);
  return removeRunner({ ...checked, runner }, token, dryRun, print, context);
}

function describeRunner(
  { directory, runner }: CheckedInstallation,
  webUrl: string,
): Omit<RunnerReport, 'result'> {
  return {
    directory,
    name: runner?.name ?? null,
    id: runner?.id ?? null,
    registration: runner === undefined ? null : `${webUrl}/${webPath(runner.registration)}`,
  };
}

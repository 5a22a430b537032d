import pLimit from 'p-limit';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import type { Removal } from '../inputs.ts';
import { webPath } from '../registration.ts';
import type { RunnerReport } from '../report.ts';
import { requireCurrentJobInstallation } from '../runner/current-job.ts';
import { findDirectories } from '../runner/directories.ts';
import { scheduleRemoval } from './after-job.ts';
import { cancellationFailure } from './cancellation.ts';
import { type CheckedInstallation, checkInstallation } from './check-installation.ts';
import { type Outcome, removeLeftovers, removeRunner } from './remove-runner.ts';

// The one entry to what only a removal loads.
export { startBackgroundRemoval } from './after-job.ts';
export { watchForCancellation } from './cancellation.ts';

/** More gain little on two cores: `config.sh` computes (`npm run bench`). */
const maximumParallel = 4;

/** What became of a runner, with the failure if it was not removed. */
export interface RunnerResult {
  readonly report: RunnerReport;
  readonly failure?: Failure;
}

/**
 * Removes the runners of this machine: checks every installation, requests one remove token per registration, then removes
 * up to four runners in parallel. The runner that executes this job is left to the post step.
 *
 * @returns a result per runner, in the order of the directories
 * @throws Failure before anything is changed: an installation cannot be used, or a token is refused
 */
export async function removeRunners(removal: Removal, context: Context): Promise<RunnerResult[]> {
  const { machine, removeTokens, inputs, log } = context;
  const own = removal.when === 'after-job' ? await requireCurrentJobInstallation(machine) : undefined;
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
  const limit = pLimit(maximumParallel);
  return Promise.all(
    installations.map((checked) =>
      limit(async () => {
        const { report, failure } = await attemptRemoval(
          checked,
          checked.directory === own,
          removal,
          context,
        );
        return {
          report: { ...describeRunner(checked, inputs.server.webUrl), ...report },
          ...(failure && { failure }),
        };
      }),
    ),
  );
}

async function attemptRemoval(
  checked: CheckedInstallation,
  isOwn: boolean,
  { dryRun }: Removal,
  context: Context,
): Promise<{ report: Pick<RunnerReport, 'result' | 'detail'>; failure?: Failure }> {
  const { requested, deadline, abandoned } = context.cancellation;
  if (requested.aborted) {
    const failure = cancellationFailure(
      `The runner in ${checked.directory} was not removed: the step was cancelled before its turn.`,
    );
    return { report: { result: 'not-attempted' }, failure };
  }
  const printed: string[] = [];
  const print = (output: string) => printed.push(output.trimEnd());
  try {
    return { report: await unlessAborted(abandoned, remove(checked, isOwn, dryRun, print, context)) };
  } catch (error) {
    const cause = Failure.from(error);
    const failure = deadline.aborted
      ? cancellationFailure(
          `The removal of the runner in ${checked.directory} was interrupted: the step was cancelled. ${cause.explanation.happened}`,
          cause,
        )
      : cause;
    return { report: { result: 'failed', detail: failure.message }, failure };
  } finally {
    if (printed.length > 0) {
      context.log.group(`Output of the runner's scripts in ${checked.directory}`, printed.join('\n'));
    }
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
  return removeRunner({ ...checked, runner }, token.token, dryRun, print, context);
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

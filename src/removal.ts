import pLimit from 'p-limit';
import { scheduleRemoval } from './after-job.ts';
import { cancellation } from './cancellation.ts';
import { type Candidate, checkCandidate, type Machine } from './candidate.ts';
import { Failure } from './failure.ts';
import type { Client } from './github/client.ts';
import type { Grants } from './grants.ts';
import type { Inputs, RunnerRemoval } from './inputs.ts';
import type { Log } from './log.ts';
import { webPath } from './registration.ts';
import { type Outcome, removeLeftovers, removeRunner } from './remove-runner.ts';
import { findDirectories } from './runner/directories.ts';
import { requireInstallationOfThisJob } from './runner/this-job.ts';
import type { Secrets } from './secrets.ts';

// One door to all that is loaded for a removal only.
export { handToBackground } from './after-job.ts';
export { watchForCancellation } from './cancellation.ts';

/** So many runners are removed side by side: on two cores, more gain little where config.sh computes (`npm run bench`). */
export const defaultParallel = 4;

/** What became of a runner: an element of the output `runners`. What is not known is `null`. */
export interface RunnerReport {
  /** The root of its installation. */
  readonly directory: string;
  readonly name: string | null;
  readonly id: number | null;
  /** The web address of the repository, organization or enterprise. */
  readonly registration: string | null;
  readonly result: Outcome['result'] | 'not-attempted' | 'failed';
  readonly detail?: string;
}

/** A runner's report, and the failure where it was not removed. */
export interface Ending {
  readonly report: RunnerReport;
  readonly failure?: Failure;
}

/** What the removal of runners needs. */
export interface Tools {
  readonly client: Client;
  readonly grants: Grants;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly machine: Machine;
  /** Is aborted when the step is cancelled. */
  readonly cancelled: AbortSignal;
}

/**
 * Takes runners out of service: checks them all on this machine, asks for one remove token per registration, then
 * removes them, a few side by side. The runner that executes this job is left for the post step.
 *
 * @param parallel how many side by side
 * @returns an ending per runner, in the order of the directories
 * @throws Failure before anything is changed: for an installation that cannot be used, for a token that is refused
 */
export async function removeRunners(
  inputs: Inputs,
  { when, directories, dryRun }: RunnerRemoval,
  tools: Tools,
  parallel = defaultParallel,
): Promise<Ending[]> {
  const { machine, grants, log } = tools;
  const own = when === 'after-job' ? requireInstallationOfThisJob(machine) : undefined;
  const named = own === undefined ? directories : [own, ...directories];
  const candidates: Candidate[] = [];
  for (const directory of await findDirectories(named, machine.platform, log)) {
    candidates.push(await checkCandidate(directory, inputs, tools));
  }
  for (const { runner } of candidates) {
    if (runner !== undefined) {
      await grants.for(runner);
    }
  }
  const limit = pLimit(parallel);
  return Promise.all(
    candidates.map((candidate) =>
      limit(async () => {
        const isOwn = candidate.installation.directory === own;
        const ending = await endingOf(candidate, isOwn, dryRun, tools);
        return {
          ...ending,
          report: { ...describeCandidate(candidate, inputs.server.webUrl), ...ending.report },
        };
      }),
    ),
  );
}

async function endingOf(
  candidate: Candidate,
  isOwn: boolean,
  dryRun: boolean,
  tools: Tools,
): Promise<{ report: Pick<RunnerReport, 'result' | 'detail'>; failure?: Failure }> {
  if (tools.cancelled.aborted) {
    const failure = cancellation(
      `The runner in ${candidate.installation.directory} was not removed: the step was cancelled before its turn.`,
    );
    return { report: { result: 'not-attempted' }, failure };
  }
  const printed: string[] = [];
  try {
    return {
      report: await remove(candidate, isOwn, dryRun, (output) => printed.push(output.trimEnd()), tools),
    };
  } catch (error) {
    const failure = Failure.from(error);
    return { report: { result: 'failed', detail: failure.message }, failure };
  } finally {
    if (printed.length > 0) {
      tools.log.group(`What the scripts in ${candidate.installation.directory} printed`, printed.join('\n'));
    }
  }
}

async function remove(
  candidate: Candidate,
  isOwn: boolean,
  dryRun: boolean,
  print: (output: string) => void,
  { client, grants, log }: Tools,
): Promise<Outcome> {
  const { runner } = candidate;
  if (runner === undefined) {
    return removeLeftovers(candidate, dryRun, { client, log, print });
  }
  if (isOwn) {
    return scheduleRemoval(candidate, runner, dryRun, { client, log });
  }
  const { token } = await grants.for(runner);
  return removeRunner(candidate, runner, token.token, dryRun, { client, log, print });
}

function describeCandidate(
  { installation, runner }: Candidate,
  webUrl: string,
): Omit<RunnerReport, 'result'> {
  return {
    directory: installation.directory,
    name: runner?.name ?? null,
    id: runner?.id ?? null,
    registration: runner === undefined ? null : `${webUrl}/${webPath(runner.registration)}`,
  };
}

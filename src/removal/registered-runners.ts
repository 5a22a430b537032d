import pLimit, { type LimitFunction } from 'p-limit';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { deleteRunner, findRunnersByName, getRunner, type RegisteredRunner } from '../github/runners.ts';
import type { RegisteredRemoval } from '../inputs.ts';
import { describeRegistration, webPath } from '../registration.ts';
import type { RunnerReport } from '../report.ts';
import { isCurrentRunnerName } from '../runner/current-job.ts';
import { type Target, targetOfInputs } from '../target.ts';
import { cancellationFailure } from './cancellation.ts';
import { confirmDeletion } from './confirm-deletion.ts';
import { createPacer, type Pacer, pointsOf } from './pacing.ts';
import { failedAttempt, type Outcome, type RemovalAttempt, type RunnerResult } from './result.ts';
import { type SelectedRunner, selectRunners } from './select-runners.ts';
import {
  createWaiting,
  describeMinutes,
  describeSkippedWait,
  describeSome,
  explainExpiredToken,
  isTransient,
  type Waiting,
} from './waiting.ts';

const minute = 60_000;
const maximumParallel = 4;
/** Failures that the removals of all other runners would have too. */
const sharedFailures: readonly Failure['kind'][] = [
  'bad-credentials',
  'github-token-not-allowed',
  'missing-permission',
  'sso-required',
  'ip-not-allowed',
  'not-found',
  'rate-limited',
  'network',
  'tls',
  'proxy',
];

/** Why a runner may not be deleted now. */
type Obstacle = 'busy' | 'online' | 'runs this job';

type Attempt = RemovalAttempt | { readonly leftAlone: Obstacle };

/** What the removals of a run share. */
interface Run {
  readonly context: Context;
  readonly removal: RegisteredRemoval;
  readonly target: Target;
  readonly waiting: Waiting;
  readonly pacer: Pacer;
  readonly limit: LimitFunction;
  /** Aborted by a failure that all removals share. */
  readonly failed: AbortController;
  /** Aborted by that, or by a cancellation: nothing new is started. */
  readonly stopped: AbortSignal;
}

/**
 * Deletes registered runners through the API, wherever their machines are: those that the inputs select, that are not busy,
 * and that have been offline for as long as the inputs say.
 *
 * @returns a result for each full name and each deleted runner. Other runners that are busy or online are left alone.
 * @throws Failure before anything is changed
 */
export async function removeRegisteredRunners(
  removal: RegisteredRemoval,
  context: Context,
): Promise<RunnerResult[]> {
  const { inputs, removeTokens, cancellation, clock } = context;
  const target = targetOfInputs(inputs);
  // Proves admin rights: from here on, a 404 means that a runner is not registered.
  await removeTokens.for(target);
  const selected = await selectRunners(removal, target.registration, context);

  const failed = new AbortController();
  const stopped = AbortSignal.any([cancellation.requested, failed.signal]);
  const run: Run = {
    context,
    removal,
    target,
    waiting: createWaiting(removal.waitMinutes, stopped, context),
    pacer: createPacer(clock),
    limit: pLimit(maximumParallel),
    failed,
    stopped,
  };
  announceOfflineTime(selected, run);
  const logProgress = createProgress(selected.length, context);
  const attempts = await Promise.all(
    selected.map(async (runner) => {
      const attempt = await attemptRemoval(runner, run);
      logProgress();
      return { runner, attempt };
    }),
  );

  logLeftAlone(attempts, context);
  const results = attempts.flatMap(({ runner, attempt }) =>
    'report' in attempt
      ? [{ ...attempt, report: { ...describeRunner(runner, run), ...attempt.report } }]
      : [],
  );
  return cancellation.requested.aborted ? withCancellationFailure(results) : results;
}

/** Logs a line a minute: a large removal takes many. */
function createProgress(total: number, { clock, log }: Context): () => void {
  let done = 0;
  let nextLine = clock.now() + minute;
  return () => {
    done += 1;
    if (clock.now() >= nextLine && done < total) {
      nextLine = clock.now() + minute;
      log.info(`Done: ${done} of ${total} runners.`);
    }
  };
}

/** One line for all: a sweep can select hundreds of runners. */
function announceOfflineTime(selected: readonly SelectedRunner[], run: Run): void {
  const waiting = selected.filter(
    (runner) => runner.registered && !obstacleOf(runner.registered, run) && offlineTime(runner, run) > 0,
  );
  const [first] = waiting;
  if (first !== undefined && !run.removal.dryRun) {
    const names = describeSome(waiting.map(({ name }) => `"${name}"`));
    run.context.log.info(
      `Waiting ${describeMinutes(offlineTime(first, run) / minute)}: only runners that are still offline then are removed (${names}).`,
    );
  }
}

function logLeftAlone(
  attempts: readonly { runner: SelectedRunner; attempt: Attempt }[],
  { log }: Context,
): void {
  for (const obstacle of ['busy', 'online', 'runs this job'] satisfies Obstacle[]) {
    const names = attempts
      .filter(({ attempt }) => 'leftAlone' in attempt && attempt.leftAlone === obstacle)
      .map(({ runner }) => runner.name);
    if (names.length > 0) {
      log.info(`Left alone: ${names.length} (${obstacle}).`);
      log.debug(`Left alone (${obstacle}): ${names.join(', ')}`);
    }
  }
}

/** One failure for all runners that were not attempted. */
function withCancellationFailure(results: readonly RunnerResult[]): RunnerResult[] {
  const skipped = results.filter(({ report }) => report.result === 'not-attempted');
  const happened =
    skipped.length === 1
      ? `The runner "${skipped[0]?.report.name}" was not removed: the step was cancelled before its turn.`
      : `${skipped.length} runners were not removed: the step was cancelled before their turn.`;
  return results.map((result) =>
    result === skipped[0] ? { ...result, failure: cancellationFailure(happened) } : result,
  );
}

async function attemptRemoval(selected: SelectedRunner, run: Run): Promise<Attempt> {
  const { failed, stopped } = run;
  try {
    const outcome = run.removal.dryRun ? predict(selected, run) : await remove(selected, run);
    if (typeof outcome !== 'string') {
      return { report: outcome };
    }
    if (!selected.isNamed) {
      return { leftAlone: outcome };
    }
    return failedAttempt(obstacleFailure(selected.name, outcome, run));
  } catch (error) {
    if (stopped.aborted && error === stopped.reason) {
      const detail = 'The step stopped after the failure of another runner.';
      return { report: { result: 'not-attempted', ...(failed.signal.aborted && { detail }) } };
    }
    const failure = explainExpiredToken(Failure.from(error));
    const attempt = failedAttempt(failure);
    if (!sharedFailures.includes(failure.kind)) {
      return attempt;
    }
    const isFirst = !failed.signal.aborted;
    failed.abort();
    return isFirst ? attempt : { report: attempt.report };
  }
}

/** Says what would happen now. A dry run does not wait. */
function predict(selected: SelectedRunner, run: Run): Outcome | Obstacle {
  const { registered } = selected;
  if (registered === undefined) {
    return describeUnknown(run);
  }
  const obstacle = obstacleOf(registered, run);
  if (obstacle === undefined) {
    const time = describeMinutes(offlineTime(selected, run) / minute);
    const isWaitedFor = offlineTime(selected, run) > 0;
    return {
      result: 'would-remove',
      ...(isWaitedFor && { detail: `If it is still offline after ${time}.` }),
    };
  }
  return mayWaitFor(obstacle, selected, run)
    ? { result: 'would-remove', detail: describeSkippedWait(obstacle, run.removal.waitMinutes) }
    : obstacle;
}

/**
 * Removes a runner, after the waits that it needs.
 *
 * @returns the outcome, or why the runner was left alone
 * @throws Failure, or the reason of `stopped`
 */
async function remove(selected: SelectedRunner, run: Run): Promise<Outcome | Obstacle> {
  const { context, waiting, stopped, limit } = run;
  const { clock } = context;
  if (selected.registered === undefined) {
    return describeUnknown(run);
  }
  let runner: RegisteredRunner = selected.registered;
  let offlineSince = selected.readAt;
  for (let polls = 0; ; ) {
    const obstacle = obstacleOf(runner, run);
    let current: RegisteredRunner | Outcome;
    if (obstacle === undefined) {
      await clock.sleep(Math.max(offlineSince + offlineTime(selected, run) - clock.now(), 0), stopped);
      current = await limit(deleteIfAllowed, runner, run);
    } else if (
      mayWaitFor(obstacle, selected, run) &&
      (await waiting.poll(`"${runner.name}" (${obstacle})`, polls))
    ) {
      polls += 1;
      current = await readAgain(runner, run);
    } else {
      stopped.throwIfAborted();
      return obstacle;
    }
    if ('result' in current) {
      if (selected.isNamed && current.result === 'already-removed') {
        await requireNoSuccessor(runner, run);
      }
      return current;
    }
    if (runner.status !== 'offline') {
      offlineSince = clock.now();
    }
    runner = current;
  }
}

/**
 * A runner that was named in full is gone, but one that was registered since then can have its name: an ephemeral runner
 * in a container, for example, registers again after each job.
 *
 * @throws Failure `removal-failed`
 */
async function requireNoSuccessor({ id, name }: RegisteredRunner, run: Run): Promise<void> {
  const { context, target, pacer, stopped } = run;
  const { registration } = target;
  await pacer.spend(pointsOf.read, stopped);
  const found = await findRunnersByName(context.client, { registration, name });
  const [successor] = found.filter((runner) => runner.id !== id);
  if (successor !== undefined) {
    throw new Failure('removal-failed', {
      happened: `The runner "${name}" (ID ${id}) of ${describeRegistration(registration)} is gone, but GitHub lists a new runner with this name (ID ${successor.id}), which was left unchanged.`,
      cause: 'The new runner was registered while the step ran.',
      remedy:
        'Re-run the step to remove the new runner. If it is to stay, remove its name from "runner-name".',
    });
  }
}

/** The name may also be that of a runner of another registration. */
function describeUnknown({ target }: Run): Outcome {
  return {
    result: 'already-removed',
    detail: `GitHub lists no runner with this name in ${describeRegistration(target.registration)}.`,
  };
}

function obstacleOf({ name, busy, status }: RegisteredRunner, run: Run): Obstacle | undefined {
  const { context, removal } = run;
  if (isCurrentRunnerName(name, context.machine)) {
    return 'runs this job';
  }
  if (busy) {
    return 'busy';
  }
  return removal.status === 'offline' && status === 'online' ? 'online' : undefined;
}

/** A pattern can match many runners that stay online, so it does not wait until they are offline. */
function mayWaitFor(obstacle: Obstacle, { isNamed }: SelectedRunner, { removal }: Run): boolean {
  return removal.waitMinutes > 0 && obstacle !== 'runs this job' && (isNamed || removal.status === 'any');
}

/** How long the runner must have been seen offline, in milliseconds. */
function offlineTime({ isNamed }: SelectedRunner, { removal }: Run): number {
  const { status, offlineMinutes = isNamed ? 0 : 5 } = removal;
  return status === 'any' ? 0 : offlineMinutes * minute;
}

/** Reads a runner again during a wait, which outlasts a transient error. */
async function readAgain(known: RegisteredRunner, run: Run): Promise<RegisteredRunner | Outcome> {
  try {
    return await read(known, run);
  } catch (error) {
    if (!isTransient(error)) {
      throw error;
    }
    run.context.log.info(`${error.explanation.happened} The step continues to wait.`);
    return known;
  }
}

/** @param points what this read and the requests that follow it cost */
async function read(
  { id, name }: RegisteredRunner,
  { context, target, pacer, stopped }: Run,
  points: number = pointsOf.read,
): Promise<RegisteredRunner | Outcome> {
  await pacer.spend(points, stopped);
  // Requests a new token after a long wait, which proves the admin rights again.
  await context.removeTokens.for(target);
  const runner = await getRunner(context.client, { registration: target.registration, id, name });
  context.log.debug(`GitHub on the runner with ID ${id}: ${JSON.stringify(runner) ?? 'not found'}`);
  return runner ?? { result: 'already-removed' };
}

/**
 * Deletes a runner if its state still allows it, and verifies that it is gone.
 *
 * @returns the runner as it is now if it was not deleted
 */
async function deleteIfAllowed(known: RegisteredRunner, run: Run): Promise<RegisteredRunner | Outcome> {
  const { context, target } = run;
  const { client } = context;
  const runner = await read(known, run, 2 * pointsOf.read + pointsOf.delete);
  if ('result' in runner || obstacleOf(runner, run) !== undefined) {
    return runner;
  }
  const identity = { registration: target.registration, id: runner.id, name: runner.name };
  const mayRetry = async () => {
    const current = await getRunner(client, identity);
    return current === undefined || obstacleOf(current, run) === undefined;
  };
  if ((await deleteRunner(client, identity, mayRetry)) === 'busy') {
    return { ...runner, busy: true };
  }
  return confirmDeletion(identity, `The runner "${runner.name}"`, context);
}

function obstacleFailure(name: string, obstacle: Obstacle, { removal, target }: Run): Failure {
  const who = `The runner "${name}" of ${describeRegistration(target.registration)}`;
  const hasWaited = removal.waitMinutes > 0 && !removal.dryRun;
  const still = hasWaited ? 'still ' : '';
  const waited = hasWaited ? ` after ${describeMinutes(removal.waitMinutes)}` : '';
  switch (obstacle) {
    case 'busy':
      return new Failure('runner-busy', {
        happened: `${who} is ${still}running a job${waited} and was left unchanged.`,
        cause: 'GitHub lists it as busy, or refused to delete it because it is running a job.',
        remedy: 'Re-run the step after the job, or set "wait-minutes" to the time that the job may take.',
      });
    case 'online':
      return new Failure('runner-online', {
        happened: `${who} is ${still}online${waited} and was left unchanged.`,
        cause: 'Only offline runners are removed: the input "runner-status" is "offline".',
        remedy:
          'Stop the runner first, or set "wait-minutes" to wait until it is offline. To remove an idle runner that is online, use "runner-status: any".',
      });
    case 'runs this job':
      return new Failure('runner-runs-this-job', {
        happened: `${who} was left unchanged: it has the name of the runner that executes this job.`,
        cause: 'GitHub does not remove a runner while it runs a job.',
        remedy: 'Use "remove: after-job", or run the step on another runner.',
      });
  }
}

function describeRunner(
  { name, registered }: SelectedRunner,
  { context, target }: Run,
): Omit<RunnerReport, 'result'> {
  return {
    directory: null,
    name,
    id: registered?.id ?? null,
    registration: `${context.inputs.server.webUrl}/${webPath(target.registration)}`,
  };
}

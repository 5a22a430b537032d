import pLimit, { type LimitFunction } from 'p-limit';
import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { deleteRunner, getRunner, type RegisteredRunner } from '../github/runners.ts';
import type { RegisteredRemoval } from '../inputs.ts';
import { describeRegistration, type Registration, webPath } from '../registration.ts';
import type { RunnerReport } from '../report.ts';
import { isCurrentRunnerName } from '../runner/current-job.ts';
import { targetOfInputs } from '../target.ts';
import { cancellationFailure } from './cancellation.ts';
import { createPacer, type Pacer, pointsOf } from './pacing.ts';
import type { RunnerResult } from './result.ts';
import { type SelectedRunner, selectRunners } from './select-runners.ts';
import { createWaiting, describeRunners, explainExpiredToken, type Waiting } from './waiting.ts';

const minute = 60_000;
const maximumParallel = 4;
/** Milliseconds before each read after a deletion: GitHub may list the runner for another moment. */
const confirmationWaits = [0, 1_000, 3_000];
/** Failures that the removal of every other runner would have too. */
const sharedFailures: readonly Failure['kind'][] = [
  'bad-credentials',
  'github-token-not-allowed',
  'missing-permission',
  'sso-required',
  'ip-not-allowed',
];

/** Why a runner may not be deleted now. */
type Obstacle = 'busy' | 'online' | 'runs-this-job';

type Outcome = Pick<RunnerReport, 'result' | 'detail'>;

/** What the removals of a run share. */
interface Run {
  readonly context: Context;
  readonly removal: RegisteredRemoval;
  readonly registration: Registration;
  readonly waiting: Waiting;
  readonly pacer: Pacer;
  readonly limit: LimitFunction;
  /** Aborted by a cancellation, and by a failure that is shared by all removals. */
  readonly stop: AbortController;
}

/**
 * Deletes registered runners through the API, wherever their machines are: those that the inputs select, that are not busy,
 * and that have been offline for as long as the inputs say.
 *
 * @returns a result for each full name and each deleted runner; other runners that are alive are left alone
 * @throws Failure before anything is changed
 */
export async function removeRegisteredRunners(
  removal: RegisteredRemoval,
  context: Context,
): Promise<RunnerResult[]> {
  const { inputs, removeTokens, cancellation, clock, log } = context;
  const target = targetOfInputs(inputs);
  const { registration } = target;
  await removeTokens.for(target);
  const selected = await selectRunners(removal, registration, context);
  const stop = new AbortController();
  cancellation.requested.addEventListener('abort', () => stop.abort(), { once: true });
  const run: Run = {
    context,
    removal,
    registration,
    waiting: createWaiting(removal.waitMinutes, context),
    pacer: createPacer(clock),
    limit: pLimit(maximumParallel),
    stop,
  };
  announceWaits(selected, run);

  const leftAlone = new Map<Obstacle, string[]>();
  const results = await Promise.all(
    selected.map(async (runner) => {
      const result = await attemptRemoval(runner, run);
      if (typeof result !== 'string') {
        return { ...result, report: { ...describeRunner(runner, run), ...result.report } };
      }
      leftAlone.set(result, [...(leftAlone.get(result) ?? []), runner.name]);
      return undefined;
    }),
  );
  for (const [obstacle, names] of leftAlone) {
    log.info(
      `Left alone: ${names.length} matching ${names.length === 1 ? 'runner' : 'runners'} (${reasonOf[obstacle]}).`,
    );
    log.debug(`Left alone (${reasonOf[obstacle]}): ${names.join(', ')}`);
  }
  return results.filter((result) => result !== undefined);
}

const reasonOf: Record<Obstacle, string> = {
  busy: 'busy',
  online: 'online',
  'runs-this-job': 'runs this job',
};

/** One line for all: a sweep can select hundreds of runners. */
function announceWaits(selected: readonly SelectedRunner[], run: Run): void {
  const { removal, context } = run;
  if (removal.dryRun) {
    return;
  }
  const offline = selected.filter(
    (runner) => runner.registered && !obstacleOf(runner.registered, run) && offlineTime(runner, run) > 0,
  );
  const [first] = offline;
  if (first !== undefined) {
    const minutes = offlineTime(first, run) / minute;
    context.log.info(
      `Waiting ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} to see whether ${describeRunners(offline.map(({ name }) => name))} stay offline.`,
    );
  }
  const alive = selected.filter(({ registered, isNamed }) => {
    const obstacle = registered && obstacleOf(registered, run);
    return obstacle !== undefined && mayWaitFor(obstacle, isNamed, run);
  });
  if (alive.length > 0) {
    context.log.info(
      `Waiting up to ${removal.waitMinutes} minutes for ${describeRunners(alive.map(({ name }) => name))}.`,
    );
  }
}

/** @returns why the runner was left alone, if it was only matched */
async function attemptRemoval(
  selected: SelectedRunner,
  run: Run,
): Promise<{ report: Outcome; failure?: Failure } | Obstacle> {
  const { stop } = run;
  try {
    const outcome = await remove(selected, run);
    if (typeof outcome !== 'string') {
      return { report: outcome };
    }
    if (!selected.isNamed) {
      return outcome;
    }
    const failure = aliveFailure(selected.name, outcome, run);
    return { report: { result: 'failed', detail: failure.message }, failure };
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) {
      return notAttempted(selected, run);
    }
    const failure = explainExpiredToken(Failure.from(error));
    if (sharedFailures.includes(failure.kind)) {
      stop.abort();
    }
    return { report: { result: 'failed', detail: failure.message }, failure };
  }
}

function notAttempted({ name }: SelectedRunner, { context }: Run): { report: Outcome; failure?: Failure } {
  const report: Outcome = { result: 'not-attempted' };
  return context.cancellation.requested.aborted
    ? {
        report,
        failure: cancellationFailure(
          `The runner "${name}" was not removed: the step was cancelled before its turn.`,
        ),
      }
    : // Another runner's failure, which is reported, is this one's too.
      { report };
}

/**
 * Removes a runner, after the waits that it needs.
 *
 * @returns the outcome, or why the runner is left alone
 * @throws Failure, or the reason of `stop`
 */
async function remove(selected: SelectedRunner, run: Run): Promise<Outcome | Obstacle> {
  const { context, removal, waiting, stop, limit } = run;
  const { clock } = context;
  let runner = selected.registered;
  let offlineSince = selected.readAt;
  for (let polls = 0; runner !== undefined; polls += 1) {
    let obstacle = obstacleOf(runner, run);
    if (obstacle === undefined) {
      if (removal.dryRun) {
        return { result: 'would-remove' };
      }
      const left = offlineSince + offlineTime(selected, run) - clock.now();
      if (left > 0) {
        await clock.sleep(left, stop.signal);
      }
      const attempt = await limit(deleteUnlessAlive, runner, run);
      if ('result' in attempt) {
        return attempt;
      }
      ({ runner, obstacle } = attempt);
    }
    const mayWait = mayWaitFor(obstacle, selected.isNamed, run);
    if (removal.dryRun && mayWait) {
      return {
        result: 'would-remove',
        detail: `It is ${obstacle} now. The step would wait for up to ${removal.waitMinutes} minutes.`,
      };
    }
    if (!mayWait || !(await waiting.poll(runner.name, polls))) {
      stop.signal.throwIfAborted();
      return obstacle;
    }
    const wasOffline: boolean = runner.status === 'offline';
    runner = await read(runner, run);
    if (!wasOffline || runner?.status !== 'offline') {
      offlineSince = clock.now();
    }
  }
  return { result: 'already-removed' };
}

function obstacleOf({ name, busy, status }: RegisteredRunner, run: Run): Obstacle | undefined {
  const { context, removal } = run;
  if (isCurrentRunnerName(name, context.machine)) {
    return 'runs-this-job';
  }
  if (busy) {
    return 'busy';
  }
  return removal.status === 'offline' && status === 'online' ? 'online' : undefined;
}

/** Runners that are only matched are not waited for until they are offline: a pattern matches many that stay online. */
function mayWaitFor(obstacle: Obstacle, isNamed: boolean, { removal }: Run): boolean {
  return removal.waitMinutes > 0 && obstacle !== 'runs-this-job' && (isNamed || removal.status === 'any');
}

/** How long the runner must have been seen offline, in milliseconds. */
function offlineTime({ isNamed }: SelectedRunner, { removal }: Run): number {
  const { status, offlineMinutes = isNamed ? 0 : 5 } = removal;
  return status === 'any' ? 0 : offlineMinutes * minute;
}

async function read(
  { id, name }: RegisteredRunner,
  { context, registration, pacer, stop }: Run,
): Promise<RegisteredRunner | undefined> {
  await pacer.spend(pointsOf.read, stop.signal);
  return getRunner(context.client, { registration, id, name });
}

/** Deletes the runner if its state still allows it, and verifies that. */
async function deleteUnlessAlive(
  { id, name }: RegisteredRunner,
  run: Run,
): Promise<Outcome | { runner: RegisteredRunner; obstacle: Obstacle }> {
  const { context, registration, pacer, stop } = run;
  const identity = { registration, id, name };
  await pacer.spend(2 * pointsOf.read + pointsOf.delete, stop.signal);
  const runner = await getRunner(context.client, identity);
  if (runner === undefined) {
    return { result: 'already-removed' };
  }
  const obstacle = obstacleOf(runner, run);
  if (obstacle !== undefined) {
    return { runner, obstacle };
  }
  if ((await deleteRunner(context.client, identity)) === 'busy') {
    return { runner, obstacle: 'busy' };
  }
  try {
    for (const wait of confirmationWaits) {
      await context.clock.sleep(wait, context.cancellation.deadline);
      if ((await getRunner(context.client, identity)) === undefined) {
        return { result: 'removed' };
      }
    }
  } catch (error) {
    return { result: 'unconfirmed', detail: Failure.from(error).message };
  }
  throw new Failure('still-registered', {
    happened: `The runner "${name}" (ID ${id}) is still registered, although GitHub accepted its deletion.`,
    likelyCause: 'A problem or a delay on GitHub.',
    remedy:
      'Re-run the step in a few minutes. If the runner is still listed, delete it in the settings on GitHub.',
  });
}

function aliveFailure(name: string, obstacle: Obstacle, { removal, registration }: Run): Failure {
  const who = `The runner "${name}" of ${describeRegistration(registration)}`;
  const waited = removal.waitMinutes > 0 ? `, also after waiting for ${removal.waitMinutes} minutes` : '';
  switch (obstacle) {
    case 'busy':
      return new Failure('runner-busy', {
        happened: `${who} is running a job${waited}. It was left unchanged.`,
        cause: 'GitHub lists it as busy, or refused to delete it because it is running a job.',
        remedy: 'Re-run the step after the job, or set "wait-minutes" to the time that the job may take.',
      });
    case 'online':
      return new Failure('runner-online', {
        happened: `${who} is online${waited}. It was left unchanged.`,
        cause: 'The input "runner-status" is "offline", so only offline runners are removed.',
        remedy:
          'Stop the runner first, or set "wait-minutes" to wait until it is offline. To remove an idle runner that is online, set "runner-status: any".',
      });
    case 'runs-this-job':
      return new Failure('runner-runs-this-job', {
        happened: `${who} is running this job and was left unchanged.`,
        cause: 'GitHub does not remove a runner while it runs a job.',
        remedy: 'Use "remove: after-job", or run the step on another runner.',
      });
  }
}

function describeRunner(
  { name, registered }: SelectedRunner,
  { context, registration }: Run,
): Omit<RunnerReport, 'result'> {
  return {
    directory: null,
    name,
    id: registered?.id ?? null,
    registration: `${context.inputs.server.webUrl}/${webPath(registration)}`,
  };
}

import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import {
  deleteRunner,
  findRunnersByName,
  getRunner,
  isSameRunner,
  type RegisteredRunner,
} from '../github/runners.ts';
import {
  type ConfigScriptResult,
  configScriptName,
  removeLocalConfiguration,
  removeWithConfigScript,
} from '../runner/config-script.ts';
import { hasLeftovers, isConfigured } from '../runner/installation.ts';
import { processesOf } from '../runner/processes.ts';
import { describeExit, type ScriptContext } from '../runner/script.ts';
import { isService, stopRunner } from '../runner/service.ts';
import type { CheckedInstallation, InstalledRunner } from './check-installation.ts';
import { confirmDeletion } from './confirm-deletion.ts';
import type { Outcome } from './result.ts';
import { describeMinutes } from './waiting.ts';

/** Receives the output of the runner's scripts. */
type Print = (output: string) => void;

interface ConfiguredInstallation extends CheckedInstallation {
  readonly runner: InstalledRunner;
}

/**
 * Removes a runner and verifies that GitHub does not list it any more. Can be repeated after a crash at any point.
 *
 * @throws Failure if the runner was not removed
 */
export async function removeRunner(
  installation: ConfiguredInstallation,
  removeToken: string,
  dryRun: boolean,
  print: Print,
  context: Context,
): Promise<Outcome> {
  const { runner } = installation;
  await refuseDuringJob(installation, context);
  const { registered, namesakes } = await findRegistered(runner, context);
  if (registered?.busy) {
    throw await busyFailure(installation, 'GitHub lists it as busy.', context);
  }
  if (dryRun) {
    return registered === undefined
      ? {
          result: 'would-remove',
          detail: 'GitHub does not list it. Its local configuration would be removed.',
        }
      : { result: 'would-remove' };
  }
  if (registered === undefined) {
    await removeConfiguration(installation, print, context);
    await stop(installation, print);
    return { result: 'already-removed', ...describeNamesakes(namesakes) };
  }
  // The runner is stopped last: if that fails, the proof is not lost, and a registered runner stays in service.
  const outcome =
    runner.cannotDeregister === undefined
      ? await deregister(installation, removeToken, print, context)
      : await deleteRegistration(installation, print, context);
  await stop(installation, print);
  return outcome;
}

/**
 * Cleans up an installation without `.runner`.
 *
 * @throws Failure if that fails, or if a job runs in it
 */
export async function removeLeftovers(
  installation: CheckedInstallation,
  dryRun: boolean,
  print: Print,
  context: Context,
): Promise<Outcome> {
  const { directory, script } = installation;
  await refuseDuringJob(installation, context);
  const isLeft = await hasLeftovers(directory);
  const listeners = await processesOf(directory, 'Runner.Listener', script.platform);
  if (!isLeft && listeners.length === 0 && !(await isService(directory))) {
    return { result: 'already-removed', detail: 'The installation is not configured.' };
  }
  const unknown =
    'Without .runner, its name and ID are unknown: GitHub was not checked and may still list the runner.';
  if (dryRun) {
    return {
      result: 'would-remove',
      detail: `The installation is partly removed. The rest would be cleaned up. ${unknown}`,
    };
  }
  await removeConfiguration(installation, print, context);
  await stop(installation, print);
  return {
    result: 'already-removed',
    detail: `The installation was partly removed. The rest was cleaned up. ${unknown}`,
  };
}

/** GitHub has listed a runner as idle during a job: https://github.com/actions/runner/issues/4422 */
async function refuseDuringJob(installation: CheckedInstallation, context: Context): Promise<void> {
  const { directory, script } = installation;
  const workers = await processesOf(directory, 'Runner.Worker', script.platform);
  context.log.debug(
    `Runner.Worker processes of ${directory}: ${workers.map(({ id }) => id).join(', ') || 'none'}`,
  );
  // This job is certainly running, even if its worker is not visible to this account.
  if (workers.length > 0 || installation.runner?.runsCurrentJob) {
    throw await busyFailure(
      installation,
      'A Runner.Worker process of its installation is running on this machine.',
      context,
    );
  }
}

/** Finds the runner by ID and, if GitHub does not know that, by name: either response has been seen to be wrong. */
export async function findRegistered(
  runner: InstalledRunner,
  { client, log }: Context,
): Promise<{ registered: RegisteredRunner | undefined; namesakes: RegisteredRunner[] }> {
  const byId = await getRunner(client, runner);
  log.debug(`GitHub on the runner with ID ${runner.id}: ${JSON.stringify(byId) ?? 'not found'}`);
  if (byId !== undefined) {
    return { registered: byId, namesakes: [] };
  }
  const byName = await findRunnersByName(client, runner);
  log.debug(`GitHub on runners named "${runner.name}": ${JSON.stringify(byName)}`);
  return {
    registered: byName.find((found) => isSameRunner(found, runner)),
    namesakes: byName.filter((found) => !isSameRunner(found, runner)),
  };
}

function describeNamesakes(namesakes: RegisteredRunner[]): { detail?: string } {
  return namesakes.length === 0
    ? {}
    : {
        detail: `GitHub lists another runner with this name (ID ${namesakes.map(({ id }) => id).join(', ')}), which was left alone.`,
      };
}

async function deregister(
  installation: ConfiguredInstallation,
  removeToken: string,
  print: Print,
  context: Context,
): Promise<Outcome> {
  const isRemoved = await deregisterWithScript(installation, removeToken, print, context);
  return confirm(installation, isRemoved, context);
}

/** Deletes a runner that cannot deregister itself. */
async function deleteRegistration(
  installation: ConfiguredInstallation,
  print: Print,
  context: Context,
): Promise<Outcome> {
  await deleteThroughApi(installation, context);
  const outcome = await confirmDeletion(installation.runner, nameOf(installation), context);
  await removeConfiguration(installation, print, context);
  return outcome;
}

/**
 * Runs `config.sh remove`. GitHub refuses it while the runner is busy, so no job is killed.
 *
 * @returns whether it removed the runner from GitHub, as far as it says. It can delete the local configuration only.
 * @throws Failure if the script fails and GitHub still lists the runner, or cannot be reached
 */
async function deregisterWithScript(
  installation: ConfiguredInstallation,
  removeToken: string,
  print: Print,
  context: Context,
): Promise<boolean> {
  const { client, log } = context;
  const { runner, directory, script } = installation;
  const result = await removeWithConfigScript(script, removeToken);
  if (result === undefined) {
    return false;
  }
  print(result.output);
  result.warnings.forEach(log.warning);
  log.debug(`config.sh remove in ${directory}: exit code ${result.exitCode}, ${result.outcome}`);
  if (result.outcome === 'removed') {
    return !result.skippedServer;
  }
  const registered = await getRunner(client, runner).catch((error: Error) => {
    log.debug(`Could not check whether the runner is still registered: ${error.message}`);
    return 'unknown' as const;
  });
  if (registered === undefined) {
    await removeConfiguration(installation, print, context);
    return true;
  }
  if (result.outcome === 'busy' || (registered !== 'unknown' && registered.busy)) {
    const cause = 'GitHub refused to remove it because it is running a job.';
    throw await busyFailure(installation, cause, context);
  }
  throw await scriptFailure(installation, result, registered !== 'unknown');
}

/** Only Windows uninstalls the service before GitHub is contacted. */
async function describeLostService({ directory, script, hasService }: CheckedInstallation): Promise<string> {
  return hasService && script.platform === 'win32' && !(await isService(directory))
    ? ' Its Windows service is already uninstalled, so the runner does not run any more.'
    : '';
}

async function scriptFailure(
  installation: ConfiguredInstallation,
  result: ConfigScriptResult,
  isRegistered: boolean,
): Promise<Failure> {
  const exit = describeScript('remove', installation.script, result);
  // GitHub may have removed it before the script failed or was terminated.
  const [what, unchecked] = isRegistered
    ? ['was not removed', '']
    : ['may not have been removed', ' Whether GitHub still lists it could not be checked.'];
  const lostService = await describeLostService(installation);
  const happened = `${nameOf(installation)} ${what}: ${exit}.${unchecked}${lostService}`;
  return isRegistered && result.outcome !== 'failed'
    ? new Failure('removal-failed', {
        happened,
        cause: 'GitHub refused the remove token, although the runner is registered.',
        remedy:
          'Re-run the step: it creates a new remove token. If GitHub refuses that too, remove the runner in the settings on GitHub and re-run the step, which then cleans up the installation.',
      })
    : new Failure('removal-failed', {
        happened,
        likelyCause: 'The problem that config.sh shows in its output above.',
        remedy: 'Fix the problem shown in the output and re-run the step.',
      });
}

async function deleteThroughApi(installation: ConfiguredInstallation, context: Context): Promise<void> {
  const { directory, runner, script } = installation;
  // A job can start before a retry, and GitHub may not count it.
  const mayRetry = async () => (await processesOf(directory, 'Runner.Worker', script.platform)).length === 0;
  if ((await deleteRunner(context.client, runner, mayRetry)) === 'busy') {
    throw await busyFailure(
      installation,
      'GitHub refused to delete it because it is running a job.',
      context,
    );
  }
}

/** Deletes what is left of the configuration of a runner that GitHub does not list. */
async function removeConfiguration(
  { directory, script }: CheckedInstallation,
  print: Print,
  { log }: Context,
): Promise<void> {
  if (!(await hasLeftovers(directory))) {
    return;
  }
  const result = await removeLocalConfiguration(script);
  print(result.output);
  result.warnings.forEach(log.warning);
  if (result.outcome !== 'removed') {
    throw new Failure('removal-failed', {
      happened: `The local configuration in ${directory} was not removed: ${describeScript('remove --local', script, result)}.`,
      likelyCause: 'The runner is older than 2.301, or a file in the installation cannot be deleted.',
      remedy: `Delete .runner, .credentials and .credentials_rsaparams in ${directory}. They are not needed any more.`,
    });
  }
}

async function stop(installation: CheckedInstallation, print: Print): Promise<void> {
  if (!(await stopRunner(installation, print))) {
    const isKnown = installation.runner !== undefined;
    throw new Failure('runner-busy', {
      happened: `${nameOf(installation)} is ${isKnown ? 'deregistered' : 'not configured any more'} but still running: it has just started a job.`,
      cause: isKnown
        ? 'GitHub dispatched the job before the deregistration and did not list the runner as busy yet.'
        : 'Without .runner, its name and ID are unknown: GitHub was not checked and still sends it jobs.',
      remedy: 'Re-run the step after the job. It then uninstalls the service or stops the listener.',
    });
  }
}

/**
 * Verifies with GitHub that the runner is gone, and deletes it through the API if it is not.
 *
 * @throws Failure if that fails, or if GitHub cannot be reached and nothing says that the runner was removed
 */
async function confirm(
  installation: ConfiguredInstallation,
  isRemoved: boolean,
  context: Context,
): Promise<Outcome> {
  const { runner } = installation;
  const { client, log } = context;
  let registered: RegisteredRunner | undefined;
  try {
    registered = await getRunner(client, runner);
  } catch (error) {
    const failure = Failure.from(error);
    if (!isRemoved) {
      throw withoutConfiguration(failure, runner);
    }
    return { result: 'unconfirmed', detail: failure.message };
  }
  log.debug(`GitHub still lists the runner after the removal: ${registered !== undefined}`);
  if (registered === undefined) {
    return { result: 'removed' };
  }
  log.warning(
    `${nameOf(installation)} (ID ${runner.id}) is still registered after its removal. Deleting it through the API.`,
  );
  try {
    await deleteThroughApi(installation, context);
    return {
      detail: 'It was deleted through the API, because GitHub still listed it after its removal.',
      ...(await confirmDeletion(runner, nameOf(installation), context)),
    };
  } catch (error) {
    const failure = Failure.from(error);
    // Its own remedy takes this into account.
    throw failure.kind === 'runner-busy' ? failure : withoutConfiguration(failure, runner);
  }
}

/** Another run of the step does not find the runner: config.sh deleted its name and ID. It would report `already-removed`. */
function withoutConfiguration({ kind, explanation, cause }: Failure, { name }: InstalledRunner): Failure {
  const remedy = `${explanation.remedy} Re-running this step is not enough: the local configuration is already deleted. To remove the runner from GitHub, use "remove: true" with "runner-name: ${name}" and "runner-status: any".`;
  return new Failure(kind, { ...explanation, remedy }, { cause });
}

async function busyFailure(
  installation: CheckedInstallation,
  cause: string,
  { inputs }: Context,
): Promise<Failure> {
  const { directory, runner } = installation;
  if (runner?.runsCurrentJob) {
    return new Failure('runner-runs-this-job', {
      happened: `${nameOf(installation)} is running this job and was left unchanged.`,
      cause: 'GitHub does not remove a runner while it runs a job.',
      remedy: `To keep the runner, add the line "!${directory}" to "runner-directory". To remove it, use "remove: after-job", or run the step on another runner.`,
    });
  }
  const minutes = inputs.removal?.waitMinutes;
  const lostService = await describeLostService(installation);
  const waited = minutes ? ` (after waiting up to ${describeMinutes(minutes)})` : '';
  const happened = `${nameOf(installation)} is running a job${waited} and was`;
  // By an earlier attempt of this step, or by another process.
  if (runner !== undefined && !(await isConfigured(directory))) {
    return new Failure('runner-busy', {
      happened: `${happened} only partly removed: its local configuration is already deleted.${lostService}`,
      cause,
      remedy: `Re-run the step after the job. It then uninstalls the service or stops the listener. To remove the runner from GitHub if it is still listed, use "remove: true" with "runner-name: ${runner.name}".`,
    });
  }
  return new Failure('runner-busy', {
    happened: `${happened} ${lostService ? `not removed.${lostService}` : 'left unchanged.'}`,
    cause,
    remedy: 'Re-run the step after the job, or set "wait-minutes" to the time that the job may take.',
  });
}

function describeScript(command: string, { platform }: ScriptContext, result: ConfigScriptResult): string {
  return `${configScriptName(platform)} ${command} ${describeExit(result)}`;
}

function nameOf({ directory, runner }: CheckedInstallation): string {
  return `The runner ${runner === undefined ? '' : `"${runner.name}" `}in ${directory}`;
}

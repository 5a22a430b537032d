import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { spawnBackground } from '../runner/background-process.ts';
import { type CheckedInstallation, checkInstallation, type InstalledRunner } from './check-installation.ts';
import { findRegistered } from './remove-runner.ts';
import type { Outcome } from './result.ts';

/**
 * Checks the runner that executes this job. GitHub does not remove it while the job runs, so the post step starts a
 * background process for it.
 *
 * @throws Failure `removal-failed` if the background process, which has no admin token, could not remove it
 */
export async function scheduleRemoval(
  { directory }: CheckedInstallation,
  runner: InstalledRunner,
  dryRun: boolean,
  context: Context,
): Promise<Outcome> {
  const { registered } = await findRegistered(runner, context);
  if (runner.ephemeral || registered?.ephemeral) {
    return { result: 'ephemeral', detail: 'GitHub deregisters it after this job.' };
  }
  if (runner.cannotDeregister !== undefined) {
    throw cannotDeregister(directory, runner, runner.cannotDeregister);
  }
  if (dryRun) {
    return { result: 'would-remove', detail: 'It would be removed after this job.' };
  }
  return {
    result: 'scheduled',
    detail: `A background process removes it after this job and logs to ${directory}/_diag.`,
  };
}

/**
 * The post step of `remove: after-job`: requests a fresh remove token, whose hour begins now, and starts the background
 * process.
 *
 * @param directory the installation that the main step checked
 * @param program what Node.js runs in the background: a file and arguments
 */
export async function startBackgroundRemoval(
  directory: string,
  program: readonly string[],
  context: Context,
): Promise<void> {
  const { removeTokens, machine, clock, log } = context;
  const { runner, script, uninstall, hasService } = await checkInstallation(directory, context);
  if (runner === undefined) {
    log.info(`The runner in ${directory} is not configured any more. There is nothing to remove.`);
    return;
  }
  if (runner.cannotDeregister !== undefined) {
    throw cannotDeregister(directory, runner, runner.cannotDeregister);
  }
  if (!runner.runsCurrentJob) {
    throw new Failure('removal-failed', {
      happened: `The installation in ${directory} was configured again during this job. The new runner, "${runner.name}", was left unchanged.`,
      cause: '"remove: after-job" removes only the runner that executes the job.',
      remedy:
        'To remove the new runner, use "remove: true" with this directory in "runner-directory", in a job of another runner on this machine.',
    });
  }
  const requestedAt = clock.now();
  const { token, lifetime } = await removeTokens.for(runner);
  const logFile = await spawnBackground(
    {
      id: runner.id,
      script,
      uninstall,
      hasService,
      removeToken: token,
      tokenLifetime: lifetime - (clock.now() - requestedAt),
    },
    machine.execPath,
    program,
  ).catch((error) => {
    throw new Failure(
      'removal-failed',
      {
        happened: `The background process that removes the runner in ${directory} could not be started: ${(error as Error).message}.`,
        likelyCause: `This account cannot start a process, or cannot write to ${directory}/_diag.`,
        remedy:
          'Use "remove: true" with this directory in "runner-directory", in a job of another runner on this machine.',
      },
      { cause: error },
    );
  });
  log.info(`The runner "${runner.name}" will be removed after this job. Log: ${logFile}`);
}

function cannotDeregister(directory: string, { name }: InstalledRunner, cause: string): Failure {
  return new Failure('removal-failed', {
    happened: `The runner "${name}" in ${directory} cannot deregister itself after this job. Nothing was changed.`,
    cause,
    remedy: `In another job, use "remove: true" with "runner-name: ${name}" on any runner, or with this directory in "runner-directory" on another runner of this machine. Both remove it through the API.`,
  });
}

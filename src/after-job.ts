import { type Candidate, type CandidateRunner, checkCandidate } from './candidate.ts';
import { Failure } from './failure.ts';
import type { Inputs } from './inputs.ts';
import type { Tools } from './removal.ts';
import { lookUp, type Outcome, type RemovalTools } from './remove-runner.ts';
import { startBackgroundRemoval } from './runner/background.ts';

/**
 * Makes the checks for the removal of the runner that executes this job. GitHub does not remove it while the job runs, so
 * that the post step hands it to a background process.
 *
 * @returns `scheduled` when there is something left to do after the job
 */
export async function scheduleRemoval(
  { installation }: Candidate,
  runner: CandidateRunner,
  dryRun: boolean,
  tools: Omit<RemovalTools, 'print'>,
): Promise<Outcome> {
  const { registered } = await lookUp(runner, tools);
  if (runner.ephemeral || registered?.ephemeral) {
    return { result: 'ephemeral', detail: 'GitHub deregisters it by itself when this job has ended.' };
  }
  if (dryRun) {
    return { result: 'would-remove', detail: 'It would be removed when this job has ended.' };
  }
  return {
    result: 'scheduled',
    detail: `It is removed when this job has ended, by a background process that logs to ${installation.directory}/_diag.`,
  };
}

/**
 * The post step of `remove: after-job`: hands the removal of the runner that executes this job to a background process.
 * It asks for a fresh remove token, whose hour begins now.
 *
 * @param directory the installation that the main step has checked
 * @param program what Node.js runs in the background
 */
export async function handToBackground(
  directory: string,
  inputs: Inputs,
  tools: Omit<Tools, 'cancelled'>,
  program: readonly string[],
): Promise<void> {
  const candidate = await checkCandidate(directory, inputs, tools);
  if (candidate.runner === undefined) {
    tools.log.info(`The runner in ${directory} is not configured any more: there is nothing to do.`);
    return;
  }
  const { token } = await tools.grants.for(candidate.runner);
  const logFile = await startBackgroundRemoval(
    {
      script: candidate.script,
      uninstall: candidate.uninstall,
      removeToken: token.token,
      expiresAt: token.expires_at,
    },
    tools.machine.execPath,
    program,
  ).catch((error) => {
    throw new Failure(
      'removal-failed',
      {
        happened: `The removal of the runner in ${directory} could not be handed to a background process: ${(error as Error).message}.`,
        cause:
          'This machine does not let the step start a process, or write to the _diag directory of the runner.',
        remedy:
          'Run the action with remove: true for this directory, from a job of another runner on this machine.',
      },
      { cause: error },
    );
  });
  tools.log.info(`The runner "${candidate.runner.name}" is removed when this job has ended. Log: ${logFile}`);
}

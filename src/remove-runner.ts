import { Failure } from './failure.ts';
import type { Client } from './github/client.ts';
import {
  deleteRunner,
  findRunnersByName,
  getRunner,
  isSame,
  type RegisteredRunner,
  type RunnerIdentity,
} from './github/runners.ts';
import type { Log } from './log.ts';
import { runRemoval, type ScriptContext, type ScriptResult } from './runner/configuration-script.ts';
import { type Installation, isConfigured } from './runner/installation.ts';
import { processesOf } from './runner/processes.ts';

/** An installation on this machine, and what running its scripts takes. */
export interface Installed {
  readonly installation: Installation;
  readonly script: ScriptContext;
}

/** A configured installation, who its runner is to GitHub, and the remove token of its registration. */
export interface InstalledRunner extends Installed {
  readonly identity: RunnerIdentity;
  readonly removeToken: string;
}

/** How the removal of a runner ended. */
export interface Outcome {
  readonly result: 'removed' | 'already-removed' | 'unconfirmed' | 'would-remove';
  /** What there is more to say. */
  readonly detail?: string;
}

/** What the removal of a runner needs. */
export interface Tools {
  readonly client: Client;
  readonly log: Log;
}

/**
 * Takes one runner out of service, and proves it. It can be called again after a crash at any point.
 *
 * @throws Failure when the runner was not removed
 */
export async function removeRunner(runner: InstalledRunner, dryRun: boolean, tools: Tools): Promise<Outcome> {
  const { installation } = runner;
  await refuseDuringJob(runner, runner.identity.name);
  const { registered, namesakes } = await lookUp(runner, tools);
  if (registered?.busy) {
    throw busy(installation, runner.identity.name, 'GitHub lists it as busy.');
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
    await removeLocalConfiguration(runner, tools.log);
    return { result: 'already-removed', ...describeNamesakes(namesakes) };
  }
  if (installation.hasCredentials && installation.configuration?.url !== undefined) {
    return deregister(runner, tools);
  }
  // The runner's own removal would skip the server, and say that it succeeded.
  await deleteThroughApi(runner, tools);
  await removeLocalConfiguration(runner, tools.log);
  return confirm(runner, tools);
}

/**
 * Removes what is left in an installation that is not configured.
 *
 * @throws Failure when it cannot be removed, or a job runs on it all the same
 */
export async function removeLeftovers(installed: Installed, dryRun: boolean, log: Log): Promise<Outcome> {
  await refuseDuringJob(installed, undefined);
  if (!(await isConfigured(installed.installation))) {
    return { result: 'already-removed', detail: 'The installation is not configured.' };
  }
  if (dryRun) {
    return {
      result: 'would-remove',
      detail: 'It is half-removed; the rest of its configuration would be removed.',
    };
  }
  await removeLocalConfiguration(installed, log);
  return { result: 'already-removed', detail: 'The rest of a half-removed configuration was removed.' };
}

/** The process of a job is looked for as well as asked about: `busy` has been seen to be wrong. */
async function refuseDuringJob({ installation, script }: Installed, name: string | undefined): Promise<void> {
  const workers = await processesOf(installation.directory, 'Runner.Worker', script.platform);
  if (workers.length > 0) {
    throw busy(installation, name, 'A process Runner.Worker of its installation is running on this machine.');
  }
}

/** Asks GitHub for the runner by its id and, when that is unknown, by its name: either answer could be wrong. */
async function lookUp(
  { identity }: InstalledRunner,
  { client }: Tools,
): Promise<{ registered: RegisteredRunner | undefined; namesakes: RegisteredRunner[] }> {
  const byId = await getRunner(client, identity);
  if (byId !== undefined) {
    return { registered: byId, namesakes: [] };
  }
  const byName = await findRunnersByName(client, identity);
  return {
    registered: byName.find((runner) => isSame(runner, identity)),
    namesakes: byName.filter((runner) => !isSame(runner, identity)),
  };
}

function describeNamesakes(namesakes: RegisteredRunner[]): { detail?: string } {
  return namesakes.length === 0
    ? {}
    : {
        detail: `GitHub knows a runner of this name with the id ${namesakes.map(({ id }) => id).join(', ')}, which is not this one and was left alone.`,
      };
}

/** Lets the runner deregister itself: GitHub refuses that while it runs a job, so that no job can be killed. */
async function deregister(runner: InstalledRunner, tools: Tools): Promise<Outcome> {
  const { installation, identity, removeToken, script } = runner;
  const result = await runRemoval({ kind: 'deregister', removeToken }, script);
  tools.log.group(`config.sh remove: runner "${identity.name}" in ${installation.directory}`, result.output);
  if (result.exitCode === 0 && !(await isConfigured(installation))) {
    return confirm(runner, tools);
  }
  // GitHub is asked what happened; where it does not answer, what the script said has to do.
  const registered = await getRunner(tools.client, identity).catch(() => 'unknown' as const);
  if (registered === undefined) {
    await removeLocalConfiguration(runner, tools.log);
    return { result: 'removed' };
  }
  if ((registered !== 'unknown' && registered.busy) || /running a job/i.test(result.output)) {
    throw busy(installation, identity.name, 'GitHub refused to remove it because it runs a job.');
  }
  throw new Failure('removal-failed', {
    happened: `The runner "${identity.name}" in ${installation.directory} was not removed: config.sh remove ended with exit code ${result.exitCode}, "${lastLineOf(result)}".`,
    cause: "The runner's own removal could not do its work; its output is in the log above.",
    remedy: 'Mend what the output names and run the job again: nothing has to be undone first.',
  });
}

/** Asks GitHub whether the runner is gone, and finishes the job through the API where it is not. */
async function confirm(runner: InstalledRunner, tools: Tools): Promise<Outcome> {
  const { identity } = runner;
  let registered: RegisteredRunner | undefined;
  try {
    registered = await getRunner(tools.client, identity);
  } catch (error) {
    return { result: 'unconfirmed', detail: Failure.from(error).message };
  }
  if (registered === undefined) {
    return { result: 'removed' };
  }
  tools.log.warning(
    `The runner "${identity.name}" (id ${identity.id}) is still registered although its own removal reported success. It is deleted through the API.`,
  );
  await deleteThroughApi(runner, tools);
  if ((await getRunner(tools.client, identity)) !== undefined) {
    throw new Failure('still-registered', {
      happened: `The runner "${identity.name}" (id ${identity.id}) is still registered, although GitHub accepted its deletion.`,
      cause: 'GitHub has a problem of its own, or its answers lag behind.',
      remedy: 'Run the job again in a few minutes; if the runner is still listed, delete it in the settings.',
    });
  }
  return {
    result: 'removed',
    detail: 'It was deleted through the API: its own removal had reported success and left it registered.',
  };
}

async function deleteThroughApi(
  { installation, identity }: InstalledRunner,
  { client }: Tools,
): Promise<void> {
  if ((await deleteRunner(client, identity)) === 'busy') {
    throw busy(installation, identity.name, 'GitHub refused to delete it because it runs a job.');
  }
}

/** Removes the local configuration of a runner that GitHub does not know, or not any more. */
async function removeLocalConfiguration({ installation, script }: Installed, log: Log): Promise<void> {
  const result = await runRemoval({ kind: 'local' }, script);
  log.group(`config.sh remove --local: ${installation.directory}`, result.output);
  if (result.exitCode !== 0 || (await isConfigured(installation))) {
    throw new Failure('removal-failed', {
      happened: `GitHub does not know the runner in ${installation.directory}, but its local configuration was not removed: config.sh remove --local ended with exit code ${result.exitCode}, "${lastLineOf(result)}".`,
      cause:
        'A runner older than 2.301 does not know --local, or a file of the installation cannot be deleted.',
      remedy: `Delete .runner, .credentials and .credentials_rsaparams in ${installation.directory} by hand: they are of no use any more.`,
    });
  }
}

function busy({ directory }: Installation, name: string | undefined, cause: string): Failure {
  return new Failure('runner-busy', {
    happened: `The runner ${name === undefined ? '' : `"${name}" `}in ${directory} runs a job and was not touched.`,
    cause,
    remedy: 'Run this again when the job has ended. A job cannot remove the runner that it runs on itself.',
  });
}

function lastLineOf({ output }: ScriptResult): string {
  return output.trim().replace(/^.*[\r\n]/s, '');
}

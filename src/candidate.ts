import { type Addressed, addressedByRunner } from './addressing.ts';
import type { Client } from './github/client.ts';
import { isSameRepository } from './github/repositories.ts';
import type { RunnerIdentity } from './github/runners.ts';
import type { Inputs } from './inputs.ts';
import type { Log } from './log.ts';
import { scriptAccount } from './runner/account.ts';
import { scriptEnvironment } from './runner/environment.ts';
import {
  checkAccess,
  checkEnvironmentFile,
  type Installation,
  readInstallation,
} from './runner/installation.ts';
import type { Installed } from './runner/retirement.ts';
import { uninstallCommand } from './runner/service.ts';
import { executesThisJob, type JobContext } from './runner/this-job.ts';
import type { Secrets } from './secrets.ts';

/** The machine that the runners are installed on, and the step that runs there. */
export interface Machine extends JobContext {
  /** Whether this process is root; never on Windows. */
  readonly isRoot: boolean;
}

/** An installation that passed the checks on this machine. */
export interface Candidate extends Installed {
  readonly installation: Installation;
  /** What it is registered as; `undefined` when it is not configured. */
  readonly runner: CandidateRunner | undefined;
}

/** A configured runner: who it is to GitHub. */
export interface CandidateRunner extends RunnerIdentity, Addressed {
  /** Whether its own removal reaches GitHub. Where it cannot, it is deleted through the API. */
  readonly deregistersItself: boolean;
  readonly ephemeral: boolean;
  readonly executesThisJob: boolean;
}

/**
 * Checks an installation on this machine, and finds out what its removal takes. Nothing is changed, and nothing is asked
 * of GitHub but whether a repository was renamed.
 *
 * @throws Failure that names what is in the way
 */
export async function checkCandidate(
  directory: string,
  inputs: Inputs,
  { client, secrets, machine, log }: { client: Client; secrets: Secrets; machine: Machine; log: Log },
): Promise<Candidate> {
  const { platform, isRoot, environment } = machine;
  const installation = await readInstallation(directory, platform);
  const runner = await runnerOf(installation, inputs, client, machine);
  if (!isRoot) {
    await checkAccess(installation);
  }
  await checkEnvironmentFile(installation);
  const variables = scriptEnvironment(environment, secrets);
  const account = await scriptAccount(installation, platform, isRoot, variables);
  const script = {
    directory: installation.directory,
    platform,
    ownerPrefix: account.prefix,
    environment: { ...variables, ...account.environment },
  };
  const uninstall = await uninstallCommand(script, isRoot);
  const behind = account.prefix.join(' ') || 'nothing';
  log.debug(`Checks on this machine passed: ${JSON.stringify({ installation, runner, isRoot })}`);
  log.debug(
    `config.sh is run behind: ${behind}; its service is uninstalled by: ${uninstall?.join(' ') ?? 'nothing'}`,
  );
  return { installation, runner, script, uninstall };
}

async function runnerOf(
  { directory, configuration, hasCredentials }: Installation,
  inputs: Inputs,
  client: Client,
  machine: Machine,
): Promise<CandidateRunner | undefined> {
  if (configuration === undefined) {
    return undefined;
  }
  const { id, name, url, ephemeral } = configuration;
  const addressed = await addressedByRunner(directory, url, inputs, (one, other) =>
    isSameRepository(client, one, other),
  );
  return {
    id,
    name,
    ephemeral,
    ...addressed,
    deregistersItself: hasCredentials && url !== undefined && !addressed.wasRenamed,
    executesThisJob: executesThisJob({ directory, name }, machine),
  };
}

import { type Addressed, addressedByRunner } from './addressing.ts';
import { Failure } from './failure.ts';
import type { Client } from './github/client.ts';
import type { RunnerIdentity } from './github/runners.ts';
import type { Grants } from './grants.ts';
import type { Inputs, Removal } from './inputs.ts';
import type { Log } from './log.ts';
import { webPath } from './registration.ts';
import { type Installed, type Outcome, removeLeftovers, removeRunner } from './remove-runner.ts';
import { scriptAccount } from './runner/account.ts';
import { scriptEnvironment } from './runner/environment.ts';
import { checkAccess, checkEnvironmentFile, readInstallation } from './runner/installation.ts';
import type { Secrets } from './secrets.ts';
import type { Server } from './server.ts';

/** The machine that the runners are installed on. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** Whether this process is root; never on Windows. */
  readonly isRoot: boolean;
  /** The variables of this process. */
  readonly environment: NodeJS.ProcessEnv;
}

/** What the removal of runners needs. */
export interface RemovalTools {
  readonly client: Client;
  readonly grants: Grants;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly machine: Machine;
}

/** What became of a runner: an element of the output `runners`. What is not known is `null`. */
export interface RunnerReport {
  /** The root of its installation. */
  readonly directory: string;
  readonly name: string | null;
  readonly id: number | null;
  /** The web address of the repository, organization or enterprise. */
  readonly registration: string | null;
  readonly result: Outcome['result'] | 'failed';
  readonly detail?: string;
}

/** An installation that passed the checks on this machine. */
interface Candidate {
  readonly installed: Installed;
  /** Who its runner is to GitHub; `undefined` when it is not configured. */
  readonly identity: (RunnerIdentity & Addressed) | undefined;
}

/**
 * Takes runners out of service: checks them all on this machine, asks for one remove token per registration, then
 * removes one after the other.
 *
 * @returns a report per runner, in the order of the directories, and why runners were not removed
 * @throws Failure before anything is changed: for an installation that cannot be used, for a token that is refused
 */
export async function removeRunners(
  inputs: Inputs,
  { directories, dryRun }: Extract<Removal, { when: 'now' }>,
  tools: RemovalTools,
): Promise<{ reports: RunnerReport[]; failures: Failure[] }> {
  const candidates: Candidate[] = [];
  for (const directory of directories) {
    candidates.push(await check(directory, inputs, tools));
  }
  for (const { identity } of candidates) {
    if (identity !== undefined) {
      await tools.grants.for(identity);
    }
  }
  const reports: RunnerReport[] = [];
  const failures: Failure[] = [];
  for (const candidate of candidates) {
    const about = describeCandidate(candidate, inputs.server);
    try {
      reports.push({ ...about, ...(await remove(candidate, dryRun, tools)) });
    } catch (error) {
      const failure = Failure.from(error);
      failures.push(failure);
      reports.push({ ...about, result: 'failed', detail: failure.message });
    }
  }
  return { reports, failures };
}

/** Checks an installation on this machine, and finds out what its removal takes. */
async function check(
  directory: string,
  inputs: Inputs,
  { machine: { platform, isRoot, environment }, secrets }: RemovalTools,
): Promise<Candidate> {
  const installation = await readInstallation(directory, platform);
  const { configuration } = installation;
  const identity = configuration && {
    id: configuration.id,
    name: configuration.name,
    ...addressedByRunner(installation.directory, configuration.url, inputs),
  };
  if (installation.isService) {
    throw new Failure('removal-failed', {
      happened: `The runner in ${installation.directory} is installed as a service. Nothing was changed.`,
      cause: 'This version removes runners only that are started by hand.',
      remedy: 'Uninstall the service first (sudo ./svc.sh uninstall), then run this again.',
    });
  }
  if (!isRoot) {
    await checkAccess(installation);
  }
  await checkEnvironmentFile(installation);
  const variables = scriptEnvironment(environment, secrets);
  const account = await scriptAccount(installation, platform, isRoot, Object.keys(variables));
  return {
    identity,
    installed: {
      installation,
      script: {
        directory: installation.directory,
        platform,
        prefix: account.prefix,
        environment: { ...variables, ...account.environment },
      },
    },
  };
}

async function remove(
  { installed, identity }: Candidate,
  dryRun: boolean,
  { client, grants, log }: RemovalTools,
): Promise<Outcome> {
  if (identity === undefined) {
    return removeLeftovers(installed, dryRun, log);
  }
  const { token } = await grants.for(identity);
  return removeRunner({ ...installed, identity, removeToken: token.token }, dryRun, { client, log });
}

function describeCandidate(
  { installed, identity }: Candidate,
  { webUrl }: Server,
): Omit<RunnerReport, 'result'> {
  return {
    directory: installed.installation.directory,
    name: identity?.name ?? null,
    id: identity?.id ?? null,
    registration: identity === undefined ? null : `${webUrl}/${webPath(identity.registration)}`,
  };
}

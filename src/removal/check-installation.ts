import type { Context } from '../context.ts';
import { isSameRepository } from '../github/repositories.ts';
import type { RunnerIdentity } from '../github/runners.ts';
import { checkAccess } from '../runner/access.ts';
import { scriptContext } from '../runner/account.ts';
import { runsCurrentJob } from '../runner/current-job.ts';
import { checkEnvFile } from '../runner/env-file.ts';
import { scriptEnvironment } from '../runner/environment.ts';
import { type Installation, readInstallation } from '../runner/installation.ts';
import { findUninstallCommand, isService, type LocalRunner } from '../runner/service.ts';
import { type Target, targetOfRunner } from '../target.ts';

/** An installation that passed the checks on this machine. */
export interface CheckedInstallation extends LocalRunner {
  /** Its root, without symbolic links. */
  readonly directory: string;
  /** What it is registered as; `undefined` if it is not configured. */
  readonly runner: InstalledRunner | undefined;
  readonly hasService: boolean;
}

/** A configured installation as GitHub knows it. */
export interface InstalledRunner extends RunnerIdentity, Target {
  /** Why `config.sh remove` cannot reach GitHub, if it cannot. The runner can be deleted through the API. */
  readonly cannotDeregister: string | undefined;
  readonly ephemeral: boolean;
  readonly runsCurrentJob: boolean;
}

/**
 * Checks an installation. Nothing is changed, and GitHub is contacted only to find out whether a repository was renamed.
 *
 * @throws Failure if a check does not pass
 */
export async function checkInstallation(directory: string, context: Context): Promise<CheckedInstallation> {
  const { machine, secrets, log } = context;
  const { platform, isRoot, environment } = machine;
  const installation = await readInstallation(directory, platform);
  const runner = await runnerOf(installation, context);
  const script = await scriptContext(installation, platform, isRoot, scriptEnvironment(environment, secrets));
  await checkAccess(script);
  await checkEnvFile(installation.directory);
  const uninstall = await findUninstallCommand(script, isRoot);
  log.debug(
    `Checks on this machine passed: ${JSON.stringify({ installation, runner, isRoot, ownerPrefix: script.ownerPrefix, uninstall })}`,
  );
  return {
    directory: installation.directory,
    runner,
    script,
    uninstall,
    hasService: await isService(installation.directory),
  };
}

async function runnerOf(
  { directory, configuration, hasCredentials }: Installation,
  { inputs, client, machine }: Context,
): Promise<InstalledRunner | undefined> {
  if (configuration === undefined) {
    return undefined;
  }
  const { id, name, url, ephemeral } = configuration;
  const target = await targetOfRunner(directory, url, inputs, (one, other) =>
    isSameRepository(client, one, other),
  );
  return {
    id,
    name,
    ephemeral,
    registration: target.registration,
    source: target.source,
    cannotDeregister: whyItCannotDeregister(url, hasCredentials, target.wasRenamed),
    runsCurrentJob: runsCurrentJob({ directory, name }, machine),
  };
}

function whyItCannotDeregister(
  url: string | undefined,
  hasCredentials: boolean,
  wasRenamed: boolean,
): string | undefined {
  if (!hasCredentials) {
    return 'Its credentials are missing.';
  }
  if (url === undefined) {
    return 'Its configuration contains no URL, which is normal for a just-in-time runner.';
  }
  // The script follows GitHub's redirect without the token.
  return wasRenamed ? 'Its repository was renamed after it was registered.' : undefined;
}

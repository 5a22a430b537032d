import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { removeTokenVariable } from './environment.ts';
import { rememberFiles } from './files.ts';
import { isConfigured, keyFile } from './installation.ts';
import { withLock } from './lock.ts';
import { asOwner, runScript, type ScriptContext, type ScriptResult } from './script.ts';
import { markerAside, setMarkerAside } from './service.ts';

/**
 * How `config.sh` ended.
 * - `removed`: it reported success, and settings and credentials are gone.
 * - `busy`: GitHub refused because the runner runs a job.
 * - `not-found`: GitHub does not know the runner; the local configuration is still there.
 * - `token-refused`: GitHub refused the remove token. Nothing is known about the runner.
 * - `failed`: anything else.
 */
type ConfigScriptOutcome = 'removed' | 'busy' | 'not-found' | 'token-refused' | 'failed';

export interface ConfigScriptResult extends ScriptResult {
  readonly outcome: ConfigScriptOutcome;
  /** Whether `config.sh` said that it did not remove the runner from GitHub, which may still list it. */
  readonly skippedServer: boolean;
  /** What could not be restored or deleted, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Lets a runner deregister itself: `config.sh remove` (`config.cmd remove`), which also deletes its local configuration.
 *
 * The token goes through the environment: every user of the machine can read arguments (actions/runner#355). The script
 * refuses while the marker of a service exists, so the marker is set aside meanwhile. When the removal fails, the runner
 * stays in service, so what the script wrote before it contacted GitHub is restored.
 *
 * @returns `undefined` if the runner is not configured any more: another removal finished in the meantime
 * @throws Failure `removal-failed` before anything is changed; what happens later is in the result
 */
export async function removeWithConfigScript(
  script: ScriptContext,
  removeToken: string,
): Promise<ConfigScriptResult | undefined> {
  const { directory, platform } = script;
  const run = () => runConfigScript(script, [], { [removeTokenVariable]: removeToken });
  return runExclusively(script, async () => {
    if (!(await isConfigured(directory))) {
      return undefined;
    }
    if (platform === 'win32') {
      // config.cmd writes no files, and uninstalls the service itself.
      return run();
    }
    const restoreFiles = await rememberScriptFiles(directory);
    const restoreMarker = await setMarkerAside(directory);
    const result = await run();
    const warnings = result.outcome === 'removed' ? [] : await restoreFiles();
    await restoreMarker().catch((error: Error) => {
      warnings.push(
        `The service marker of ${directory} could not be restored: ${error.message}. Rename ${markerAside} to .service.`,
      );
    });
    return { ...result, warnings };
  });
}

/**
 * Deletes the local configuration of a runner without contacting GitHub: `config.sh remove --local`, since 2.301. It
 * leaves the private key where the credentials are already gone, so the key is deleted here.
 */
export async function removeLocalConfiguration(script: ScriptContext): Promise<ConfigScriptResult> {
  return runExclusively(script, async () => {
    const result = await runConfigScript(script, ['--local'], {});
    const key = join(script.directory, keyFile);
    const warnings: string[] = [];
    if (result.outcome === 'removed') {
      await rm(key, { force: true }).catch((error: Error) => {
        warnings.push(
          `The private key ${key} could not be deleted: ${error.message}. It is not needed any more: delete it by hand.`,
        );
      });
    }
    return { ...result, warnings };
  });
}

export function configScriptName(platform: NodeJS.Platform): string {
  return platform === 'win32' ? 'config.cmd' : 'config.sh';
}

/** Remembers the files that `config.sh` writes before it contacts GitHub (see `rememberFiles`). */
export async function rememberScriptFiles(directory: string): ReturnType<typeof rememberFiles> {
  return rememberFiles(['.path', '.env'].map((name) => join(directory, name)));
}

async function runExclusively<Result>(script: ScriptContext, act: () => Promise<Result>): Promise<Result> {
  return withLock(script, act).catch((error: Error) => {
    throw error instanceof Failure
      ? error
      : new Failure(
          'removal-failed',
          {
            happened: `The removal of the runner in ${script.directory} could not begin: ${error.message}. Nothing was changed.`,
            likelyCause: 'This account cannot create and rename files in the directory.',
            remedy: 'Fix the permissions of the directory, or run the step as its owner or as root.',
          },
          { cause: error },
        );
  });
}

async function runConfigScript(
  script: ScriptContext,
  flags: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<ConfigScriptResult> {
  const program = join(script.directory, configScriptName(script.platform));
  const result = await runScript(asOwner(script, [program, 'remove', ...flags]), script, variables).catch(
    (error: Error): ScriptResult => ({ exitCode: null, output: error.message }),
  );
  return {
    ...result,
    outcome: decideOutcome(result, await isConfigured(script.directory)),
    skippedServer: /Skipping removing runner from the server/i.test(result.output),
    warnings: [],
  };
}

/**
 * Decides how `config.sh remove` ended. It prints a line for each response that is an error:
 * `Http response code: NotFound from 'Delete https://.../actions/runners/7' (Request Id: ...)`. It never retries a 404.
 *
 * @param isLeft whether settings or credentials are still there
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/RunnerDotcomServer.cs
 * @see https://github.com/actions/runner/blob/main/src/Runner.Listener/Configuration/ConfigurationManager.cs
 */
export function decideOutcome({ exitCode, output }: ScriptResult, isLeft: boolean): ConfigScriptOutcome {
  if (exitCode === 0 && !isLeft) {
    return 'removed';
  }
  if (/running a job/i.test(output)) {
    return 'busy';
  }
  const [, status = '', request = ''] =
    [...output.matchAll(/Http response code: (\w+) from '([^']*)'/gi)].at(-1) ?? [];
  const isDeletion = /^DELETE \S+\/actions\/runners\/\d+$/i.test(request);
  if (isDeletion && status === 'NotFound') {
    return 'not-found';
  }
  // The older flow exchanges the remove token first. An expired or foreign token is a 404 there (actions/runner#4042).
  const sendsToken = isDeletion || /^POST \S+\/actions\/runner-registration$/i.test(request);
  const isRefusal = ['Unauthorized', 'Forbidden', 'NotFound'].includes(status) && !/rate limit/i.test(output);
  return sendsToken && isRefusal ? 'token-refused' : 'failed';
}

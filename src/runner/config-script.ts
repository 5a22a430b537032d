import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTokenVariable } from './environment.ts';
import { rememberFiles } from './files.ts';
import { asOwner, runScript, type ScriptContext, type ScriptResult } from './script.ts';
import { setMarkerAside } from './service.ts';

/**
 * Lets a runner deregister itself: `config.sh remove` (`config.cmd remove`). On success its local configuration is gone
 * too.
 *
 * The token goes through the environment, never through the arguments, which every user of the machine can read
 * (actions/runner#355). The script refuses while the marker of a service exists, so that this is set aside meanwhile;
 * on Windows it sees to the service itself. When the removal fails, the files that the script writes before it contacts
 * GitHub are put back: the runner stays in service.
 */
export async function deregister(script: ScriptContext, removeToken: string): Promise<ScriptResult> {
  const restoreFiles = await rememberFiles(['.path', '.env'].map((name) => join(script.directory, name)));
  const putMarkerBack = script.platform === 'win32' ? undefined : await setMarkerAside(script.directory);
  let result: ScriptResult | undefined;
  try {
    result = await runConfigurationScript(script, [], { [removeTokenVariable]: removeToken });
    return result;
  } finally {
    if (result?.exitCode !== 0) {
      await restoreFiles();
    }
    await putMarkerBack?.();
  }
}

/**
 * Deletes the local configuration of a runner, and asks GitHub nothing: `config.sh remove --local`, since 2.301. The key
 * that belongs to the credentials stays behind when these are gone already, and is deleted here.
 */
export async function removeLocalConfiguration(script: ScriptContext): Promise<ScriptResult> {
  const result = await runConfigurationScript(script, ['--local'], {});
  await rm(join(script.directory, '.credentials_rsaparams'), { force: true });
  return result;
}

async function runConfigurationScript(
  script: ScriptContext,
  flags: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<ScriptResult> {
  const program = script.platform === 'win32' ? './config.cmd' : './config.sh';
  return runScript(asOwner(script, [program, 'remove', ...flags]), script, variables);
}

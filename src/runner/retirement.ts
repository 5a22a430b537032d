import { askToEnd, processesOf } from './processes.ts';
import type { Command, ScriptContext } from './script.ts';
import { uninstallService } from './service.ts';

/** An installation on this machine, and what it takes to remove it. */
export interface Installed {
  readonly script: ScriptContext;
  /** Uninstalls its service; `undefined` when there is none, or the runner's own removal sees to it. */
  readonly uninstall: Command | undefined;
}

/**
 * Stops a runner that GitHub does not know any more: its service is uninstalled, and a listener that was started by
 * hand is asked to stop. (Since 2.336 it notices by itself; before, it tries for ever: actions/runner#971.)
 *
 * @param print is given what programs print
 * @returns whether it was stopped; it is not while a job runs, which could have begun at the very last moment
 * @throws Failure when the service cannot be uninstalled
 */
export async function retire(
  { script, uninstall }: Installed,
  print: (output: string) => void,
): Promise<boolean> {
  const { directory, platform } = script;
  if ((await processesOf(directory, 'Runner.Worker', platform)).length > 0) {
    return false;
  }
  if (uninstall !== undefined) {
    print((await uninstallService(uninstall, script)).output);
  }
  for (const { id } of await processesOf(directory, 'Runner.Listener', platform)) {
    print(`The listener, process ${id}, is asked to stop.`);
    askToEnd(id);
  }
  return true;
}

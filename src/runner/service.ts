import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { exists } from './files.ts';
import { withLock } from './lock.ts';
import { processesOf, runPowerShell, terminate } from './processes.ts';
import { asOwner, type Command, describeExit, runScript, type ScriptContext } from './script.ts';
import { whySudoIsRefused } from './sudo.ts';

/** The runner's marker of an installation that is installed as a service. */
const marker = '.service';
/** The marker during a removal. A crash can leave it there. */
export const markerAside = '.service.set-aside';

/** A runner on this machine, and what its removal requires. */
export interface LocalRunner {
  readonly script: ScriptContext;
  /** Uninstalls its service; `undefined` if there is none, or if `config.cmd remove` uninstalls it. */
  readonly uninstall: Command | undefined;
}

/** Whether the installation is installed as a service. On Windows, `config.cmd remove` uninstalls it first of all. */
export async function isService(directory: string): Promise<boolean> {
  return (await exists(join(directory, marker))) || (await exists(join(directory, markerAside)));
}

/**
 * Sets the service's marker aside, if there is one.
 *
 * @returns restores it; one that was created in the meantime stays
 */
export async function setMarkerAside(directory: string): Promise<() => Promise<void>> {
  await move(join(directory, marker), join(directory, markerAside));
  return () => restoreMarker(directory);
}

async function restoreMarker(directory: string): Promise<void> {
  if (await exists(join(directory, marker))) {
    await rm(join(directory, markerAside), { force: true });
  } else {
    await move(join(directory, markerAside), join(directory, marker));
  }
}

/** Does nothing if there is no such file: another removal can have moved it. */
async function move(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error) => {
    if (error.code !== 'ENOENT') {
      throw error;
    }
  });
}

/**
 * Finds the command that uninstalls an installation's service, and checks that this account can run it.
 *
 * `svc.sh` must be run by root on Linux, and must not be on macOS. On Windows, `config.cmd remove` stops and uninstalls the
 * service, which requires an administrator.
 *
 * @returns `undefined` if there is nothing to uninstall after the deregistration
 * @throws Failure `service-needs-root`, `service-needs-administrator`
 */
export async function findUninstallCommand(
  script: ScriptContext,
  isRoot: boolean,
): Promise<Command | undefined> {
  const { directory, platform } = script;
  if (!(await isService(directory))) {
    return undefined;
  }
  if (platform === 'win32') {
    await requireAdministrator(directory);
    return undefined;
  }
  const uninstall: Command = [join(directory, 'svc.sh'), 'uninstall'];
  if (platform === 'linux' && !isRoot) {
    await requireSudo(script, uninstall);
    return ['sudo', '-n', '--', ...uninstall];
  }
  return platform === 'linux' ? uninstall : asOwner(script, uninstall);
}

async function requireSudo(script: ScriptContext, uninstall: Command): Promise<void> {
  const reason = await whySudoIsRefused(uninstall, script);
  if (reason !== undefined) {
    throw new Failure('service-needs-root', {
      happened: `The runner in ${script.directory} is installed as a service, which this account cannot uninstall. Nothing was changed.`,
      cause: `Uninstalling a service requires root, and this account cannot use sudo for it without a password ("${reason}").`,
      remedy: `Run the step as root, or allow this account to run "${uninstall.join(' ')}" with NOPASSWD in a file in /etc/sudoers.d.`,
    });
  }
}

/** Makes the same check as `config.cmd` (actions/runner, NativeWindowsServiceHelper.cs), which needs no Windows service. */
async function requireAdministrator(directory: string): Promise<void> {
  const isAdministrator = await runPowerShell(
    '([Security.Principal.WindowsPrincipal] [Security.Principal.WindowsIdentity]::GetCurrent()).IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)',
  );
  if (isAdministrator.trim() !== 'True') {
    throw new Failure('service-needs-administrator', {
      happened: `The runner in ${directory} is installed as a service, which this account cannot uninstall. Nothing was changed.`,
      cause: 'Uninstalling a Windows service requires an administrator.',
      remedy: 'Run the step on a runner whose account is an administrator.',
    });
  }
}

/**
 * Uninstalls the service of a runner that is deregistered, which also stops it.
 *
 * @throws Failure `removal-failed`
 */
async function uninstallService(
  uninstall: Command,
  script: ScriptContext,
  print: (output: string) => void,
): Promise<void> {
  const { directory } = script;
  const result = await withLock(script, async () => {
    // `svc.sh uninstall` deletes the marker only in its place.
    await restoreMarker(directory);
    return runScript(uninstall, script);
  });
  print(result.output);
  if (result.exitCode !== 0 || (await isService(directory))) {
    throw new Failure('removal-failed', {
      happened: `The runner in ${directory} is not configured any more, but its service was not uninstalled: svc.sh uninstall ${describeExit(result)}.`,
      likelyCause: 'The service manager refused, or the unit was changed by hand.',
      remedy: `Fix the problem shown in the output, then run "./svc.sh uninstall" in ${directory} or re-run the step.`,
    });
  }
}

/**
 * Stops a runner that is deregistered: uninstalls its service and terminates a listener that was started by hand. (Since
 * 2.336 a listener notices the deregistration; an older one retries forever: actions/runner#971.)
 *
 * @param print receives the output of programs
 * @returns `false` while a job is running: it can have started just before the deregistration
 * @throws Failure `removal-failed` if the service cannot be uninstalled
 */
export async function stopRunner(
  { script, uninstall }: LocalRunner,
  print: (output: string) => void,
): Promise<boolean> {
  const { directory, platform } = script;
  if ((await processesOf(directory, 'Runner.Worker', platform)).length > 0) {
    return false;
  }
  if (uninstall !== undefined) {
    await uninstallService(uninstall, script, print);
  }
  for (const { id } of await processesOf(directory, 'Runner.Listener', platform)) {
    print(
      terminate(id)
        ? `Stopping the listener (process ${id}).`
        : `The listener (process ${id}) belongs to another account. Stop it by hand.`,
    );
  }
  return true;
}

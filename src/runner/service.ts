import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { exists } from './files.ts';
import {
  asOwner,
  type Command,
  lastLineOf,
  runScript,
  type ScriptContext,
  type ScriptResult,
} from './script.ts';

/** The runner's own mark of an installation that is a service of the operating system. */
const marker = '.service';
/** Where this action keeps the mark for the time of a removal. A crash can leave it there. */
const markerAside = '.service.set-aside';

/** Whether the installation is a service. */
export async function isService(directory: string): Promise<boolean> {
  return (await exists(join(directory, marker))) || (await exists(join(directory, markerAside)));
}

/** @returns puts it back, or does nothing where there is none */
export async function setMarkerAside(directory: string): Promise<() => Promise<void>> {
  await move(directory, marker, markerAside);
  return async () => move(directory, markerAside, marker);
}

async function move(directory: string, from: string, to: string): Promise<void> {
  if (await exists(join(directory, from))) {
    await rename(join(directory, from), join(directory, to));
  }
}

/**
 * Finds the command that uninstalls an installation's service, and makes sure that it may be run.
 *
 * On Linux `svc.sh` has to be run by root, on macOS it must not be. On Windows the runner's own removal stops and
 * uninstalls the service, as an administrator.
 *
 * @returns `undefined` when there is nothing left to do after the runner's own removal
 * @throws Failure `service-needs-root`, `service-needs-administrator`
 */
export async function uninstallCommand(script: ScriptContext, isRoot: boolean): Promise<Command | undefined> {
  const { directory, platform } = script;
  if (!(await isService(directory))) {
    return undefined;
  }
  if (platform === 'win32') {
    await requireAdministrator(script);
    return undefined;
  }
  const uninstall = [join(directory, 'svc.sh'), 'uninstall'] as const;
  if (platform === 'linux' && !isRoot) {
    await requireSudo(script, uninstall);
    return ['sudo', '-n', '--', ...uninstall];
  }
  return platform === 'linux' ? uninstall : asOwner(script, uninstall);
}

/** Uninstalls the service of a runner that has been deregistered, which also stops it. */
export async function uninstallService(command: Command, context: ScriptContext): Promise<ScriptResult> {
  // `svc.sh uninstall` deletes the mark where the mark belongs.
  await move(context.directory, markerAside, marker);
  const result = await runScript(command, context);
  if (result.exitCode !== 0 || (await isService(context.directory))) {
    throw new Failure('removal-failed', {
      happened: `The runner in ${context.directory} is deregistered, but its service was not uninstalled: svc.sh uninstall ended with exit code ${result.exitCode}, "${lastLineOf(result)}".`,
      cause: 'The service manager of this machine refused, or the unit was changed by hand.',
      remedy: `Run the step again, or "./svc.sh uninstall" in ${context.directory} by hand. GitHub does not list the runner any more.`,
    });
  }
  return result;
}

async function requireSudo(context: ScriptContext, command: Command): Promise<void> {
  // Asks whether this very command may be run, and runs nothing.
  const allowed = await runScript(['sudo', '-n', '-l', '--', ...command], context);
  if (allowed.exitCode !== 0) {
    throw new Failure('service-needs-root', {
      happened: `The runner in ${context.directory} is installed as a service, which this account may not uninstall (${lastLineOf(allowed)}). Nothing was changed.`,
      cause: 'Only root can change services, and this account may not use sudo without a password.',
      remedy: `Run the step as root, or allow the account to run "${command.join(' ')}" with sudo without a password (NOPASSWD in /etc/sudoers.d).`,
    });
  }
}

async function requireAdministrator(context: ScriptContext): Promise<void> {
  // A command that changes nothing, and that only an administrator may run.
  const { exitCode } = await runScript(['net', 'session'], context);
  if (exitCode !== 0) {
    throw new Failure('service-needs-administrator', {
      happened: `The runner in ${context.directory} is installed as a service, which this account may not uninstall. Nothing was changed.`,
      cause: 'Only an administrator can change services of Windows.',
      remedy: 'Run the step on a runner whose account is an administrator.',
    });
  }
}

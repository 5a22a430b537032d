import { removeTokenVariable } from './environment.ts';
import type { Installation } from './installation.ts';
import { runScript } from './script.ts';

/** How an installation's script is run as the account that may run it. */
export interface Account {
  /** Put in front of the command. */
  readonly prefix: readonly string[];
  /** Variables that the account changes in the script's environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Finds the account that runs an installation's `config.sh`, which refuses to be run by root: root runs it as the
 * installation's owner. If that is root too, a variable tells the script that this is intended.
 *
 * @param isRoot whether this process is root
 * @param environment for the script; `sudo` passes on only the variables that it is told to
 */
export async function scriptAccount(
  { directory, owner }: Pick<Installation, 'directory' | 'owner'>,
  platform: NodeJS.Platform,
  isRoot: boolean,
  environment: Readonly<Record<string, string>>,
): Promise<Account> {
  if (!isRoot) {
    return { prefix: [], environment: {} };
  }
  if (owner.uid === 0) {
    return { prefix: [], environment: { RUNNER_ALLOW_RUNASROOT: '1' } };
  }
  if (platform !== 'linux') {
    const names = [...Object.keys(environment), removeTokenVariable].join(',');
    return {
      prefix: ['sudo', '-n', '-H', '-u', `#${owner.uid}`, `--preserve-env=${names}`, '--'],
      environment: {},
    };
  }
  // `setpriv` takes numbers, so it works for an account without a name too, such as a container's.
  const { output } = await runScript(['getent', 'passwd', `${owner.uid}`], {
    directory: '/',
    platform,
    environment,
  });
  const [name, gid, home] = /([^:]+):[^:]*:\d+:(\d+):[^:]*:([^:]+):/.exec(output)?.slice(1) ?? [];
  return name && gid && home
    ? {
        prefix: ['setpriv', `--reuid=${owner.uid}`, `--regid=${gid}`, '--init-groups', '--'],
        environment: { USER: name, LOGNAME: name, HOME: home },
      }
    : {
        prefix: ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--'],
        environment: { HOME: directory },
      };
}

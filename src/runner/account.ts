import { getExecOutput } from '@actions/exec';
import { removeTokenVariable } from './environment.ts';
import type { Installation } from './installation.ts';

/** How a script of an installation is run as the account that may run it. */
export interface Account {
  /** What goes in front of the script on the command line. */
  readonly prefix: readonly string[];
  /** What the account changes in the script's environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The account of this process. */
const itself: Account = { prefix: [], environment: {} };

/**
 * Finds out which account runs an installation's `config.sh`, which refuses to be run by root: root runs it as the
 * installation's owner. Where that is root as well, the script is told that this is meant.
 *
 * @param isRoot whether this process is root
 * @param environment for the script; of it, `sudo` passes on only what it is told to
 */
export async function scriptAccount(
  { directory, owner }: Pick<Installation, 'directory' | 'owner'>,
  platform: NodeJS.Platform,
  isRoot: boolean,
  environment: Readonly<Record<string, string>>,
): Promise<Account> {
  if (!isRoot) {
    return itself;
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
  // `setpriv` takes numbers, so that an account without a name (a container's) can be used too.
  const { stdout } = await getExecOutput('getent', ['passwd', `${owner.uid}`], {
    env: environment,
    silent: true,
    ignoreReturnCode: true,
  });
  const [name, , , gid, , home] = stdout.split(':');
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

import { getExecOutput } from '@actions/exec';
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
 * @param names the variables that the script needs, for `sudo`, which drops all others
 */
export async function scriptAccount(
  { directory, owner }: Pick<Installation, 'directory' | 'owner'>,
  platform: NodeJS.Platform,
  isRoot: boolean,
  names: readonly string[],
): Promise<Account> {
  if (!isRoot) {
    return itself;
  }
  if (owner.uid === 0) {
    return { prefix: [], environment: { RUNNER_ALLOW_RUNASROOT: '1' } };
  }
  if (platform !== 'linux') {
    return {
      prefix: ['sudo', '-n', '-H', '-u', `#${owner.uid}`, `--preserve-env=${names.join(',')}`, '--'],
      environment: {},
    };
  }
  // `setpriv` takes numbers, so that an account without a name (a container's) can be used too.
  const { stdout } = await getExecOutput('getent', ['passwd', `${owner.uid}`], {
    silent: true,
    ignoreReturnCode: true,
  });
  const [name, , , gid, , home] = stdout.trim().split(':');
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

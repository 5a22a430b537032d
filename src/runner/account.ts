import { removeTokenVariable } from './environment.ts';
import type { Installation } from './installation.ts';
import { runScript, type ScriptContext } from './script.ts';

/**
 * Finds out how an installation's scripts are run. `config.sh` refuses to be run by root: root runs it as the
 * installation's owner. If that is root too, a variable tells the script that this is intended.
 *
 * @param isRoot whether this process is root
 * @param environment for the scripts; `sudo` passes on only the variables that it is told to
 */
export async function scriptContext(
  { directory, owner }: Pick<Installation, 'directory' | 'owner'>,
  platform: NodeJS.Platform,
  isRoot: boolean,
  environment: ScriptContext['environment'],
): Promise<ScriptContext> {
  const own = { directory, platform, ownerPrefix: [], environment };
  if (!isRoot) {
    return own;
  }
  if (owner.uid === 0) {
    return { ...own, environment: { ...environment, RUNNER_ALLOW_RUNASROOT: '1' } };
  }
  if (platform !== 'linux') {
    const names = [...Object.keys(environment), removeTokenVariable].join(',');
    return {
      ...own,
      ownerPrefix: ['sudo', '-n', '-H', '-u', `#${owner.uid}`, `--preserve-env=${names}`, '--'],
    };
  }
  // `setpriv` takes numbers, so it works for an account without a name too, such as a container's.
  const { output } = await runScript(['getent', 'passwd', `${owner.uid}`], { ...own, directory: '/' });
  const [name, gid, home] = /^([^:]+):[^:]*:\d+:(\d+):[^:]*:([^:]+):/.exec(output)?.slice(1) ?? [];
  return name && gid && home
    ? {
        ...own,
        ownerPrefix: ['setpriv', `--reuid=${owner.uid}`, `--regid=${gid}`, '--init-groups', '--'],
        environment: { ...environment, USER: name, LOGNAME: name, HOME: home },
      }
    : {
        ...own,
        ownerPrefix: ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--'],
        environment: { ...environment, HOME: directory },
      };
}

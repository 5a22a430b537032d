import { dirname, join } from 'node:path';
import { Failure } from '../failure.ts';
import { rememberScriptFiles } from './config-script.ts';
import { keyFile } from './installation.ts';
import { asOwner, lastLineOf, runScript, type ScriptContext } from './script.ts';

/**
 * The access that `config.sh remove` needs, by the operator of `test` that checks it. `.path` and `.env` need not be
 * writable: `env.sh` continues without.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/HostTraceListener.cs for `_diag`
 */
const needs: readonly [test: 'r' | 'w' | 'x' | 'O', names: readonly string[]][] = [
  ['x', ['.', '_diag', 'config.sh', 'bin/Runner.Listener']],
  ['w', ['.', '_diag']],
  ['r', ['_diag', 'config.sh', 'env.sh', '.env', '.runner', '.credentials']],
  ['O', ['.runner', '.runner_migrated', '.credentials', '.credentials_migrated', keyFile, '.service']],
];

/** Prints the first need that is not met. Files need to be the account's own only in a sticky directory of another account. */
const checkNeeds = `
root=$1
shift
while [ $# -gt 0 ]; do
  [ "-$1" "$2" ] ||
    { [ -x "$root" ] && [ ! -e "$2" ]; } ||
    { [ "$1" = O ] && { [ ! -k "$root" ] || [ -O "$root" ]; }; } ||
    { echo "$1 $2"; exit 1; }
  shift 2
done`;

/**
 * Checks that the account that runs `config.sh` has the access that the script needs. Otherwise, the script crashes or
 * leaves the runner half-removed. The check runs as that account, so groups, access control lists and read-only file
 * systems count.
 *
 * @throws Failure `removal-failed`
 */
export async function checkAccess(script: ScriptContext): Promise<void> {
  const { directory, platform } = script;
  if (platform === 'win32') {
    return;
  }
  const inInstallation = needs.flatMap(([test, names]) =>
    names.flatMap((name) => [test, join(directory, name)]),
  );
  // The runner lists its directory and each one above it (`IOUtil.ValidateExecutePermission`).
  const listed = [directory, ...directoriesAbove(directory)].flatMap((path) => ['r', path]);
  const result = await runScript(
    asOwner(script, ['/bin/sh', '-c', checkNeeds, 'sh', directory, ...inInstallation, ...listed]),
    { ...script, directory: '/' },
  );
  if (result.exitCode === 0) {
    // Fails now for a file that could not be restored later.
    await rememberScriptFiles(directory);
    return;
  }
  const [, test, path] = /^([rwxO]) (.*)\n/s.exec(result.output) ?? [];
  throw new Failure(
    'removal-failed',
    path === undefined
      ? {
          happened: `The step cannot run programs as the owner of ${directory}: "${lastLineOf(result)}". Nothing was changed.`,
          cause:
            'As root, the action runs config.sh as the owner of the installation, with setpriv (on macOS, sudo).',
          remedy:
            'Fix the problem that this message quotes, or run the step as the owner of the installation.',
        }
      : {
          happened: `The account that runs config.sh cannot ${verbs[test as keyof typeof verbs]} ${path}, which removing the runner requires. Nothing was changed.`,
          likelyCause: 'Another account owns this file or directory.',
          remedy: `Fix the owner or the permissions of ${path}, or run the step as root or as the owner of the installation.`,
        },
  );
}

const verbs = { r: 'read', w: 'write to', x: 'enter or execute', O: 'delete' };

function directoriesAbove(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [] : [parent, ...directoriesAbove(parent)];
}

import { posix } from 'node:path';
import { wildcardPattern } from './paths.ts';
import { type Command, lastLineOf, runScript, type ScriptContext } from './script.ts';

/**
 * Checks whether this account can run a command as root with `sudo` and without a password. The command is not run.
 *
 * `sudo -l COMMAND` also succeeds for a command that needs a password, if another one does not (`listpw=any` in sudoers),
 * so the rules are read as well. A password that was entered before does not count (`-k`): it can expire before the removal.
 *
 * @param command absolute, without links
 * @returns why not, or `undefined`
 */
export async function whySudoIsRefused(command: Command, script: ScriptContext): Promise<string | undefined> {
  const list = (...args: string[]) => runScript(['sudo', '-n', '-k', ...args], script, { LC_ALL: 'C' });
  const allowed = await list('-l', '--', ...command);
  if (allowed.exitCode !== 0) {
    return lastLineOf(allowed) || 'sudo: the command is not allowed';
  }
  return needsPassword((await list('-ll')).output, command) ? 'sudo: a password is required' : undefined;
}

/**
 * Whether a command that `sudo` allows needs a password. The last rule that matches it decides. Rules that cannot be
 * evaluated here count only if they ask for a password.
 *
 * @param listing of `sudo -ll`
 */
export function needsPassword(listing: string, command: Command): boolean {
  // The paragraph of the general defaults; that of the defaults for some commands has another title.
  const isOff = /^Matching Defaults(?:.+\n)*.*!authenticate\b/m.test(listing);
  const [, ...rules] = listing.split(/^(?:Sudoers entry|LDAP Role).*/m);
  let needed: boolean | undefined;
  for (const rule of rules) {
    if (
      !/^ +RunAsUsers: (.*, )?(root|ALL|#0)(,|$)/m.test(rule) ||
      /^ +RunAsUsers:.*!(root|ALL|#0)/m.test(rule)
    ) {
      continue;
    }
    const [, negation] = /^ +Options: .*?(!?)authenticate/m.exec(rule) ?? [];
    const asks = negation === undefined ? !isOff : negation === '';
    const isTimed = /^ +Not(Before|After):/m.test(rule);
    for (const [specification] of rule.matchAll(/(?<=\t).+/g)) {
      const matches = matchesCommand(specification, command);
      if (matches === true && !isTimed) {
        needed = asks;
      } else if (matches !== false) {
        needed = asks || (needed ?? false);
      }
    }
  }
  return needed ?? true;
}

/** @returns `undefined` where only `sudo` can tell: regular expressions, digests, another path to the same file */
function matchesCommand(specification: string, [program, ...args]: Command): boolean | undefined {
  // What is denied with `!` is not this command, which is allowed.
  if (specification === 'ALL' || specification.startsWith('!')) {
    return specification === 'ALL';
  }
  if (/^sha\d+:|(^| )\^/.test(specification)) {
    return undefined;
  }
  const { path = specification, parameters = '*' } =
    /^(?<path>(?:\\.|[^ \\])+) (?<parameters>.*)/s.exec(specification)?.groups ?? {};
  if (!wildcardPattern(parameters).test(args.join(' '))) {
    return false;
  }
  const directory = `${posix.dirname(program)}/`;
  if (path === directory || wildcardPattern(path, { any: '[^/]' }).test(program)) {
    return true;
  }
  return wildcardPattern(posix.basename(path)).test(posix.basename(program)) ? undefined : false;
}

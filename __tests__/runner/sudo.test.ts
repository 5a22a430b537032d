import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Command } from '../../src/runner/script.ts';
import { needsPassword, whySudoIsRefused } from '../../src/runner/sudo.ts';
import { scriptIn, writeScript } from '../support.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(await realpath(tmpdir()), 'sudo-'));
  await chmod(root, 0o755);
});
afterAll(() => rm(root, { recursive: true }));

const script = (PATH: string) => scriptIn(root, { environment: { PATH } });

describe('the rules that sudo lists decide whether a command needs a password', () => {
  const command: Command = ['/srv/runner/svc.sh', 'uninstall'];
  const rule = (specification: string, options = '', runAs = 'root', more = '') =>
    `\nSudoers entry: /etc/sudoers\n    RunAsUsers: ${runAs}\n${options && `    Options: ${options}\n`}${more}    Commands:\n\t${specification}\n`;
  const all = rule('ALL', '', 'ALL');
  const free = '!authenticate';
  const defaults = `Matching Defaults entries for runner on host:\n    env_reset,\n    mail_badpass, ${free}\n\n`;
  const header = 'User runner may run the following commands on host:\n';

  test.each([
    ['every command', [rule('ALL', free)]],
    ['this command', [all, rule('/srv/runner/svc.sh uninstall', free)]],
    ['one of several', [all, rule('/bin/a\n\t/srv/runner/svc.sh uninstall\n\t/bin/b', free)]],
    ['any arguments', [all, rule('/srv/runner/svc.sh', `setenv, ${free}, noexec`)]],
    ['a pattern of arguments', [all, rule('/srv/runner/svc.sh un*', free)]],
    ['a pattern of paths', [all, rule('/srv/*/svc.sh', free)]],
    ['a directory', [all, rule('/srv/runner/', free)]],
    ['any user', [all, rule('ALL', free, 'daemon, ALL')]],
    ['user 0', [all, rule('ALL', free, '#0')]],
    ['a directory service', [all, rule('ALL', free).replace(/Sudoers entry:.*/, 'LDAP Role: ci')]],
    ['a default', [defaults, all]],
    ['before a rule for another command', [rule('ALL', free), rule('/bin/true')]],
    ['before a denial of another command', [rule('ALL', free), rule('!/opt/svc.sh')]],
    ['after a command that looks like a rule', [all, rule('/bin/a Sudoers entry\n\tALL', free)]],
    ['before a command that looks like a user', [rule('ALL\n\t/bin/a  RunAsUsers: !root', free)]],
    ['before a command that looks like a time', [all, rule('ALL\n\t/bin/a  NotAfter: 2020', free)]],
    ['another path to the file, which only sudo knows', [rule('/opt/link/svc.sh', free)]],
  ])('without a password: %s', (_, listing) => {
    expect(needsPassword(header + listing.join(''), command)).toBe(false);
  });

  const bound = 'Runas and Command-specific defaults for runner:\n    Defaults!/bin/true';
  test.each([
    ['no rule', []],
    ['no exception', [all]],
    ['a rule that asks against the default', [defaults, rule('ALL', 'authenticate')]],
    ['a command that looks like a default', [all, rule(`/bin/a Matching Defaults ${free}`)]],
    ['a command that looks like a user', [all, rule('ALL\n\t/bin/a  RunAsUsers: root', free, 'daemon')]],
    ['a command that looks like an option', [rule(`ALL\n\t/bin/a  Options: ${free}`)]],
    ['a later rule', [rule('ALL', free), rule('/srv/runner/svc.sh', 'authenticate')]],
    ['another command', [all, rule('/bin/true', free)]],
    ['other arguments', [all, rule('/srv/runner/svc.sh stop', free)]],
    ['no arguments', [all, rule('/srv/runner/svc.sh ""', free)]],
    ['a pattern of other paths', [all, rule('/*/svc.sh', free)]],
    ['another directory', [all, rule('/srv/', free)]],
    ['another user', [all, rule('ALL', free, 'daemon')]],
    ['any user but root', [all, rule('ALL', free, 'ALL, !root')]],
    ['a default of other commands', [`${bound} ${free}\n\n`, all]],
    ['a denial', [all, rule('!/srv/runner/svc.sh', free)]],
    ['another path to the file', [all, rule('/opt/link/svc.sh', free)]],
    ['another path to the file, later', [rule('ALL', free), rule('/opt/link/svc.sh')]],
    ['a digest', [all, rule('sha224:0Gom== /srv/runner/svc.sh', free)]],
    ['a regular expression', [all, rule('^/srv/.*$ ^un.*$', free)]],
    ['a digest, later', [rule('ALL', free), rule('sha224:0Gom== /srv/runner/svc.sh')]],
    ['a regular expression, later', [rule('ALL', free), rule('^/srv/.*$ ^un.*$')]],
    ['a regular expression of paths, later', [rule('ALL', free), rule('^/srv/.*$')]],
    ['a regular expression of arguments, later', [rule('ALL', free), rule('/srv/runner/svc.sh ^un.*$')]],
    ['a time', [all, rule('ALL', free, 'root', '    NotAfter: 20200101000000Z\n')]],
  ])('with a password, or that is unknown: %s', (_, listing) => {
    expect(needsPassword(header + listing.join(''), command)).toBe(true);
  });

  test('a path with escaped spaces is one path, and a rule of backslashes is read at once', () => {
    const listing =
      header + all + rule(`/bin/${'\\'.repeat(1_000)}`) + rule('/srv/my\\ runner/svc.sh uninstall', free);
    expect(needsPassword(listing, ['/srv/my runner/svc.sh', 'uninstall'])).toBe(false);
  });

  test('several arguments are one text', () => {
    const listing = header + all + rule('/srv/runner/svc.sh stop now', free);
    expect(needsPassword(listing, ['/srv/runner/svc.sh', 'stop', 'now'])).toBe(false);
  });
});

test.each([
  ['is not installed', undefined, /sudo: not found/],
  ['lists no rule', 'exit 0', /required$/],
  [
    'speaks another language',
    '[ "$LC_ALL" = C ] && echo "sudo: a password is required" >&2; exit 1',
    /required$/,
  ],
  ['does not say why', 'exit 1', /^sudo: the command is not allowed$/],
  [
    'remembers a password',
    'case "$*" in *-k*) echo "sudo: a password is required" >&2; exit 1; esac',
    /required$/,
  ],
])('a command is refused where sudo %s', async (_, source, reason) => {
  const path = await mkdtemp(join(root, 'path-'));
  if (source !== undefined) {
    await writeScript(join(path, 'sudo'), source);
  }

  expect(await whySudoIsRefused(['/a', 'b'], script(path))).toMatch(reason);
});

// The real one, with rules that only its own processes see. Only root can arrange that.
const isRequired = process.env['REQUIRE_SYSTEM_TOOLS'] !== undefined;
const canTry =
  isRequired ||
  (process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'sudo', '-n', 'true']).status === 0);
(canTry ? describe : describe.skip)('the real sudo agrees', () => {
  const account = 'nobody';
  let bin: string;
  let command: Command;
  beforeAll(async () => {
    bin = join(root, 'bin');
    command = [join(root, 'svc.sh'), 'uninstall'];
    await writeScript(command[0], 'id -u');
    await writeScript(
      join(bin, 'sudo'),
      `exec unshare --mount sh -c 'mount --bind "$0" /etc/sudoers && exec setpriv --reuid=${account} --regid=65534 --clear-groups /usr/bin/env -u PATH sudo "$@"' '${root}/sudoers' "$@"`,
    );
  });

  test.each([
    [[], false],
    [['ALL=(root) NOPASSWD: SVC uninstall'], true],
    [['ALL=(root) NOPASSWD: SVC'], true],
    [['ALL=(root) NOPASSWD: SVC stop'], false],
    [['ALL=(nobody) NOPASSWD: SVC'], false],
    [['ALL=(ALL:ALL) NOPASSWD: ALL'], true],
    [['ALL=(ALL:ALL) ALL'], false],
    [['ALL=(ALL:ALL) ALL', 'ALL=(root) NOPASSWD: /bin/true'], false],
    [['ALL=(ALL:ALL) ALL', 'ALL=(root) NOPASSWD: /bin/true, SVC uninstall'], true],
    [['ALL=(ALL:ALL) ALL', 'ALL=(ALL) NOPASSWD: ROOT/*.sh'], true],
    [['ALL=(ALL:ALL) NOPASSWD: ALL', 'ALL=(root) PASSWD: SVC'], false],
    [['ALL=(ALL:ALL) ALL', 'Defaults listpw=never'], false],
    [['ALL=(ALL:ALL) ALL', 'Defaults !authenticate'], true],
    [['ALL=(ALL:ALL) NOPASSWD: ALL', 'Defaults requiretty'], false],
  ])('%j: without a password %s', async (rules, expected) => {
    const lines = rules.map((line) => line.replace(/^ALL/, `${account} ALL`).replaceAll('SVC', command[0]));
    const text = ['root ALL=(ALL) ALL', ...lines, ''].join('\n').replaceAll('ROOT', root);
    await rm(join(root, 'sudoers'), { force: true });
    await writeFile(join(root, 'sudoers'), text, { mode: 0o440 });
    const sudo = spawnSync(join(bin, 'sudo'), ['-n', '--', ...command], { encoding: 'utf8' });

    expect([sudo.status === 0 && sudo.stdout, sudo.stderr]).toEqual(
      expected ? ['0\n', ''] : [false, expect.any(String)],
    );
    expect(await whySudoIsRefused(command, script(`${bin}:${process.env['PATH']}`))).toEqual(
      expected ? undefined : expect.stringMatching(/^sudo: /),
    );
  });
});

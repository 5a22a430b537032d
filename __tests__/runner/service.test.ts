import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { ScriptContext } from '../../src/runner/script.ts';
import { findUninstallCommand, isService, setMarkerAside, stopRunner } from '../../src/runner/service.ts';
import { failureOf, scriptIn, startProgram, temporaryDirectory, writeScript } from '../support.ts';

let directory: string;
let context: ScriptContext;
const { SystemRoot } = process.env;
beforeEach(async () => {
  directory = await temporaryDirectory();
  context = scriptIn(directory, {
    ownerPrefix: ['env', 'AS=owner'],
    environment: { PATH: `${directory}:${process.env['PATH']}` },
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env['SystemRoot'] = SystemRoot;
});

const program = (name: string, ...lines: string[]) => writeScript(join(directory, name), ...lines);

const mark = (name = '.service', text = 'unit') => writeFile(join(directory, name), text);
const read = (name: string) => readFile(join(directory, name), 'utf8');
const uninstall = () => [join(directory, 'svc.sh'), 'uninstall'] as const;

test('an installation without a marker is not a service and needs no command', async () => {
  expect(await isService(directory)).toBe(false);
  expect(await findUninstallCommand(context, false)).toBeUndefined();
});

describe('the marker of a service', () => {
  test.each(['.service', '.service.set-aside'])('can be %s', async (name) => {
    await mark(name);

    expect(await isService(directory)).toBe(true);
  });

  test('is set aside and restored', async () => {
    await mark();

    const restore = await setMarkerAside(directory);
    expect(await readdir(directory)).toEqual(['.service.set-aside']);
    await restore();

    expect(await readdir(directory)).toEqual(['.service']);
  });

  test('that is not there is nothing to restore', async () => {
    await (await setMarkerAside(directory))();

    expect(await readdir(directory)).toEqual([]);
  });

  test('replaces what a crash has left', async () => {
    await mark('.service', 'new');
    await mark('.service.set-aside', 'old');

    const restore = await setMarkerAside(directory);
    expect(await readdir(directory)).toEqual(['.service.set-aside']);
    await restore();

    expect(await read('.service')).toBe('new');
  });

  test('stays if the service was installed again in the meantime', async () => {
    await mark('.service', 'old');

    const restore = await setMarkerAside(directory);
    await mark('.service', 'new');
    await restore();

    expect(await readdir(directory)).toEqual(['.service']);
    expect(await read('.service')).toBe('new');
  });

  test('that cannot be moved is an error that names it', async () => {
    await mkdir(join(directory, '.service.set-aside'));
    const restore = await setMarkerAside(directory);
    await mark();

    await expect(setMarkerAside(directory)).rejects.toThrow(/\.service\.set-aside/);
    await expect(restore()).rejects.toThrow(/\.service\.set-aside/);
  });
});

describe('a service on Linux', () => {
  beforeEach(() => mark());

  test('is uninstalled by root itself, not by the owner of the installation', async () => {
    expect(await findUninstallCommand(context, true)).toEqual(uninstall());
  });

  test('is uninstalled with sudo by an account that can do so without a password', async () => {
    await program(
      'sudo',
      `case "$*" in *-ll) printf 'Sudoers entry: x\\n    RunAsUsers: root\\n    Options: !authenticate\\n    Commands:\\n\\tALL\\n'; esac`,
    );

    expect(await findUninstallCommand(context, false)).toEqual(['sudo', '-n', '--', ...uninstall()]);
  });

  test('is refused to another account, with the line that would allow it', async () => {
    await program('sudo', 'echo "sudo: a password is required" >&2', 'exit 1');

    const failure = await failureOf(() => findUninstallCommand(context, false));

    expect(failure.kind).toBe('service-needs-root');
    expect(failure.explanation.happened).toContain('Nothing was changed.');
    expect(failure.explanation.cause).toContain('without a password ("sudo: a password is required")');
    expect(failure.explanation.remedy).toContain(`"${directory}/svc.sh uninstall" with NOPASSWD`);
  });
});

test('a service on macOS is uninstalled by the owner of the installation', async () => {
  await mark();
  const mac: ScriptContext = { ...context, platform: 'darwin' };

  expect(await findUninstallCommand(mac, true)).toEqual(['env', 'AS=owner', ...uninstall()]);
  expect(await findUninstallCommand({ ...mac, ownerPrefix: [] }, false)).toEqual(uninstall());
});

describe('a service on Windows', () => {
  beforeEach(async () => {
    await mark();
    process.env['SystemRoot'] = directory;
  });
  const powershell = (answer: string) =>
    program(
      'System32/WindowsPowerShell/v1.0/powershell.exe',
      `case "$*" in *WindowsPrincipal*'.IsInRole('*Administrator')') echo ${answer}; esac`,
    );

  test('is left to config.cmd, run by an administrator', async () => {
    await powershell('True');

    expect(await findUninstallCommand({ ...context, platform: 'win32' }, false)).toBeUndefined();
  });

  test('is refused to another account', async () => {
    await powershell('False');

    expect(
      await failureOf(() => findUninstallCommand({ ...context, platform: 'win32' }, false)),
    ).toMatchObject({
      kind: 'service-needs-administrator',
      explanation: {
        happened: expect.stringContaining('Nothing was changed'),
        cause: 'Uninstalling a Windows service requires an administrator.',
        remedy: expect.stringContaining('whose account is an administrator'),
      },
    });
  });
});

describe('stopping a runner', () => {
  let printed: string[];
  const stop = (isInstalled = true) => {
    printed = [];
    const runner = { script: context, uninstall: isInstalled ? uninstall() : undefined };
    return stopRunner(runner, (output) => printed.push(output));
  };

  const start = (name: string) => startProgram(join(directory, 'bin', name));

  test.each(['.service', '.service.set-aside'])(
    'uninstalls its service, with the marker in its place: %s',
    async (name) => {
      await mark(name);
      await program('svc.sh', 'pwd', 'rm .service');

      expect(await stop()).toBe(true);
      expect(printed).toEqual([`${directory}\n`]);
      expect(await isService(directory)).toBe(false);
    },
  );

  test.each([
    ['svc.sh fails', ['rm .service', 'echo "Failed: stop" >&2', 'exit 1'], /exit code 1, "Failed: stop"/],
    ['svc.sh is terminated', ['echo "Failed: stop"', 'kill $$'], /uninstall was terminated or could not be/],
    ['the marker is still there', ['echo "Failed: stop"', 'exit 0'], /exit code 0/],
  ])('has failed if %s', async (_, lines, happened) => {
    await mark();
    await program('svc.sh', ...lines);

    const failure = await failureOf(stop);

    expect(failure.kind).toBe('removal-failed');
    expect(failure.explanation.happened).toMatch(happened);
    expect(failure.explanation.happened).toContain('is not configured any more');
    expect(failure.explanation.likelyCause).toContain('service manager');
    expect(failure.explanation.remedy).toContain('Fix the problem shown in the output');
    expect(printed).toEqual(['Failed: stop\n']);
  });

  test('terminates a listener that was started by hand', async () => {
    const listener = await start('Runner.Listener');

    expect(await stop(false)).toBe(true);

    expect(printed).toEqual([`Stopping the listener (process ${listener.pid}).`]);
    expect(await once(listener, 'exit')).toEqual([null, 'SIGTERM']);
  });

  test("leaves another account's listener running and says so", async () => {
    const listener = await start('Runner.Listener');
    jest.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });

    expect(await stop(false)).toBe(true);

    expect(printed).toEqual([
      `The listener (process ${listener.pid}) belongs to another account. Stop it by hand.`,
    ]);
    listener.kill();
    await once(listener, 'exit');
  });

  test('does nothing while a job is running', async () => {
    await mark();
    await program('svc.sh', 'rm .service');
    const worker = await start('Runner.Worker');

    expect(await stop()).toBe(false);

    expect(printed).toEqual([]);
    expect(await isService(directory)).toBe(true);
    worker.kill();
    await once(worker, 'exit');
  });
});

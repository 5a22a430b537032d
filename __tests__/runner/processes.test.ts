import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  isAlive,
  listProcesses,
  processesOf,
  runPowerShell,
  terminate,
  terminateDescendants,
} from '../../src/runner/processes.ts';
import { eventually, temporaryDirectory, writeScript } from '../support.ts';

let root: string;
const { PATH, SystemRoot } = process.env;
beforeEach(async () => {
  root = await temporaryDirectory();
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env['PATH'] = PATH;
  process.env['SystemRoot'] = SystemRoot;
});

/** Creates a program that prints these lines and keeps its arguments and its environment. */
async function program(path: string, lines: string[], exitCode = 0): Promise<void> {
  const kept = join(root, path);
  await writeScript(
    kept,
    `printf '%s\\n' "$@" > '${kept}.arguments'`,
    `env > '${kept}.environment'`,
    ...["cat <<'END'", ...lines, 'END', `exit ${exitCode}`],
  );
}

describe('on macOS', () => {
  /** Puts a `ps` that prints these lines on the path. */
  async function ps(lines: string[], exitCode?: number): Promise<void> {
    await program('ps', lines, exitCode);
    process.env['PATH'] = `${root}:${PATH}`;
  }

  test.each([
    ['its own worker', ['/sbin/launchd', 'ROOT/bin/Runner.Worker'], true],
    ['the worker of a version that it updated itself to', ['ROOT/bin.2.336.0/Runner.Worker'], true],
    ['its listener only', ['ROOT/bin/Runner.Listener'], false],
    ["another installation's worker", ['ROOT-2/bin/Runner.Worker'], false],
    ['one of an installation that differs in case', ['SHOUT/bin/Runner.Worker'], false],
    ['a program of a similar name', ['ROOT/bin/Runner.Workers', 'ROOT/bin/MyRunner.Worker'], false],
    ['nothing', [], false],
    ['a program without a path', ['', 'Runner.Worker', 'bin/Runner.Worker'], false],
  ])('the list of processes shows %s: %j %s', async (_, programs, expected) => {
    const paths = programs.map((path) => path.replace('ROOT', root).replace('SHOUT', root.toUpperCase()));
    await ps(paths.map((path, index) => `  ${index + 1}  4321  ${path}`));

    const found = await processesOf(root, 'Runner.Worker', 'darwin');
    expect(found.map(({ parent }) => parent)).toEqual(expected ? [4321] : []);
    expect(await readFile(join(root, 'ps.arguments'), 'utf8')).toBe('-axww\n-o\npid=,ppid=,comm=\n');
  });

  test('a worker that is reached through a link is the same', async () => {
    await mkdir(join(root, 'bin.2'));
    await symlink(root, join(root, 'link'));
    await ps([`77 1 ${join(root, 'link/bin.2/Runner.Worker')}`]);

    expect(await processesOf(root, 'Runner.Worker', 'darwin')).toMatchObject([{ id: 77, parent: 1 }]);
  });

  test('a PATH with an entry that cannot be read is not logged', async () => {
    await ps(['1 0 /sbin/launchd']);
    await writeFile(join(root, 'file'), '');
    process.env['PATH'] = `${root}/file:${process.env['PATH']}`;
    const write = jest.spyOn(process.stdout, 'write');
    const log = jest.spyOn(console, 'log').mockReturnValue();

    expect(await listProcesses('darwin')).toHaveLength(1);
    expect([...write.mock.calls, ...log.mock.calls]).toEqual([]);
  });

  test('ps does not receive the admin token', async () => {
    await ps([]);
    process.env['INPUT_TOKEN'] = 'the-admin-token';

    await listProcesses('darwin');
    delete process.env['INPUT_TOKEN'];

    const environment = await readFile(join(root, 'ps.environment'), 'utf8');
    expect(environment).not.toContain('the-admin-token');
    // The variables of a test are its own. These are in the environment that the process was started with.
    expect(environment).not.toMatch(/^(NODE_ENV|JEST_WORKER_ID)=/m);
  });

  test('a list that cannot be read is an error: it does not mean that no job is running', async () => {
    await ps([], 1);

    await expect(processesOf('/opt/runner', 'Runner.Worker', 'darwin')).rejects.toThrow('exit code 1');
  });

  test('a cancellation goes on if ps fails', async () => {
    await ps([], 1);

    await expect(terminateDescendants('darwin')).resolves.toBeUndefined();
  });
});

describe('on Windows', () => {
  const path = 'System32/WindowsPowerShell/v1.0/powershell.exe';
  beforeEach(() => {
    process.env['SystemRoot'] = root;
  });

  // Paths of Windows cannot be resolved here.
  test.each([
    ['C:\\actions-runner\\bin\\Runner.Worker.exe', true],
    ['c:\\Actions-Runner\\bin.2.336.0\\runner.worker.exe', true],
    ['C:\\actions-runner-2\\bin\\Runner.Worker.exe', false],
    ['C:\\actions-runner\\bin\\Runner.exe.Worker', false],
  ])('PowerShell lists %s: %s', async (worker, expected) => {
    // PowerShell may have more to say.
    await program(path, ['0 0 \r', `812 4 ${worker}\r`, `Took 3 4 ${worker}\r`]);

    const found = await processesOf('C:\\actions-runner', 'Runner.Worker', 'win32');
    expect(found).toEqual(expected ? [{ id: 812, parent: 4, program: worker }] : []);
    expect(await readFile(join(root, `${path}.arguments`), 'utf8')).toMatch(
      /Get-CimInstance Win32_Process .*ProcessId.*ParentProcessId.*ExecutablePath/,
    );
  });

  test('PowerShell prints paths with any character in UTF-8', async () => {
    await program(path, ['Bär']);

    expect(await runPowerShell('A command')).toBe('Bär\n');
    expect(await readFile(join(root, `${path}.arguments`), 'utf8')).toBe(
      '-NoProfile\n-NonInteractive\n-Command\n[Console]::OutputEncoding = [Text.Encoding]::UTF8; A command\n',
    );
  });
});

describe('on Linux', () => {
  let proc: string;
  beforeEach(async () => {
    proc = join(root, 'proc');
    for (const name of ['bin/Runner.Worker', 'bin/Runner.Worker (deleted)', 'bin.2/Runner.Worker']) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), '');
    }
    await mkdir(join(root, 'bin.1'));
    // On another file system.
    await symlink('/proc/version', join(root, 'bin.1/Runner.Worker (deleted)'));
  });

  /** Writes what /proc shows of a process. */
  async function show(id: string, { exe, ...texts }: { [name: string]: string } = {}): Promise<void> {
    await mkdir(join(proc, id), { recursive: true });
    if (exe !== undefined) {
      await symlink(exe.replace('ROOT', root), join(proc, id, 'exe'));
    }
    for (const [name, text] of Object.entries({ stat: `${id} (a) S 1 0 0`, ...texts })) {
      await writeFile(join(proc, id, name), text.replace('ROOT', root));
    }
  }

  test('/proc shows programs by their links, or by their first arguments', async () => {
    await show('1', { cmdline: '/sbin/init\0splash\0', stat: '1 (init) S 0 1 1' });
    await show('20', { exe: '/r/bin/Runner.Worker', cmdline: 'x\0', stat: '20 (a) S 7) b) S 1 20 20' });
    await show('22', { exe: '/r (deleted)/a' });
    // One that has ended, and what is not a process.
    await show('21');
    for (const name of ['self', '7x', 'x7']) {
      await show(name, { exe: '/sbin/init' });
    }

    expect(await listProcesses('linux', proc)).toStrictEqual([
      { id: 1, parent: 0, program: '/sbin/init' },
      { id: 20, parent: 1, program: '/r/bin/Runner.Worker' },
      { id: 22, parent: 1, program: '/r (deleted)/a' },
    ]);
  });

  test('this process is in /proc', async () => {
    const { pid: id, ppid: parent, execPath: program } = process;

    expect(await listProcesses('linux')).toContainEqual({ id, parent, program });
  });

  const cmdline = 'ROOT/bin/Runner.Worker\0spawnclient\0';
  test.each<[string, { [name: string]: string }, boolean]>([
    ['runs its program', { exe: 'ROOT/bin/Runner.Worker' }, true],
    ['runs the program of another version', { exe: 'ROOT/bin.2/Runner.Worker' }, true],
    ['runs a program that an update has deleted', { exe: 'ROOT/bin/Runner.Worker (deleted)' }, true],
    ['runs a program that was deleted elsewhere', { exe: 'ROOT/bin.1/Runner.Worker (deleted)' }, false],
    ['is of another account', { cmdline, status: 'Name:\tNSpid:\t2\t1\nNSpid:\t20\n' }, true],
    ['is of another account, on a kernel without namespaces', { cmdline, status: '' }, true],
    ["is of another account's container", { cmdline, status: 'Name:\ta\nNSpid:\t20\t1\n' }, false],
    ['has just ended', { cmdline }, false],
  ])('a process belongs to the installation where it %s: %j %s', async (_, files, expected) => {
    await show('20', files);

    const found = await processesOf(root, 'Runner.Worker', 'linux', proc);
    expect(found.map(({ id }) => id)).toEqual(expected ? [20] : []);
  });

  test('a process that ends while it is read does not belong to it', async () => {
    await show('20', { cmdline });
    // Its link can be followed, but not be read any more.
    await writeFile(join(proc, '20/exe'), '');

    expect(await processesOf(root, 'Runner.Worker', 'linux', proc)).toEqual([]);
  });

  const unshare = ['--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];
  const isRequired = process.env['REQUIRE_SYSTEM_TOOLS'] !== undefined;
  const canUnshare = isRequired || spawnSync('unshare', [...unshare, 'true']).status === 0;
  (canUnshare ? test : test.skip).each([
    ['on another file system', 'mount -t tmpfs none "$1" && cp /bin/sleep "$1/Runner.Worker"'],
    ['on the same file system', 'cp /bin/sleep "$1/own" && mount --bind "$1/own" "$1/Runner.Worker"'],
  ])('a process in a container with the same path does not belong to it: %s', async (_, mount) => {
    const bin = join(root, 'bin');
    const worker = join(bin, 'Runner.Worker');
    await copyFile('/bin/sleep', worker);
    await chmod(worker, 0o755);
    const sleeping = '"$1/Runner.Worker" 60 & echo started; wait';
    const enter = `${mount} && ${sleeping}`;
    const outside = spawn('sh', ['-c', sleeping, 'sh', bin], { detached: true });
    const inside = spawn('unshare', [...unshare, 'sh', '-c', enter, 'sh', bin], { detached: true });
    try {
      await Promise.all([outside, inside].map(({ stdout }) => once(stdout, 'data')));
      const workers = await eventually(async () => {
        const all = (await listProcesses('linux')).filter(({ program }) => program === worker);
        return all.length === 2 ? all : undefined;
      });
      const found = await processesOf(root, 'Runner.Worker', 'linux');

      expect(workers.map(({ parent }) => parent).sort()).toEqual([outside.pid, inside.pid].sort());
      expect(found.map(({ parent }) => parent)).toEqual([outside.pid]);
    } finally {
      for (const { pid } of [outside, inside]) {
        process.kill(-Number(pid), 'SIGKILL');
      }
      await Promise.all([outside, inside].map((child) => once(child, 'close')));
    }
  });
});

describe('terminating', () => {
  /** A shell that has started another process. */
  async function startFamily(): Promise<{ family: ChildProcess; grandchild: number }> {
    const family = spawn('sh', ['-c', 'sleep 60 & echo $!; wait']);
    const [line] = await once(family.stdout, 'data');
    return { family, grandchild: Number(line) };
  }

  test('what this process has started reaches what that has started', async () => {
    const { family, grandchild } = await startFamily();

    await terminateDescendants(process.platform);

    expect(await once(family, 'exit')).toEqual([null, 'SIGTERM']);
    await eventually(() => !isAlive(grandchild));
  });

  test('is not possible for processes of root, which are left alone', async () => {
    const { family } = await startFamily();
    const kill = jest.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });

    await terminateDescendants(process.platform);

    expect(kill.mock.calls).toContainEqual([family.pid, 'SIGTERM']);
    expect(isAlive(Number(family.pid))).toBe(true);
    jest.restoreAllMocks();
    await terminateDescendants(process.platform);
    await once(family, 'exit');
  });

  test('is not needed for a process that has ended', async () => {
    const child = spawn('true');
    await once(child, 'exit');

    expect(isAlive(process.pid)).toBe(true);
    expect(isAlive(Number(child.pid))).toBe(false);
    expect(terminate(Number(child.pid))).toBe(true);
  });
});

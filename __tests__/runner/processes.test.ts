import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { askToEnd, isAlive, listProcesses, processesOf } from '../../src/runner/processes.ts';
import { outputUntilDone } from '../support.ts';

let root: string;
const { PATH } = process.env;
beforeEach(async () => {
  root = await mkdtemp(join(await realpath(tmpdir()), 'processes-'));
});
afterEach(async () => {
  process.env['PATH'] = PATH;
  await rm(root, { recursive: true });
});

/** Puts a program on the path that prints these lines and keeps its arguments. */
async function program(name: string, lines: string[]): Promise<void> {
  const path = join(root, name);
  await writeFile(
    path,
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${path}.arguments'\nenv > '${path}.environment'\ncat <<'END'\n${lines.join('\n')}\nEND\n`,
  );
  await chmod(path, 0o755);
  process.env['PATH'] = `${root}:${PATH}`;
}

describe('on macOS the list of processes tells whether a job runs on an installation', () => {
  test.each([
    ['its own worker', ['/sbin/launchd', 'ROOT/bin/Runner.Worker'], true],
    ['the worker of a version that it updated itself to', ['ROOT/bin.2.336.0/Runner.Worker'], true],
    ['its listener only', ['ROOT/bin/Runner.Listener'], false],
    ["another installation's worker", ['ROOT-2/bin/Runner.Worker'], false],
    ['one of an installation that differs in case', ['SHOUT/bin/Runner.Worker'], false],
    ['a program of a similar name', ['ROOT/bin/Runner.Workers', 'ROOT/bin/MyRunner.Worker'], false],
    ['nothing', [], false],
    ['a program without a path', ['', 'Runner.Worker'], false],
  ])('%s: %j %s', async (_, programs, expected) => {
    await program(
      'ps',
      programs.map(
        (path, index) =>
          `  ${index + 1}  4321  ${path.replace('ROOT', root).replace('SHOUT', root.toUpperCase())}`,
      ),
    );

    const found = await processesOf(root, 'Runner.Worker', 'darwin');
    expect(found.length > 0).toBe(expected);
    expect(found.every(({ parent }) => parent === 4321)).toBe(true);
    expect(await readFile(join(root, 'ps.arguments'), 'utf8')).toBe('-axww\n-o\npid=,ppid=,comm=\n');
  });

  test('without a word in the log', async () => {
    await program('ps', ['1 0 /sbin/launchd']);

    expect(await outputUntilDone(() => listProcesses('darwin'))).toBe('');
  });

  test('what is asked for it is not given the admin token', async () => {
    await program('ps', []);
    process.env['INPUT_TOKEN'] = 'the-admin-token';

    await listProcesses('darwin');
    delete process.env['INPUT_TOKEN'];

    const environment = await readFile(join(root, 'ps.environment'), 'utf8');
    expect(environment).not.toContain('the-admin-token');
    // A test has variables of its own. These are what the process had from the start: no list, and all would be there.
    expect(environment).not.toMatch(/^(NODE_ENV|JEST_WORKER_ID)=/m);
  });

  test('a worker that is reached through a link is the same', async () => {
    await mkdir(join(root, 'bin.2'));
    await symlink(root, join(root, 'link'));
    await program('ps', [`77 1 ${join(root, 'link/bin.2/Runner.Worker')}`]);

    expect(await processesOf(root, 'Runner.Worker', 'darwin')).toMatchObject([{ id: 77, parent: 1 }]);
  });
});

describe('on Windows PowerShell is asked', () => {
  // A path of Windows cannot be resolved here, and is compared as it is.
  test.each([
    ['C:\\actions-runner\\bin\\Runner.Worker.exe', true],
    ['c:\\Actions-Runner\\bin.2.336.0\\runner.worker.exe', true],
    ['C:\\actions-runner-2\\bin\\Runner.Worker.exe', false],
    ['C:\\actions-runner\\bin\\Runner.exe.Worker', false],
  ])('%s: %s', async (worker, expected) => {
    await program('powershell.exe', ['0 0 \r', `812 4 ${worker}\r`]);

    const found = await processesOf('C:\\actions-runner', 'Runner.Worker', 'win32');
    expect(found).toEqual(expected ? [{ id: 812, parent: 4, program: worker }] : []);
    expect(await readFile(join(root, 'powershell.exe.arguments'), 'utf8')).toBe(
      '-NoProfile\n-NonInteractive\n-Command\nGet-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId) $($_.ExecutablePath)" }\n',
    );
  });
});

describe('on Linux every process is read from /proc', () => {
  /** Writes what /proc shows of a process. */
  async function show(id: string, files: { exe?: string; cmdline?: string; stat?: string }): Promise<void> {
    const { exe, ...texts } = files;
    await mkdir(join(root, id));
    if (exe !== undefined) {
      await symlink(exe, join(root, id, 'exe'));
    }
    for (const [name, text] of Object.entries(texts)) {
      await writeFile(join(root, id, name), text);
    }
  }

  test('by its link where that may be read, by its first argument where not, and not at all when it has ended', async () => {
    await show('1', { cmdline: '/sbin/init\0splash\0', stat: '1 (init) S 0 1 1' });
    await show('20', { exe: '/r/bin/Runner.Worker', cmdline: 'x\0', stat: '20 (a) S 7) b) S 1 20 20' });
    await show('21', { exe: '/usr/bin/ended' });
    // What is no number is something else, whatever it holds.
    for (const name of ['self', '7x', 'x7']) {
      await show(name, { exe: '/sbin/init', stat: '1 (init) S 0 1 1' });
    }

    expect(await listProcesses('linux', root)).toStrictEqual([
      { id: 1, parent: 0, program: '/sbin/init' },
      { id: 20, parent: 1, program: '/r/bin/Runner.Worker' },
    ]);
  });

  test('this one is among them', async () => {
    if (process.platform === 'linux') {
      expect(await listProcesses('linux')).toContainEqual({
        id: process.pid,
        parent: process.ppid,
        program: process.execPath,
      });
    }
  });
});

test('a process that has ended is not alive, and cannot be asked to end', async () => {
  const child = spawn('true');
  await once(child, 'exit');

  expect(isAlive(process.pid)).toBe(true);
  // This one belongs to root.
  expect(isAlive(1)).toBe(true);
  expect(isAlive(Number(child.pid))).toBe(false);
  expect(askToEnd(Number(child.pid))).toBe(false);
});

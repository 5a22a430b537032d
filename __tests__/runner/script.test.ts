import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import {
  asOwner,
  lastLineOf,
  runScript,
  type ScriptContext,
  systemProgram,
} from '../../src/runner/script.ts';
import { outputUntilDone, scriptIn } from '../support.ts';
import { createWindows } from './windows.ts';

let root: string;
let context: ScriptContext;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'script run-'));
  const environment = { ...(await createWindows(root)), COLOR: 'red' };
  context = scriptIn('/', { environment });
});
afterAll(() => rm(root, { recursive: true }));

test.each([
  ['one\ntwo\n', 'two'],
  ['one\r\ntwo\r\n\r\n', 'two'],
  ['one\rtwo', 'two'],
  ['  two  ', 'two'],
  ['', ''],
])('the last line of what a script printed: %j', (output, line) => {
  expect(lastLineOf({ exitCode: 1, output })).toBe(line);
});

test('the last line of a megabyte is found at once', () => {
  const output = 'x'.repeat(1_000_000);

  expect(lastLineOf({ exitCode: 1, output })).toBe(output);
});

test('a command is run as it is, or as the owner', () => {
  expect(asOwner(context, ['config.sh', 'remove'])).toEqual(['config.sh', 'remove']);
  expect(asOwner({ ...context, ownerPrefix: ['sudo', '-n'] }, ['config.sh', 'remove'])).toEqual([
    ...['sudo', '-n'],
    ...['config.sh', 'remove'],
  ]);
});

test.each(['linux', 'win32'] as const)(
  'a command has its arguments, its directory, its variables and an empty standard input: %s',
  async (platform) => {
    const command = [
      'env',
      'SIZE=two  words',
      'sh',
      '-c',
      'pwd; cat; env; readlink /proc/self/fd/0; exit 3',
    ] as const;

    const { exitCode, output } = await runScript(command, { ...context, platform }, { SHAPE: 'round' });

    expect(exitCode).toBe(3);
    const lines = output.trim().split('\n');
    expect([lines[0], lines.at(-1)]).toEqual(['/', '/dev/null']);
    expect(lines).toEqual(expect.arrayContaining(['SIZE=two  words', 'COLOR=red', 'SHAPE=round']));
    expect(output).not.toContain('HOME=');
  },
);

test('a megabyte of both streams is kept, and nothing is logged', async () => {
  const print = (bytes: number) => runScript(['head', '-c', `${bytes}`, '/dev/zero'], context);

  expect((await print(1_000_000)).output.length).toBe(1_000_000);
  expect((await print(3_000_000)).output.length).toBeLessThanOrEqual(1_000_000);
  expect((await runScript(['ls', '/nowhere'], context)).output).toContain('/nowhere');
  expect(await outputUntilDone(() => runScript(['echo', 'a'], context))).toBe('');
});

test('nothing is logged about directories of PATH that cannot be read', async () => {
  const { PATH } = process.env;
  process.env['PATH'] = `/etc/passwd:${PATH}`;
  // The toolkit uses this, which Jest buffers.
  const log = jest.spyOn(console, 'log').mockReturnValue();
  try {
    expect(await outputUntilDone(() => runScript(['true'], context))).toBe('');
    expect(log).not.toHaveBeenCalled();
  } finally {
    log.mockRestore();
    process.env['PATH'] = PATH;
  }
});

test('on Windows, quotation marks are only around what needs them', async () => {
  const SystemRoot = join(root, 'echo');
  await mkdir(join(SystemRoot, 'System32'), { recursive: true });
  await writeFile(join(SystemRoot, 'System32/cmd.exe'), `#!/bin/sh\nprintf '%s' "$4"`, { mode: 0o755 });
  const script = { ...context, platform: 'win32', environment: { SystemRoot } } as const;

  const { output } = await runScript(
    ['C:\\a b\\config.cmd', 'remove', '--local', 'C:\\a/b_1.c', 'd&e'],
    script,
  );

  expect(output).toBe('""C:\\a b\\config.cmd" remove --local C:\\a/b_1.c "d&e" <nul"');
});

test('programs of Windows have absolute paths', () => {
  expect(systemProgram({ SYSTEMROOT: '/D/Windows' }, 'a', 'b.exe')).toBe('/D/Windows/System32/a/b.exe');
  expect(systemProgram({ NoSystemRoot: '/D', SystemRootX: '/D' }, 'cmd.exe')).toMatch(
    /^C:\\Windows.System32.cmd\.exe$/,
  );
});

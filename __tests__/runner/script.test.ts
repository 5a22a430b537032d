import { expect, test } from '@jest/globals';
import { asOwner, lastLineOf, runScript, type ScriptContext } from '../../src/runner/script.ts';
import { outputUntilDone } from '../support.ts';

const context: ScriptContext = {
  directory: '/',
  platform: 'linux',
  ownerPrefix: [],
  environment: { PATH: process.env['PATH'] ?? '', COLOR: 'red' },
};

test.each([
  ['one\ntwo\n', 'two'],
  ['one\r\ntwo\r\n\r\n', 'two'],
  ['one\rtwo', 'two'],
  ['  two  ', 'two'],
  ['', ''],
])('the last line that a script printed is told: %j', (output, line) => {
  expect(lastLineOf({ exitCode: 1, output })).toBe(line);
});

test('a command is run as it is, or behind what changes the account', () => {
  expect(asOwner(context, ['config.sh', 'remove'])).toEqual(['config.sh', 'remove']);
  expect(asOwner({ ...context, ownerPrefix: ['sudo', '-n'] }, ['config.sh', 'remove'])).toEqual([
    ...['sudo', '-n'],
    ...['config.sh', 'remove'],
  ]);
});

test.each([
  ['linux', /^\/dev\/null$/],
  ['win32', /^(pipe|socket):/],
] as const)('what a command reads has ended: %s', async (platform, kind) => {
  // Read to its end first: a command that ends before it is closed would be told of a broken pipe.
  const command = ['sh', '-c', 'cat; readlink /proc/self/fd/0'] as const;

  const result = await runScript(command, { ...context, platform });

  expect(result.output.trim()).toMatch(kind);
});

test('of what a command prints a million bytes are kept, and none of it is in the log', async () => {
  const print = (bytes: number) => runScript(['head', '-c', `${bytes}`, '/dev/zero'], context);

  expect((await print(1_000_000)).output.length).toBe(1_000_000);
  expect((await print(3_000_000)).output.length).toBeLessThanOrEqual(1_000_000);
  expect(await outputUntilDone(() => runScript(['echo', 'a'], context))).toBe('');
});

test.each(['linux', 'win32'] as const)(
  'a command has its arguments, its directory, its variables and nothing to read, and writes nothing itself: %s',
  async (platform) => {
    const script = 'pwd; echo "$1 $COLOR $SHAPE $HOME"; cat; exit 3';
    const command = ['sh', '-c', script, 'sh', 'two  words'] as const;

    expect(await runScript(command, { ...context, platform }, { SHAPE: 'round' })).toEqual({
      exitCode: 3,
      output: '/\ntwo  words red round \n',
    });
  },
);

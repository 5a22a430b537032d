import { chmod, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deregister, removeLocalConfiguration } from '../../src/runner/deregistration.ts';
import type { ScriptContext } from '../../src/runner/script.ts';

let directory: string;
let context: ScriptContext;
beforeEach(async () => {
  // A name that would be several arguments, or none, to whoever does not quote it.
  directory = await mkdtemp(join(await realpath(tmpdir()), 'my runner "$(x)" \\'));
  context = {
    directory,
    platform: 'linux',
    ownerPrefix: [],
    environment: { PATH: process.env['PATH'] ?? '' },
  };
});
afterEach(() => rm(directory, { recursive: true }));

async function script(name: string, ...lines: string[]): Promise<void> {
  await writeFile(join(directory, name), ['#!/bin/sh', ...lines, ''].join('\n'));
  await chmod(join(directory, name), 0o755);
}

test('config.cmd is what Windows runs', async () => {
  await script('config.cmd', 'cat', 'echo "windows $*"');

  expect(await removeLocalConfiguration({ ...context, platform: 'win32' })).toEqual({
    exitCode: 0,
    output: 'windows remove --local\n',
  });
});

test('the script is run behind what changes the account', async () => {
  await script('config.sh', 'echo "$AS $*"');

  const result = await removeLocalConfiguration({ ...context, ownerPrefix: ['env', 'AS=somebody'] });

  expect(result.output).toBe('somebody remove --local\n');
});

test('the token is in the environment of the removal from the server, and of no other', async () => {
  await script('config.sh', 'echo "$ACTIONS_RUNNER_INPUT_TOKEN"');

  expect((await deregister(context, 'AB12')).output).toBe('AB12\n');
  expect((await removeLocalConfiguration(context)).output).toBe('\n');
});

test('both streams are kept', async () => {
  await script('config.sh', 'echo out', 'echo err >&2');

  expect((await removeLocalConfiguration(context)).output).toMatch(/^(out\nerr|err\nout)\n$/);
});

test('what is kept has an end', async () => {
  await script('config.sh', 'head -c 3000000 /dev/zero');

  const { output } = await removeLocalConfiguration(context);

  expect(output.length).toBeLessThanOrEqual(1_000_000);
  expect(output.length).toBeGreaterThan(500_000);
});

test('a removal that fails puts .path and .env back, with their mode, and deletes what was not there', async () => {
  await writeFile(join(directory, '.path'), '/usr/bin', { mode: 0o640 });
  await script('config.sh', 'echo /tmp > .path', 'echo A=1 > .env', 'exit 7');

  expect((await deregister(context, 'AB12')).exitCode).toBe(7);
  expect(await readFile(join(directory, '.path'), 'utf8')).toBe('/usr/bin');
  expect((await stat(join(directory, '.path'))).mode & 0o777).toBe(0o640);
  await expect(stat(join(directory, '.env'))).rejects.toThrow('ENOENT');
});

test('a removal that fails does not touch a file that did not change', async () => {
  await writeFile(join(directory, '.env'), 'A=1');
  const { ino } = await stat(join(directory, '.env'));
  await script('config.sh', 'exit 1');

  await deregister(context, 'AB12');

  expect((await stat(join(directory, '.env'))).ino).toBe(ino);
});

test('a file that was put in the place of .path is not written into', async () => {
  await writeFile(join(directory, '.path'), '/usr/bin');
  await writeFile(join(directory, 'precious'), 'precious');
  await script('config.sh', 'ln -sf precious .path', 'exit 1');

  await deregister(context, 'AB12');

  expect(await readFile(join(directory, 'precious'), 'utf8')).toBe('precious');
  expect(await readFile(join(directory, '.path'), 'utf8')).toBe('/usr/bin');
});

test('a script that cannot be started is an error that says why', async () => {
  const gone = join(directory, 'gone');

  await expect(deregister({ ...context, directory: gone }, 'AB12')).rejects.toThrow(`${gone} does not exist`);
});

test('a removal that succeeds leaves the files as they are', async () => {
  await writeFile(join(directory, '.path'), '/usr/bin');
  await script('config.sh', 'echo /tmp > .path');

  await deregister(context, 'AB12');

  expect(await readFile(join(directory, '.path'), 'utf8')).toBe('/tmp\n');
});

describe('the marker of a service', () => {
  test.each([0, 1])(
    'is set aside for config.sh, and back in its place afterwards (exit code %i)',
    async (code) => {
      await writeFile(join(directory, '.service'), 'unit');
      await script('config.sh', 'test -e .service && echo "Uninstall service first"', `exit ${code}`);

      expect(await deregister(context, 'AB12')).toEqual({ exitCode: code, output: '' });
      expect(await readFile(join(directory, '.service'), 'utf8')).toBe('unit');
    },
  );

  test('that a crash left aside is put back', async () => {
    await writeFile(join(directory, '.service.set-aside'), 'unit');
    await script('config.sh', 'exit 0');

    await deregister(context, 'AB12');

    expect(await readFile(join(directory, '.service'), 'utf8')).toBe('unit');
  });

  test('is left to config.cmd on Windows', async () => {
    await writeFile(join(directory, '.service'), 'unit');
    await script('config.cmd', 'cat', 'cat .service');

    expect((await deregister({ ...context, platform: 'win32' }, 'AB12')).output).toBe('unit');
  });
});

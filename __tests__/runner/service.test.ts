import { chmod, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ScriptContext } from '../../src/runner/script.ts';
import { isService, uninstallCommand, uninstallService } from '../../src/runner/service.ts';
import { failureOf } from '../support.ts';

let directory: string;
let context: ScriptContext;
const { PATH } = process.env;
beforeEach(async () => {
  directory = await mkdtemp(join(await realpath(tmpdir()), 'service-'));
  process.env['PATH'] = `${directory}:${PATH}`;
  context = {
    directory,
    platform: 'linux',
    ownerPrefix: ['env', 'AS=owner'],
    environment: { PATH: process.env['PATH'] },
  };
});
afterEach(async () => {
  process.env['PATH'] = PATH;
  await rm(directory, { recursive: true });
});

/** A program that keeps its arguments. */
async function program(name: string, ...lines: string[]): Promise<void> {
  await writeFile(
    join(directory, name),
    ['#!/bin/sh', `echo "$*" > ${directory}/${name}.arguments`, ...lines].join('\n'),
  );
  await chmod(join(directory, name), 0o755);
}

const mark = (name = '.service') => writeFile(join(directory, name), 'unit');
const argumentsOf = (name: string) => readFile(join(directory, `${name}.arguments`), 'utf8');

test('an installation without the mark of a service needs no command', async () => {
  expect(await isService(directory)).toBe(false);
  expect(await uninstallCommand(context, false)).toBeUndefined();
});

test.each(['.service', '.service.set-aside'])('an installation with %s is a service', async (name) => {
  await mark(name);

  expect(await isService(directory)).toBe(true);
});

describe('a service on Linux', () => {
  beforeEach(() => mark());

  test('is uninstalled by root itself, not by the owner of the installation', async () => {
    expect(await uninstallCommand(context, true)).toEqual([`${directory}/svc.sh`, 'uninstall']);
  });

  test('is uninstalled through sudo by an account that may do so without a password', async () => {
    await program('sudo', 'exit 0');

    expect(await uninstallCommand(context, false)).toEqual([
      'sudo',
      '-n',
      '--',
      `${directory}/svc.sh`,
      'uninstall',
    ]);
    expect(await argumentsOf('sudo')).toBe(`-n -l -- ${directory}/svc.sh uninstall\n`);
  });

  test('is refused to an account that may not, with the line that would allow it', async () => {
    await program('sudo', 'echo "sudo: a password is required" >&2', 'exit 1');

    const failure = await failureOf(() => uninstallCommand(context, false));

    expect(failure.kind).toBe('service-needs-root');
    expect(failure.explanation.cause).toContain('Only root can change services');
    expect(failure.explanation.happened).toContain('(sudo: a password is required). Nothing was changed.');
    expect(failure.explanation.remedy).toContain(
      `"${directory}/svc.sh uninstall" with sudo without a password`,
    );
  });
});

test('a service on macOS is uninstalled by the owner of the installation', async () => {
  await mark();

  expect(await uninstallCommand({ ...context, platform: 'darwin' }, true)).toEqual([
    ...['env', 'AS=owner'],
    ...[`${directory}/svc.sh`, 'uninstall'],
  ]);
  expect(await uninstallCommand({ ...context, platform: 'darwin', ownerPrefix: [] }, false)).toEqual([
    `${directory}/svc.sh`,
    'uninstall',
  ]);
});

describe('a service on Windows', () => {
  beforeEach(() => mark());

  test("is left to the runner's own removal, run by an administrator", async () => {
    await program('net', 'cat', 'exit 0');

    expect(await uninstallCommand({ ...context, platform: 'win32' }, false)).toBeUndefined();
    expect(await argumentsOf('net')).toBe('session\n');
  });

  test('is refused to anybody else', async () => {
    await program('net', 'cat', 'exit 2');

    const failure = await failureOf(() => uninstallCommand({ ...context, platform: 'win32' }, false));

    expect(failure).toMatchObject({
      kind: 'service-needs-administrator',
      explanation: {
        cause: 'Only an administrator can change services of Windows.',
        remedy: expect.stringContaining('whose account is an administrator'),
      },
    });
    expect(failure.explanation.happened).toContain('Nothing was changed');
  });
});

describe('uninstalling', () => {
  const uninstall = () => uninstallService([join(directory, 'svc.sh'), 'uninstall'], context);

  test.each(['.service', '.service.set-aside'])(
    'finds the mark in its place, wherever a crash left it: %s',
    async (name) => {
      await mark(name);
      await program('svc.sh', 'pwd', 'rm .service');

      expect(await uninstall()).toEqual({ exitCode: 0, output: `${directory}\n` });
      expect(await isService(directory)).toBe(false);
    },
  );

  test.each([
    [
      'svc.sh fails',
      ['rm .service', 'echo "Failed: failed to stop unit" >&2', 'exit 1'],
      /exit code 1, "Failed: failed to stop/,
    ],
    ['the mark is still there', ['exit 0'], /exit code 0/],
  ])('has failed when %s', async (_, lines, said) => {
    await mark();
    await program('svc.sh', ...lines);

    const failure = await failureOf(uninstall);

    expect(failure.kind).toBe('removal-failed');
    expect(failure.explanation.happened).toMatch(said);
    expect(failure.explanation.happened).toContain('is deregistered');
    expect(failure.explanation.cause).toContain('service manager');
    expect(failure.explanation.remedy).toContain('Run the step again');
  });
});

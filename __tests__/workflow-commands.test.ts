import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  debug,
  endGroup,
  getInput,
  info,
  saveState,
  setFailed,
  setOutput,
  setSecret,
  startGroup,
  summary,
  warning,
} from '@actions/core';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { assert, property, string } from 'fast-check';
import { workflowCommands } from '../src/workflow-commands.ts';
import { outputOf } from './support.ts';

const toolkit = { setSecret, setFailed, info, warning, debug, startGroup };
let before: NodeJS.ProcessEnv;
beforeEach(() => {
  before = process.env;
  process.env = { ...before };
});
afterEach(() => {
  process.env = before;
});

describe('what the toolkit writes to the log is written, whatever the text', () => {
  test.each(['setSecret', 'setFailed', 'info', 'warning', 'debug', 'startGroup'] as const)('%s', (name) => {
    const same = (text: string) =>
      expect(outputOf(() => workflowCommands[name](text)).replaceAll('\r\n', '\n')).toBe(
        outputOf(() => toolkit[name](text)).replaceAll('\r\n', '\n'),
      );
    for (const text of ['', '100 %\r\n::error::x', '%0A %25']) same(text);
    assert(property(string({ unit: 'binary' }), same));
  });

  test('endGroup', () => {
    expect(outputOf(workflowCommands.endGroup)).toBe(outputOf(endGroup).replaceAll('\r\n', '\n'));
  });
});

test('a failure makes the exit code 1', () => {
  let exitCode: typeof process.exitCode;
  outputOf(() => {
    workflowCommands.setFailed('It broke.');
    exitCode = process.exitCode;
  });
  expect(exitCode).toBe(1);
});

test.each([
  ['a value', 'TOKEN', 'token', ' \ta value\r\n'],
  ['a hyphen', 'RUNNER-DIRECTORY', 'runner-directory', '/opt/*'],
  ['nothing', 'EMPTY', 'empty', ''],
  ['no variable', 'OTHER', 'missing', 'x'],
])('an input is read as the toolkit reads it: %s', (_, variable, name, value) => {
  process.env[`INPUT_${variable}`] = value;
  expect(workflowCommands.getInput(name)).toBe(getInput(name));
});

describe('a file of the runner', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'commands-'));
    process.env['GITHUB_OUTPUT'] = join(directory, 'file');
    process.env['GITHUB_STATE'] = join(directory, 'file');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test.each([
    ['setOutput', setOutput],
    ['saveState', saveState],
  ] as const)('gets what the toolkit writes there, whatever the value: %s', (name, toolkits) => {
    const file = join(directory, 'file');
    const written = (write: typeof toolkits, value: string) => {
      writeFileSync(file, '');
      write('name', value);
      return readFileSync(file, 'utf8').replaceAll(/ghadelimiter_[\w-]{36}/g, 'END');
    };
    const same = (value: string) =>
      expect(written(workflowCommands[name], value)).toBe(written(toolkits, value));
    for (const value of ['', 'a=b<<c %25', 'a\nb=c\r\nd']) same(value);
    assert(property(string({ unit: 'binary' }), same));
  });

  test('that is not named is an error, and the value is not shown instead', () => {
    delete process.env['GITHUB_OUTPUT'];
    const output = outputOf(() =>
      expect(() => workflowCommands.setOutput('remove-token', 'AREMOVE')).toThrow('file command OUTPUT'),
    );
    expect(output).toBe('');
  });
});

test("the summary is the toolkit's", async () => {
  expect(await workflowCommands.summary()).toBe(summary);
});

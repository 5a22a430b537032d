import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  debug,
  endGroup,
  getInput,
  info,
  setFailed,
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

  test.each(['setOutput', 'saveState'] as const)('gets a line for each value: %s', (name) => {
    workflowCommands[name]('one', 'a=b<<c %25');
    workflowCommands[name]('two', '');
    expect(readFileSync(join(directory, 'file'), 'utf8').replaceAll('\r\n', '\n')).toBe(
      'one=a=b<<c %25\ntwo=\n',
    );
  });

  test.each(['a\nb=c', 'a\rb=c'])('gets no value that would be more than one: %j', (value) => {
    expect(() => workflowCommands.setOutput('one', value)).toThrow('"one" cannot be written');
  });

  test('that is not named is an error, and the value is not shown instead', () => {
    delete process.env['GITHUB_OUTPUT'];
    const output = outputOf(() =>
      expect(() => workflowCommands.setOutput('remove-token', 'AREMOVE')).toThrow('in GITHUB_OUTPUT'),
    );
    expect(output).toBe('');
  });
});

test("the summary is the toolkit's", async () => {
  expect(await workflowCommands.summary()).toBe(summary);
});

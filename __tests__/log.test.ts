import * as actionsCore from '@actions/core';
import { describe, expect, test } from '@jest/globals';
import { createLog, type Log } from '../src/log.ts';
import { Secrets } from '../src/secrets.ts';
import { outputUntilDone, recordingCore } from './support.ts';

const secrets = new Secrets(() => undefined);
secrets.protect('ghp_secret');

/** The lines that the runner reads. */
async function written(write: (log: Log) => void): Promise<string[]> {
  const output = await outputUntilDone(() => write(createLog(actionsCore, secrets)));
  return output.split(/\r?\n/).slice(0, -1);
}

test('each kind of message is a workflow command or a plain line', async () => {
  expect(await written((log) => log.info('hello'))).toEqual(['hello']);
  expect(await written((log) => log.warning('hello'))).toEqual(['::warning::hello']);
  expect(await written((log) => log.debug('hello'))).toEqual(['::debug::hello']);
  expect(await written((log) => log.group('title', 'one\ntwo'))).toEqual([
    '::group::title',
    '| one',
    '| two',
    '::endgroup::',
  ]);
});

test('no message contains a secret', () => {
  const { core, calls } = recordingCore();
  const log = createLog(core, secrets);
  log.info('a ghp_secret');
  log.warning('a ghp_secret');
  log.debug('a ghp_secret');
  log.group('a ghp_secret', 'a ghp_secret\nghp_\nsecret');
  expect(calls).toEqual([
    ['info', 'a ***'],
    ['warning', 'a ***'],
    ['debug', 'a ***'],
    ['startGroup', 'a ***'],
    ['info', '| a ***\n| ***'],
    ['endGroup'],
  ]);
});

describe('text from elsewhere cannot', () => {
  test.each([
    ['::error::x', ': :error::x'],
    [' ::error::x', ': :error::x'],
    ['\x85::error::x', ': :error::x'],
    ['\r\n \t::error::x', ': :error::x'],
    ['a\n::error::x', 'a ::error::x'],
    ['a\r::error::x', 'a ::error::x'],
    ['a\u2028::error::x', 'a ::error::x'],
    ['a ##[error]x ##[group]', 'a ## [error]x ## [group]'],
    ['a  b::c', 'a b::c'],
  ])('execute a command in a line or a title: %j', async (message, line) => {
    expect(await written((log) => log.info(message))).toEqual([line]);
    expect((await written((log) => log.group(message, 'x')))[0]).toBe(`::group::${line}`);
  });

  test.each([
    ['::error::x\n::endgroup::', ['| ::error::x', '| ::endgroup::']],
    ['a\r::error::x\r\nb', ['| a', '| ::error::x', '| b']],
    ['##[error]x ##[endgroup]', ['| ## [error]x ## [endgroup]']],
    ['\n\n  a\n\n  b\n\n', ['| a', '| ', '|   b']],
    ['', ['| ']],
  ])('execute a command in a group: %j', async (output, lines) => {
    expect((await written((log) => log.group('t', output))).slice(1, -1)).toEqual(lines);
  });

  test.each(['warning', 'debug'] as const)('end a message early: %s', async (kind) => {
    expect(await written((log) => log[kind]('a\n::error::x\r##[error]y'))).toEqual([
      `::${kind}::a%0A::error::x%0D## [error]y`,
    ]);
  });
});

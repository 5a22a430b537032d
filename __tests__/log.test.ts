import { describe, expect, test } from '@jest/globals';
import { createLog, type Log } from '../src/log.ts';
import { Secrets } from '../src/secrets.ts';
import { workflowCommands } from '../src/workflow-commands.ts';
import { outputOf, recordingCore } from './support.ts';

/** What is written for the runner to read. */
function written(write: (log: Log) => void): string[] {
  const secrets = new Secrets(() => undefined);
  secrets.protect('ghp_secret');
  return outputOf(() => write(createLog(workflowCommands, secrets)))
    .replaceAll('\r\n', '\n')
    .split('\n')
    .slice(0, -1);
}

test('each kind of message is written as the runner wants it', () => {
  expect(written((log) => log.info('hello'))).toEqual(['hello']);
  expect(written((log) => log.warning('hello'))).toEqual(['::warning::hello']);
  expect(written((log) => log.debug('hello'))).toEqual(['::debug::hello']);
  expect(written((log) => log.group('title', 'one\ntwo'))).toEqual([
    '::group::title',
    '| one',
    '| two',
    '::endgroup::',
  ]);
});

test('no secret is written, whichever way', () => {
  const secrets = new Secrets(() => undefined);
  secrets.protect('ghp_secret');
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

describe('text from elsewhere', () => {
  test.each([
    ['::error::x', ': :error::x'],
    [' ::error::x', ': :error::x'],
    ['\r\n \t::error::x', ': :error::x'],
    ['a\n::error::x', 'a ::error::x'],
    ['a\r::error::x', 'a ::error::x'],
    ['a\u2028::error::x', 'a ::error::x'],
    ['a ##[error]x ##[group]', 'a ## [error]x ## [group]'],
    ['a  b::c', 'a b::c'],
  ])('is one line without a command in the log: %j', (message, line) => {
    expect(written((log) => log.info(message))).toEqual([line]);
    expect(written((log) => log.group(message, 'x'))[0]).toBe(`::group::${line}`);
  });

  test.each([
    ['::error::x\n::endgroup::', ['| ::error::x', '| ::endgroup::']],
    ['a\r::error::x\r\nb', ['| a', '| ::error::x', '| b']],
    ['##[error]x ##[endgroup]', ['| ## [error]x ## [endgroup]']],
    ['\n\n  a\n\n  b\n\n', ['| a', '| ', '|   b']],
    ['', ['| ']],
  ])('is behind a bar and without a command in a group: %j', (output, lines) => {
    expect(written((log) => log.group('t', output)).slice(1, -1)).toEqual(lines);
  });

  test('cannot end a warning or a debug message early', () => {
    expect(written((log) => log.warning('a\n::error::x'))).toEqual(['::warning::a%0A::error::x']);
    expect(written((log) => log.debug('a\r::error::x'))).toEqual(['::debug::a%0D::error::x']);
  });
});

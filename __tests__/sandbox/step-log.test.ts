import { expect, test } from '@jest/globals';
import { LineReader, Masker, StepLog } from '../../sandbox/step-log.ts';

function logOf(...lines: string[]): StepLog {
  const log = new StepLog(new Masker(), {});
  for (const line of lines) log.receive(line);
  return log;
}

test('output is split into lines at a line feed, a carriage return, or both', () => {
  const lines: string[] = [];
  const reader = new LineReader((line) => lines.push(line));
  for (const chunk of ['10%\r20%\r', '\nné', 'xt\n\nlast\r']) reader.write(Buffer.from(chunk));
  reader.end();
  expect(lines).toEqual(['10%', '20%', 'néxt', '', 'last']);
});

test('workflow commands are executed, and shown as GitHub shows them', () => {
  const log = logOf(
    '::group::Title',
    '::endgroup::',
    '  ::error title=a%3Ab%2Cc,file=x::one%0Atwo 100%25 %3A',
    'text ##[warning]careful',
    '::NOTICE::hello',
    '::debug::detail',
    'text ::error::is not a command',
    '::unknown::is not a command',
  );
  expect(log.render().split('\n')).toEqual([
    '▾ Title',
    'Error: one',
    'two 100% %3A',
    'Warning: careful',
    'Notice: hello',
    'text ::error::is not a command',
    '::unknown::is not a command',
  ]);
  expect(log.annotations).toEqual([
    { level: 'error', message: 'one\ntwo 100% %3A' },
    { level: 'warning', message: 'careful' },
    { level: 'notice', message: 'hello' },
  ]);
  expect(log.debug).toEqual(['detail']);
});

test('workflow commands are stopped until the token is repeated, which cannot be the name of a command', () => {
  const log = logOf('::stop-commands::resume-token', '::error::quoted', '::Resume-Token::', '::notice::real');
  expect(log.render().split('\n')).toEqual([
    '::stop-commands::***',
    '::error::quoted',
    '::Resume-Token::',
    'Notice: real',
  ]);
  expect(logOf('::stop-commands::error', '::notice::on')).toMatchObject({
    failed: true,
    annotations: [{ level: 'error' }, { level: 'notice' }],
  });
});

test.each(['set-output', 'save-state', 'set-env', 'add-path'])('the command %s fails the step', (name) => {
  expect(logOf(`::${name} name=a::b`)).toMatchObject({ failed: true, outputs: {}, state: {} });
});

test('a secret is masked from then on', () => {
  const log = logOf(
    'before ghp_1',
    '::add-mask::ghp_1',
    'plain ghp_1ghp_1',
    '::add-mask::first%0Asecond',
    'the second',
    '::add-mask:: ',
  );
  expect(log.render().split('\n')).toEqual([
    'before ghp_1',
    'plain ******',
    'the ***',
    "Warning: Can't add secret mask for empty string in ##[add-mask] command.",
  ]);
  expect(log.masks).toEqual(['ghp_1', 'first\nsecond']);
});

test('file commands have two formats', () => {
  const log = logOf();
  log.receiveFile('output', 'plain=a=b<<c\n\nlong<<END\none\n\ntwo\nEND\nempty<<END\nEND\n', log.outputs);
  expect([log.failed, log.outputs]).toEqual([false, { plain: 'a=b<<c', long: 'one\n\ntwo', empty: '' }]);
});

test.each(['long<<END\none\n', 'nothing\n', '<<END\nEND\n'])('file commands can be invalid: %j', (text) => {
  const log = logOf();
  log.receiveFile('output', `before=1\n${text}`, log.outputs);
  expect([log.failed, log.outputs]).toEqual([true, { before: '1' }]);
  expect(log.annotations[0]?.message).toBe("Unable to process file command 'output' successfully.");
});

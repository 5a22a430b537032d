import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { checkEnvFile } from '../../src/runner/env-file.ts';
import { temporaryDirectory } from '../support.ts';

let directory: string;
beforeEach(async () => {
  directory = await temporaryDirectory();
});

const text = 'LANG=C\r\nACTIONS_RUNNER_INPUT_LOCAL=true\r\n';
const bigEndian = (bytes: Buffer, size: 2 | 4) => (size === 2 ? bytes.swap16() : bytes.swap32());
const utf32 = (value: string) => Buffer.from(Uint32Array.from(value, (c) => c.codePointAt(0) ?? 0).buffer);

// All of these were read by .NET's File.ReadAllLines, which the runner uses.
test.each([
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a byte order mark', Buffer.from('\uFEFFactions_runner_input_local=')],
  ['UTF-16, little endian', Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16, big endian', bigEndian(Buffer.from('\uFEFFACTIONS_RUNNER_INPUT_LOCAL=1', 'utf16le'), 2)],
  ['UTF-32, little endian', utf32('\uFEFFACTIONS_RUNNER_INPUT_LOCAL=1')],
  ['UTF-32, big endian', bigEndian(utf32(`\uFEFF${text}`), 4)],
  ['lines that end in carriage returns', Buffer.from('A=1\rACTIONS_RUNNER_INPUT_LOCAL=1\r')],
  ['a name with other characters in it', Buffer.from('ACTIONS_RUNNER_INPUT_LOCAL .x=1')],
  ['a name with a zero in it', Buffer.from('ACTIONS_RUNNER_INPUT_LOCAL\0X=1')],
])('a .env that sets an argument of config.sh is refused: %s', async (_, content) => {
  await writeFile(join(directory, 'target'), content);
  await symlink('target', join(directory, '.env'));

  await expect(checkEnvFile(directory)).rejects.toMatchObject({
    kind: 'removal-failed',
    explanation: {
      happened: expect.stringMatching(/\.env sets ACTIONS_RUNNER_INPUT_LOCALX?, which changes what config/i),
      cause: 'A job or a person added this line. The runner itself never does.',
      remedy: expect.stringContaining(`delete it from ${join(directory, '.env')}`),
    },
  });
});

test.each([
  ['is missing', undefined],
  [
    'sets other variables',
    'LANG=C\nMY_ACTIONS_RUNNER_INPUT_LOCAL=true\nACTIONS_RUNNER_INPUT_LOCAL\nA=ACTIONS_=',
  ],
])('a .env is accepted that %s', async (_, content) => {
  if (content !== undefined) {
    await writeFile(join(directory, '.env'), content);
  }

  await expect(checkEnvFile(directory)).resolves.toBeUndefined();
});

test('a .env that cannot be read is refused', async () => {
  await writeFile(join(directory, '.env'), `${' '.repeat(100_000)}\n${text}`);

  await expect(checkEnvFile(directory)).rejects.toMatchObject({
    kind: 'removal-failed',
    message: expect.stringContaining(`${join(directory, '.env')} cannot be read`),
  });
});

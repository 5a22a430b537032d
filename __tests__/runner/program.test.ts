import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execQuietly } from '../../src/runner/program.ts';

const program = join(import.meta.dirname, '../../src/runner/program.ts');

/** Runs code in a process of its own, as Jest replaces the process's events. */
function run(code: string): { stdout: string; status: number | null } {
  const script = `import { execQuietly } from ${JSON.stringify(program)}; ${code}`;
  const { stdout, status } = spawnSync(
    process.execPath,
    ['--no-warnings', '--input-type=module-typescript', '--eval', script],
    { encoding: 'utf8', cwd: join(import.meta.dirname, '../..') },
  );
  return { stdout, status };
}

test('the exit code of a program is returned, and nothing is logged', async () => {
  const chunks: Buffer[] = [];
  const listeners = { stdout: (chunk: Buffer) => chunks.push(chunk) };

  expect(await execQuietly('/bin/sh', ['-c', 'echo out; exit 3'], { listeners })).toBe(3);
  expect(Buffer.concat(chunks).toString()).toBe('out\n');
});

test('a program that is not there is an error', async () => {
  await expect(execQuietly('/bin/missing', [], {})).rejects.toThrow('/bin/missing');
});

test('a program that the operating system does not start is an error instead of a crash', () => {
  expect(
    run(`
      const env = { LARGE: 'x'.repeat(200_000) };
      await execQuietly('/bin/sh', ['-c', 'true'], { env }).catch((error) => console.log(error.message));
      console.log(process.listenerCount('unhandledRejection'));
    `),
  ).toEqual({ stdout: 'spawn E2BIG\n0\n', status: 0 });
});

test('only the rejection of a program that was not started counts', async () => {
  const listeners = process.listenerCount('unhandledRejection');
  const running = execQuietly('/bin/sh', ['-c', 'sleep 0.1'], {});

  for (const message of ['another', 'cannot spawn ENOMEM', 'spawn ENOMEM for another']) {
    const another = new Error(message);
    expect(() => process.emit('unhandledRejection', another, Promise.resolve())).toThrow(another);
  }
  process.emit('unhandledRejection', new Error('spawn ENOMEM'), Promise.resolve());
  await expect(running).rejects.toThrow('spawn ENOMEM');
  expect(process.listenerCount('unhandledRejection')).toBe(listeners);
});

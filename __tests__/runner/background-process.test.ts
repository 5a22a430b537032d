import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { spawnBackground } from '../../src/runner/background-process.ts';
import { eventually, temporaryDirectory } from '../support.ts';

let directory: string;
beforeEach(async () => {
  directory = await temporaryDirectory();
  await mkdir(join(directory, '_diag'));
});

/** Starts a program in the background that has the received message as `told`. */
async function start(program: string, execPath = process.execPath): Promise<string> {
  const file = join(directory, 'program.mjs');
  await writeFile(
    file,
    `import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
     process.once('message', async (told) => { ${program} });`,
  );
  return spawnBackground(
    {
      id: 7,
      script: {
        directory,
        platform: process.platform,
        ownerPrefix: ['as', 'owner'],
        environment: { PATH: process.env['PATH'] ?? '', RUNNER_TRACKING_ID: 'github_1' },
      },
      uninstall: ['svc.sh', 'uninstall'],
      removeToken: 'AREMOVE',
      hasService: true,
      tokenLifetime: 3_600_000,
    },
    execPath,
    [file],
  );
}

/** What the program wrote, once it is all there. */
async function written(): Promise<Record<string, unknown>> {
  return eventually(async () => {
    const text = await readFile(join(directory, 'written'), 'utf8').catch(() => '');
    return text.endsWith('}') ? JSON.parse(text) : undefined;
  });
}

test('the background process outlives the job, and receives the removal over a pipe', async () => {
  const logFile = await start(
    `const { pid, env } = process;
     const streams = [0, 1, 2].map((stream) => readlinkSync('/proc/self/fd/' + stream));
     const [, , , , , session] = readFileSync('/proc/self/stat', 'utf8').split(' ');
     process.once('disconnect', () => writeFileSync('written', JSON.stringify({
       told, env, streams, directory: process.cwd(), leads: Number(session) === pid,
     })));
     process.send('ready');`,
  );

  expect(logFile).toMatch(/\/_diag\/RunnerRemoveToken_\d{8}-\d{6}-utc-\d+\.log$/);
  const { env, ...seen } = await written();
  expect(Object.keys(env as object)).toContain('PATH');
  expect(Object.keys(env as object)).not.toContain('RUNNER_TRACKING_ID');
  expect(seen).toEqual({
    told: {
      id: 7,
      script: {
        directory,
        platform: process.platform,
        ownerPrefix: ['as', 'owner'],
        environment: { PATH: process.env['PATH'] },
      },
      uninstall: ['svc.sh', 'uninstall'],
      removeToken: 'AREMOVE',
      hasService: true,
      tokenLifetime: 3_600_000,
      logFile,
    },
    streams: ['/dev/null', '/dev/null', '/dev/null'],
    directory,
    // It leads a session of its own.
    leads: true,
  });
});

test('the step does not wait for the background process to end', async () => {
  const children = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
  const before = children();

  await start(
    `writeFileSync('written', JSON.stringify({ pid: process.pid }));
     setInterval(() => undefined, 1_000);
     process.send('ready');`,
  );

  expect(children()).toBeLessThanOrEqual(before);
  process.kill(Number((await written())['pid']));
});

test('a background process that ends before it is ready is an error', async () => {
  await expect(start('process.exit(3);')).rejects.toThrow('it ended with exit code 3');
});

test('a background process says why it cannot begin', async () => {
  await expect(start(`process.send('No space left', () => process.exit(1));`)).rejects.toThrow(
    'No space left',
  );
});

test('a program that cannot be started is an error', async () => {
  await expect(start('', join(directory, 'nowhere'))).rejects.toThrow('ENOENT');
});

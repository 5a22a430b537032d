import { EventEmitter } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { start } from '../src/start.ts';
import { outputUntilDone } from './support.ts';
import { adminToken, repository, World } from './world.ts';

let before: NodeJS.ProcessEnv;
beforeEach(() => {
  before = { ...process.env };
});
afterEach(() => {
  for (const name of Object.keys(process.env).filter((name) => !(name in before))) {
    delete process.env[name];
  }
});

/** This process with other arguments. Whoever waits for a message gets one. */
function processWith(...more: string[]): NodeJS.Process {
  const emitter = new EventEmitter();
  const message = { removeToken: 'T', logFile: '/nowhere/log' };
  emitter.once('newListener', () => setImmediate().then(() => emitter.emit('message', message)));
  const { platform, execPath, env } = process;
  return Object.assign(emitter, {
    ...{ platform, execPath, env, argv: [execPath, '/action/dist/post.js', ...more] },
  }) as unknown as NodeJS.Process;
}

test('without state it is the main step', async () => {
  process.env['INPUT_TOKEN'] = '';

  expect(await outputUntilDone(() => start(processWith()))).toMatch(
    /^::error::The input "token" cannot be used/m,
  );
});

test('with the state that the main step left it is the post step', async () => {
  Object.assign(process.env, {
    INPUT_TOKEN: 'token',
    'STATE_after-job': '/nowhere',
    GITHUB_REPOSITORY: 'octo/app',
  });

  expect(await outputUntilDone(() => start(processWith()))).toMatch(
    /^::error::The directory "\/nowhere" .* cannot be read/m,
  );
});

test('with its argument it is the background process', async () => {
  await expect(start(processWith('remove-after-job'))).rejects.toThrow('/nowhere/log');
});

test("the post step's entry does nothing without state", async () => {
  expect(await outputUntilDone(() => import('../src/post.ts'))).toBe('');
});

if (process.platform === 'linux') {
  describe('with an installation', () => {
    let world: World;
    let directory: string;
    beforeEach(async () => {
      world = await World.start('src');
      const { installation } = await world.install(repository, 'box');
      directory = await mkdtemp(join(tmpdir(), 'start-'));
      Object.assign(process.env, {
        INPUT_TOKEN: adminToken,
        'INPUT_GITHUB-API-URL': world.github.apiUrl,
        INPUT_REMOVE: 'true',
        'INPUT_DRY-RUN': 'true',
        'INPUT_RUNNER-DIRECTORY': installation.directory,
        GITHUB_REPOSITORY: repository,
        GITHUB_OUTPUT: join(directory, 'output'),
      });
    });
    afterEach(async () => {
      await rm(directory, { recursive: true });
      await world.end();
    });

    test.each([
      [0, true],
      [1000, false],
    ])('the account with the number %i is root: %p', async (account, isRoot) => {
      const main = Object.assign(processWith(), { getuid: () => account });

      expect(await outputUntilDone(() => start(main))).toContain(`"isRoot":${isRoot}`);
    });

    test("the post step starts the main step's program in the background, with its argument", async () => {
      process.env['STATE_after-job'] = process.env['INPUT_RUNNER-DIRECTORY'];
      await writeFile(
        join(directory, 'index.js'),
        `process.once('message', () => {
          require('node:fs').writeFileSync(__dirname + '/arguments', process.argv.slice(2).join());
          process.send('ready');
        });`,
      );
      const post = Object.assign(processWith(), { argv: [process.execPath, join(directory, 'post.js')] });

      expect(await outputUntilDone(() => start(post))).toMatch(
        /^The runner "box" is removed when this job has ended/m,
      );
      expect(await readFile(join(directory, 'arguments'), 'utf8')).toBe('remove-after-job');
    });
  });
}

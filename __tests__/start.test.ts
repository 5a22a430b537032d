import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { start } from '../src/start.ts';
import { outputUntilDone } from './support.ts';

const variables = ['INPUT_TOKEN', 'STATE_after-job', 'GITHUB_REPOSITORY'];
afterEach(() => {
  for (const name of variables) {
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

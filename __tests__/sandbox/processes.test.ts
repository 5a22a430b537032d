import { spawn } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { Installation } from '../../sandbox/installation.ts';
import { isRunning } from '../../sandbox/programs/processes.ts';

test('no process outlives its installation', async () => {
  const installation = await Installation.create({ agentId: 7, agentName: 'seven' });
  const { pid: listener } = await installation.startListener();
  const { pid: worker } = await installation.startWorker();
  const background = spawn(installation.node, ['-e', 'setInterval(() => {}, 1000)'], {
    cwd: '/',
    detached: true,
  });
  await installation.installService();

  await installation.remove();

  expect([listener, worker, background.pid ?? 0].filter(isRunning)).toEqual([]);
  expect((await installation.service()).running).toBe(false);
});

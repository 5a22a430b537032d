import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import { Installation } from '../../sandbox/installation.ts';
import { isRunning, processesIn } from '../../sandbox/programs/processes.ts';
import { eventually } from '../support.ts';

let installation: Installation;
afterEach(() => installation.remove());

async function create(gitHubUrl = 'http://127.0.0.1:1/octo'): Promise<Installation> {
  installation = await Installation.create({ agentId: 7, agentName: 'seven', gitHubUrl });
  return installation;
}

const isConfigured = () => existsSync(join(installation.directory, '.runner'));

if (process.platform === 'linux') {
  test.each([
    ['SIGINT', 0],
    ['SIGTERM', 143],
  ] as const)(
    'a listener ends on %s with exit code %d, and leaves its configuration',
    async (signal, code) => {
      const listener = await (await create()).startListener();
      process.kill(listener.pid, signal);
      expect(await listener.ended).toBe(code);
      expect(isConfigured()).toBe(true);
    },
  );

  test('a listener that is not configured ends at once', async () => {
    await create();
    await rm(join(installation.directory, '.runner'));
    expect(await (await installation.startListener()).ended).toBe(1);
  });

  test('a listener learns of its removal from GitHub only, and deletes its configuration', async () => {
    const github = await GitHub.start();
    github.addOrganization('octo');
    github.addRunner('octo', { id: 7, name: 'seven' });
    const listener = await (await create(`${github.serverUrl}/octo`)).startListener();
    await installation.set({ noticesRemoval: true });
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(listener.running()).toBe(true);
    github.removeRunner('octo', 7);
    expect(await listener.ended).toBe(0);
    expect(isConfigured()).toBe(false);
    expect(github.requests).toEqual([]);
    await github.close();
  });

  test('a service starts its listener again after SIGTERM, which ends if it is not configured', async () => {
    await (await create()).installService();
    const listeners = async () => {
      const names = await Promise.all(
        processesIn(installation.directory).map((id) =>
          readFile(`/proc/${id}/comm`, 'utf8').then(
            (name) => [id, name.trim()] as const,
            () => [id, ''] as const,
          ),
        ),
      );
      return names.filter(([, name]) => name === 'Runner.Listener').map(([id]) => id);
    };
    const [first = 0] = await listeners();
    process.kill(first, 'SIGTERM');
    const second = await eventually(async () => (await listeners()).find((id) => id !== first));
    await rm(join(installation.directory, '.runner'));
    process.kill(second, 'SIGTERM');
    await eventually(async () => !(await installation.service()).running);
    expect(await installation.service()).toEqual({ marker: true, unit: true, running: false });
  });

  test('no process outlives its installation', async () => {
    await create();
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
}

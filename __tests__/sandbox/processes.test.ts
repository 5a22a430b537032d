import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Installation, type InstallationOptions } from '../../sandbox/installation.ts';
import { isRunning } from '../../sandbox/programs/processes.ts';
import { eventually } from '../support.ts';

let installation: Installation;

afterEach(() => installation.remove());

async function create(options: Partial<InstallationOptions> = {}): Promise<Installation> {
  installation = await Installation.create({ agentId: 7, agentName: 'seven', ...options });
  return installation;
}

/** What can be seen of a process. */
function look(id: number) {
  const [program] = readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
  return {
    program,
    executable: readlinkSync(`/proc/${id}/exe`),
    name: readFileSync(`/proc/${id}/comm`, 'utf8'),
  };
}

if (process.platform === 'linux') {
  describe('a listener', () => {
    it('looks like one', async () => {
      await create();
      const { pid } = await installation.startListener();
      const program = join(installation.directory, 'bin/Runner.Listener');
      expect(look(pid)).toEqual({ program, executable: program, name: 'Runner.Listener\n' });
    });

    it('is started through the link after a self-update', async () => {
      await create({ selfUpdated: true });
      const { pid } = await installation.startListener();
      expect(look(pid)).toMatchObject({
        program: join(installation.directory, 'bin/Runner.Listener'),
        executable: join(installation.directory, 'bin.2.336.0/Runner.Listener'),
      });
    });

    it.each(['SIGINT', 'SIGTERM'] as const)('ends on %s, unless told to ignore it', async (signal) => {
      const listener = await (await create()).startListener();
      await installation.set({ ignoredSignals: [signal] });
      process.kill(listener.pid, signal);
      await pause(50);
      expect(listener.running()).toBe(true);

      await installation.set({});
      process.kill(listener.pid, signal);
      await eventually(() => !listener.running());
    });

    it('stays when its configuration is gone, unless told to notice', async () => {
      const listener = await (await create()).startListener();
      rmSync(join(installation.directory, '.runner'));
      await pause(250);
      expect(listener.running()).toBe(true);

      await installation.set({ noticesRemoval: true });
      await eventually(() => !listener.running());
    });

    it('can be stopped whatever it ignores', async () => {
      const listener = await (await create()).startListener();
      await installation.set({ ignoredSignals: ['SIGINT', 'SIGTERM'] });
      await listener.stop();
      expect(listener.running()).toBe(false);
    });
  });

  describe('a worker', () => {
    it('looks like one, and ends when told', async () => {
      const worker = await (await create()).startWorker();
      const program = join(installation.directory, 'bin/Runner.Worker');
      expect(look(worker.pid)).toEqual({ program, executable: program, name: 'Runner.Worker\n' });

      await worker.stop();
      expect(existsSync(`/proc/${worker.pid}`)).toBe(false);
    });

    it('is started without the link after a self-update', async () => {
      const worker = await (await create({ selfUpdated: true })).startWorker();
      const program = join(installation.directory, 'bin.2.336.0/Runner.Worker');
      expect(look(worker.pid)).toMatchObject({ program, executable: program });
    });

    it('runs beside another', async () => {
      await create();
      const [first, second] = [await installation.startWorker(), await installation.startWorker()];
      await first.stop();
      expect([first, second].map(({ pid }) => isRunning(pid))).toEqual([false, true]);
    });
  });

  it('no process outlives its installation', async () => {
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
    expect(existsSync(installation.directory)).toBe(false);
  });
}

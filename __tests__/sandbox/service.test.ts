import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Installation } from '../../sandbox/installation.ts';
import { processesIn } from '../../sandbox/programs/processes.ts';

const isRoot = process.getuid?.() === 0;
const ordinary = isRoot ? { uid: 65534, gid: 65534 } : undefined;
const name = 'actions.runner.octo-app.box_7.service';
const installed = { marker: true, unit: true, running: true };
const gone = { marker: false, unit: false, running: false };

let installation: Installation;

beforeEach(async () => {
  installation = await Installation.create({
    agentId: 7,
    agentName: 'box 7',
    gitHubUrl: 'https://github.com/octo/app/',
    ...(ordinary && { owner: ordinary }),
  });
});

afterEach(() => installation.remove());

interface Call {
  environment?: Record<string, string>;
  directory?: string;
  account?: { uid: number; gid: number } | undefined;
}

/** Runs svc.sh as root, or as somebody who is taken for root. */
function service(
  command: string,
  { environment = { SANDBOX_ASSUME_ROOT: '1' }, directory = installation.directory, account }: Call = {},
): Promise<{ code: unknown; output: string; errors: string }> {
  return new Promise((done) => {
    execFile(
      join(installation.directory, 'svc.sh'),
      [command],
      { cwd: directory, env: { PATH: process.env['PATH'], ...environment }, ...account },
      (error, output, errors) => done({ code: error?.code ?? 0, output, errors }),
    );
  });
}

function nameOf(id: number): string | undefined {
  try {
    return readFileSync(`/proc/${id}/comm`, 'utf8').trim();
  } catch {
    // It has just ended.
    return undefined;
  }
}

/** The programs of the installation that run. */
const running = () => processesIn(installation.directory).map(nameOf).sort();

if (process.platform === 'linux') {
  describe('a service', () => {
    it('is installed and started', async () => {
      expect(await installation.service()).toEqual(gone);

      await installation.installService();

      expect(await installation.service()).toEqual(installed);
      const marker = join(installation.directory, '.service');
      expect(readFileSync(marker, 'utf8')).toBe(`${name}\n`);
      const uid = ordinary?.uid ?? process.getuid?.();
      expect(statSync(marker).uid).toBe(uid);
      expect(running()).toEqual(['Runner.Listener', 'runsvc.sh']);
      for (const id of processesIn(installation.directory)) expect(statSync(`/proc/${id}`).uid).toBe(uid);
      expect(await installation.serviceCalls()).toEqual([]);
    });

    it('is stopped, disabled and deleted, and every call is recorded', async () => {
      await installation.installService();

      const { code, output } = await service('uninstall', {
        environment: { SANDBOX_ASSUME_ROOT: '1', SOME: 'thing' },
      });

      expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('inactive (dead)') });
      expect(await installation.service()).toEqual(gone);
      expect(running()).toEqual([]);
      const calls = await installation.serviceCalls();
      expect(calls.map(({ command }) => command.join(' '))).toEqual([
        'svc.sh uninstall',
        `systemctl stop ${name}`,
        `systemctl --no-pager status ${name}`,
        `systemctl disable ${name}`,
        'systemctl daemon-reload',
      ]);
      for (const call of calls) {
        expect(call).toMatchObject({
          environment: { SOME: 'thing' },
          user: process.getuid?.(),
          directory: installation.directory,
        });
      }
    });

    it('leaves no marker when somebody deleted the unit, but goes on running', async () => {
      await installation.installService({ unitDeleted: true });
      expect(await installation.service()).toEqual({ ...installed, unit: false });

      expect(await service('uninstall')).toMatchObject({
        code: 0,
        output: `Service ${name} is not installed\n`,
      });
      expect(await installation.service()).toEqual({ ...gone, running: true });
      expect(await service('stop')).toMatchObject({ code: 1, output: '\nnot installed\n\n' });
      expect(await installation.service()).toEqual(gone);
    });

    it('goes on when it cannot be stopped', async () => {
      await installation.installService();
      await installation.set({ stopFails: true });

      expect(await service('uninstall')).toMatchObject({
        code: 1,
        errors: `Job for ${name} failed.\nFailed: failed to stop ${name}\n`,
      });
      expect(await installation.service()).toEqual(installed);
    });

    it('can take long to stop', async () => {
      await installation.installService();
      await installation.set({ stopDelay: 1000 });

      const started = performance.now();
      expect(await service('uninstall')).toMatchObject({ code: 0 });
      expect(performance.now() - started).toBeGreaterThan(1000);
      expect(running()).toEqual([]);
    });

    it('is stopped and started, and says how it is', async () => {
      expect(await service('status')).toMatchObject({ code: 1, output: '\nnot installed\n\n' });
      expect(await service('stop')).toMatchObject({ code: 1 });
      await installation.installService();

      expect((await service('status')).output).toContain('active (running)');
      expect(await service('stop')).toMatchObject({ code: 0 });
      expect(await installation.service()).toEqual({ ...installed, running: false });
      expect(await service('start')).toMatchObject({ code: 0 });
      expect(await installation.service()).toEqual(installed);
    });

    it('is for root only, and for the root of the installation', async () => {
      await installation.installService();

      expect(await service('uninstall', { environment: {}, account: ordinary })).toMatchObject({
        code: 1,
        output: 'Must run as sudo\n',
      });
      expect(await service('uninstall', { directory: join(installation.directory, 'bin') })).toMatchObject({
        code: 1,
        errors: 'Failed: Must run from runner root or install is corrupt\n',
      });
      expect(await installation.service()).toEqual(installed);
    });

    it('does not stop before its listener does', async () => {
      await installation.installService();
      await installation.set({ ignoredSignals: ['SIGINT'] });
      const stopping = service('stop');
      await service('status');
      expect(await installation.service()).toEqual(installed);

      const [listener] = processesIn(installation.directory).filter((id) => nameOf(id) === 'Runner.Listener');
      if (listener !== undefined) process.kill(listener, 'SIGTERM');
      expect(await stopping).toMatchObject({ code: 0 });
      expect(running()).toEqual([]);
    });
  });
}

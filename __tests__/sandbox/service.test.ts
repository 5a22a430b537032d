import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Installation } from '../../sandbox/installation.ts';
import { processesIn } from '../../sandbox/programs/processes.ts';

const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;
const name = 'actions.runner.octo-app.box_7.service';
const installed = { marker: true, unit: true, running: true };
const gone = { marker: false, unit: false, running: false };

let installation: Installation;
beforeEach(async () => {
  installation = await Installation.create({
    agentId: 7,
    agentName: 'box 7',
    gitHubUrl: 'https://github.com/octo/app/',
    ...(nobody && { owner: nobody }),
  });
});
afterEach(() => installation.remove());

/** Runs svc.sh as root, or as a user that it treats as root. */
function service(
  command: string,
  {
    environment = { SANDBOX_ASSUME_ROOT: '1' },
    account,
  }: { environment?: object; account?: typeof nobody } = {},
): Promise<{ code: unknown; output: string; errors: string }> {
  return new Promise((resolve) => {
    execFile(
      join(installation.directory, 'svc.sh'),
      [command],
      { cwd: installation.directory, env: { PATH: process.env['PATH'], ...environment }, ...account },
      (error, output, errors) => resolve({ code: error?.code ?? 0, output, errors }),
    );
  });
}

if (process.platform === 'linux') {
  test('a service is installed, started, stopped and uninstalled, and every call is recorded', async () => {
    expect(await installation.service()).toEqual(gone);
    await installation.installService();
    expect(await installation.service()).toEqual(installed);
    expect(readFileSync(join(installation.directory, '.service'), 'utf8')).toBe(`${name}\n`);
    expect((await service('status')).output).toContain('active (running)');
    expect(await service('stop')).toMatchObject({ code: 0 });
    expect(await installation.service()).toEqual({ ...installed, running: false });
    expect(await service('start')).toMatchObject({ code: 0 });

    expect(await service('uninstall')).toMatchObject({
      code: 0,
      output: expect.stringContaining('inactive (dead)'),
    });
    expect(await installation.service()).toEqual(gone);
    expect(processesIn(installation.directory)).toEqual([]);
    const calls = await installation.serviceCalls();
    expect(calls.slice(-5).map(({ command }) => command.join(' '))).toEqual([
      'svc.sh uninstall',
      `systemctl stop ${name}`,
      `systemctl --no-pager status ${name}`,
      `systemctl disable ${name}`,
      'systemctl daemon-reload',
    ]);
    expect(calls[0]).toMatchObject({ user: process.getuid?.(), directory: installation.directory });
  });

  test('a service whose unit was deleted by hand goes on running after uninstall', async () => {
    await installation.installService({ unitDeleted: true });
    expect(await service('uninstall')).toMatchObject({
      code: 0,
      output: `Service ${name} is not installed\n`,
    });
    expect(await installation.service()).toEqual({ ...gone, running: true });
    expect(await service('stop')).toMatchObject({ code: 1, output: '\nnot installed\n\n' });
  });

  test('svc.sh fails if the service cannot be stopped, and if it is not run by root', async () => {
    await installation.installService();
    await installation.set({ stopFails: true });
    expect(await service('uninstall')).toMatchObject({
      code: 1,
      errors: `Job for ${name} failed.\nFailed: failed to stop ${name}\n`,
    });
    expect(await service('uninstall', { environment: {}, account: nobody })).toMatchObject({
      code: 1,
      output: 'Must run as sudo\n',
    });
    expect(await installation.service()).toEqual(installed);
  });
}

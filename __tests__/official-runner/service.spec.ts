import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { OfficialService } from '../../sandbox/official-service.ts';
import { processesIn } from '../../sandbox/programs/processes.ts';
import { eventually } from '../support.ts';
import { adminToken, repository } from '../world.ts';
import { configurationOf, type InstalledRunner, resultsOf, runnerFilesOf, Site } from './site.ts';

const isWindows = process.platform === 'win32';

/** A service is part of the machine: only with the consent of whoever runs this. */
if (process.env['RUNNER_SERVICES'] === 'true') {
  describe('the official runner as a service', () => {
    let site: Site;
    let runner: InstalledRunner;
    let service: OfficialService;
    beforeEach(async () => {
      site = await Site.open('official');
      runner = await site.install('box', { asService: true });
      service = await OfficialService.start(runner.directory);
      await eventually(() => site.github.runners(repository)[0]?.status === 'online');
    });
    afterEach(async () => {
      await service.end();
      await site.close();
    });

    async function expectGone(): Promise<void> {
      expect(site.github.runners(repository)).toEqual([]);
      expect(await service.state()).toEqual({ installed: false, running: false });
      expect(await runnerFilesOf(runner)).toEqual([]);
      expect(processesIn(runner.directory)).toEqual([]);
    }

    test('is deregistered and uninstalled', async () => {
      expect(await service.state()).toEqual({ installed: true, running: true });

      expect(resultsOf(await site.remove(runner))).toEqual(['removed']);

      await expectGone();
    });

    // On Windows, config.cmd uninstalls the service before it asks GitHub, and has no sessions of its own.
    if (!isWindows) {
      test('keeps running if it becomes busy at the last moment', async () => {
        const before = await configurationOf(runner.directory);
        site.afterRequest('GET', `/runners/${runner.id}`, () =>
          site.github.setBusy(repository, runner.id, true),
        );

        expect(resultsOf(await site.remove(runner))).toEqual(['failed']);

        expect(await service.state()).toEqual({ installed: true, running: true });
        expect(await configurationOf(runner.directory)).toEqual(before);
      });

      test('is removed after its own job, by a process that outlives it', async () => {
        if (process.platform === 'linux') expect(await service.property('KillMode')).toBe('process');
        const job = site.startJob(runner, {
          secrets: { RUNNER_ADMIN_TOKEN: adminToken },
          steps: [
            {
              name: 'Remove',
              uses: 'octo-org/runner-remove-token@v1',
              with: { token: { expr: 'secrets.RUNNER_ADMIN_TOKEN' }, remove: 'after-job' },
            },
          ],
        });

        const report = await job.completed;

        expect(report.conclusion).toBe('succeeded');
        // Uninstalling the service stops it: what does so has to survive that.
        await eventually(async () => !(await service.state()).installed);
        await eventually(() => processesIn(runner.directory).length === 0);
        await expectGone();
      });
    }
  });
} else {
  test.todo('services: set RUNNER_SERVICES=true to install some on this machine');
}

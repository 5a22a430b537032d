import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { processesIn } from '../../sandbox/programs/processes.ts';
import { isRoot, repository } from '../world.ts';
import {
  configurationOf,
  type Flow,
  type InstalledRunner,
  type Kind,
  resultsOf,
  runnerFilesOf,
  Site,
} from './site.ts';

/** What the action makes of the situations that `config.sh` and the listener can get it into. */
export function describeRemovalOf(kind: Kind): void {
  let site: Site;
  let runner: InstalledRunner;
  beforeEach(async () => {
    site = await Site.open(kind);
  });
  afterEach(() => site.close());

  /** Returns the configuration. */
  const install = async (flow: Flow = 'newer') => {
    runner = await site.install('box', { flow });
    // config.sh would change both.
    await writeFile(join(runner.directory, '.path'), '/usr/bin:/bin\n');
    await writeFile(join(runner.directory, '.env'), 'HTTPS_PROXY=\n');
    return configurationOf(runner.directory);
  };
  const remove = () => site.remove(runner);

  const becomeBusyAfterCheck = () =>
    site.afterRequest('GET', `/runners/${runner.id}`, () => site.github.setBusy(repository, runner.id, true));

  describe(`remove: true, with the ${kind} runner,`, () => {
    test.each([
      { flow: 'newer', statuses: [422, 422, 422] },
      { flow: 'older', statuses: [400] },
    ] as const)(
      'leaves a runner unchanged that becomes busy at the last moment, in the $flow flow',
      async ({ flow, statuses }) => {
        const before = await install(flow);
        becomeBusyAfterCheck();

        const step = await remove();

        expect(resultsOf(step)).toEqual(['failed']);
        expect(step.log).toMatch(/^More: .*runner-busy/m);
        expect(site.statuses('DELETE')).toEqual(statuses);
        expect(await configurationOf(runner.directory)).toEqual(before);
        expect(site.github.runners(repository)).toMatchObject([{ id: runner.id }]);
      },
    );

    test.each(['newer', 'older'] as const)(
      'leaves a runner unchanged if its token is refused, in the %s flow',
      async (flow) => {
        const before = await install(flow);
        site.afterRequest('POST', '/remove-token', () => {
          for (const issued of site.github.issuedTokens) issued.expiresAt = new Date(0);
        });

        const step = await remove();

        expect(resultsOf(step)).toEqual(['failed']);
        expect(step.log).toMatch(/^More: .*removal-failed/m);
        expect(await configurationOf(runner.directory)).toEqual(before);
        expect(site.github.runners(repository)).toMatchObject([{ id: runner.id }]);
      },
    );

    test.each(['newer', 'older'] as const)(
      'finishes if the runner disappears, in the %s flow',
      async (flow) => {
        await install(flow);
        site.afterRequest('GET', `/runners/${runner.id}`, () =>
          site.github.removeRunner(repository, runner.id),
        );

        const step = await remove();

        expect(step.conclusion).toBe('success');
        expect(await runnerFilesOf(runner)).toEqual([]);
      },
    );

    test('cleans up a runner that GitHub does not know', async () => {
      await install();
      site.github.removeRunner(repository, runner.id);

      expect(resultsOf(await remove())).toEqual(['already-removed']);

      expect(site.statuses('DELETE')).toEqual([]);
      expect(await runnerFilesOf(runner)).toEqual([]);
    });

    test('cleans up what a removal without .runner has left', async () => {
      await install();
      site.github.removeRunner(repository, runner.id);
      await rm(join(runner.directory, '.runner'));

      expect(resultsOf(await remove())).toEqual(['already-removed']);

      expect(await runnerFilesOf(runner)).toEqual([]);
    });

    test.each([
      ['whose credentials are gone', 'newer', () => rm(join(runner.directory, '.credentials'))],
      [
        'that config.sh does not find',
        'older',
        async () => site.github.hideFromRunnerSide(repository, runner.id),
      ],
    ] as const)('deletes a runner %s through the API', async (_, flow, prepare) => {
      await install(flow);
      await prepare();

      expect(resultsOf(await remove())).toEqual(['removed']);

      expect(site.statuses('DELETE')).toEqual([204]);
      expect(site.github.runners(repository)).toEqual([]);
      expect(await runnerFilesOf(runner)).toEqual([]);
    });

    test('ends a listener that was started by hand', async () => {
      await install();
      const { ended } = await runner.start();

      expect(resultsOf(await remove())).toEqual(['removed']);

      await ended;
      expect(processesIn(runner.directory)).toEqual([]);
      expect(await runnerFilesOf(runner)).toEqual([]);
    });

    // On Linux, only root can uninstall a service. On Windows, config.cmd does it.
    if (isRoot || process.platform === 'darwin') {
      test('puts the marker of a service back if the runner becomes busy', async () => {
        await install();
        await writeFile(join(runner.directory, '.service'), 'actions.runner.box.service\n');
        const before = await configurationOf(runner.directory);
        becomeBusyAfterCheck();

        expect(resultsOf(await remove())).toEqual(['failed']);

        expect(await configurationOf(runner.directory)).toEqual(before);
      });
    }
  });
}

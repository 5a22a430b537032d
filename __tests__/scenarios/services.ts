import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Installation } from '../../sandbox/installation.ts';
import { expectFailure, expectNoSecret, ordinaryUser, repository, type Subject, World } from '../world.ts';

const running = { marker: true, unit: true, running: true };
const gone = { marker: false, unit: false, running: false };

/** What removing a runner that is a service looks like to a user. Only root can install one. */
export function describeServices(subject: Subject): void {
  let world: World;
  let installation: Installation;
  let id: number;
  beforeEach(async () => {
    world = await World.start(subject);
    ({ installation, id } = await world.install(repository, 'box', { owner: ordinaryUser }));
  });
  afterEach(() => world.end());

  const remove = (inputs: Record<string, string> = {}, options = {}) =>
    world.run({ remove: 'true', 'runner-directory': installation.directory, ...inputs }, options);

  const results = ({ outputs }: { outputs: Record<string, string> }): string[] =>
    JSON.parse(outputs['runners'] ?? '[]').map(({ result }: { result: string }) => result);

  describe('a runner that is a service, removed by root,', () => {
    test('is deregistered first and stopped afterwards', async () => {
      await installation.installService();
      const duringRemoval: unknown[] = [];
      world.github.afterRequest = ({ method }) => {
        if (method === 'DELETE') {
          duringRemoval.push(installation.service());
        }
      };

      const result = await remove();

      expect(result.conclusion).toBe('success');
      expect(results(result)).toEqual(['removed']);
      expect(world.github.runners(repository)).toEqual([]);
      expect(await Promise.all(duringRemoval)).toMatchObject([{ unit: true, running: true }]);
      expect(await installation.service()).toEqual(gone);
      expectNoSecret(world, result);
    });

    test('is uninstalled as root, by a script that is given no token', async () => {
      await installation.installService();

      await remove({}, { environment: { GITHUB_TOKEN: 'stray' } });

      const calls = await installation.serviceCalls();
      expect(calls.some(({ command }) => command.join(' ').endsWith('svc.sh uninstall'))).toBe(true);
      for (const { environment, user } of calls) {
        expect(user).toBe(0);
        expect(Object.keys(environment)).not.toContain('ACTIONS_RUNNER_INPUT_TOKEN');
        expect(Object.keys(environment)).not.toContain('GITHUB_TOKEN');
      }
    });

    test('is told of in the debug log: by whom it is removed, and that its marker is there', async () => {
      await installation.installService();

      const { log } = await remove({}, { environment: { ACTIONS_STEP_DEBUG: 'true' } });

      const { directory } = installation;
      expect(log).toMatch(
        /^##\[debug\]config\.sh is run behind: setpriv --reuid=65534 .*; its service is uninstalled by: \/.*\/svc\.sh uninstall$/m,
      );
      expect(log).toContain(`##[debug]config.sh remove begins in ${directory}; .service is there: true`);
    });

    test('whose unit somebody deleted by hand is removed all the same', async () => {
      await installation.installService({ unitDeleted: true });

      expect(results(await remove())).toEqual(['removed']);
      expect(await installation.service()).toMatchObject({ marker: false, unit: false });
      expect(world.github.runners(repository)).toEqual([]);
    });

    test('that GitHub does not know any more is uninstalled too', async () => {
      await installation.installService();
      world.github.removeRunner(repository, id);

      expect(results(await remove())).toEqual(['already-removed']);
      expect(await installation.service()).toEqual(gone);
    });

    test('that is not configured any more is uninstalled too', async () => {
      await installation.installService();
      for (const name of ['.runner', '.credentials', '.credentials_rsaparams']) {
        await rm(join(installation.directory, name));
      }

      const dry = await remove({ 'dry-run': 'true' });
      expect(results(dry)).toEqual(['would-remove']);
      expect(await installation.service()).toEqual(running);
      expect(results(await remove())).toEqual(['already-removed']);
      expect(await installation.service()).toEqual(gone);
    });

    test('that cannot be stopped fails the step; run again, it is finished', async () => {
      await installation.installService();
      await installation.set({ stopFails: true });

      const result = await remove();

      expectFailure(
        result,
        /is deregistered, but its service was not uninstalled/,
        /failed to stop/,
        /#removal-failed/,
      );
      expect(world.github.runners(repository)).toEqual([]);
      await installation.set({});
      expect(results(await remove())).toEqual(['already-removed']);
      expect(await installation.service()).toEqual(gone);
    });
  });

  describe('every way of failing leaves the service as it was:', () => {
    test.each([
      ['GitHub lists the runner as busy', () => world.github.setBusy(repository, id, true)],
      [
        'it becomes busy between the check and the removal',
        () => {
          world.github.afterRequest = ({ method }) => {
            if (method === 'GET') {
              world.github.setBusy(repository, id, true);
            }
          };
        },
      ],
      ['only the worker process gives it away', () => installation.startWorker()],
      ['config.sh fails', () => installation.set({ exitCode: 1, message: 'No route to host' })],
    ])('%s', async (_, circumstance) => {
      await installation.installService();
      await circumstance();
      const before = await installation.snapshot();

      const result = await remove();

      expect(results(result)).toEqual(['failed']);
      expect(await installation.service()).toEqual(running);
      expect(await installation.snapshot()).toEqual(before);
      expect(world.github.runners(repository)).toMatchObject([{ id }]);
    });
  });

  test('a listener that was started by hand is asked to stop', async () => {
    const listener = await installation.startListener();

    const result = await remove();

    expect(results(result)).toEqual(['removed']);
    expect(result.log).toContain(
      `| √ Removed .runner\n| The listener, process ${listener.pid}, is asked to stop.\n`,
    );
    await listener.stop();
  });
}

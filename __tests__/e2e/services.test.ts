import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Installation } from '../../sandbox/installation.ts';
import type { JobOptions } from '../../sandbox/launcher.ts';
import {
  deleteConfiguration,
  expectFailure,
  expectNoSecret,
  isRoot,
  ordinaryUser,
  repository,
  runnersOf,
  World,
} from '../world.ts';

const running = { marker: true, unit: true, running: true };
const gone = { marker: false, unit: false, running: false };

// Only root can install a service.
(isRoot ? describe : describe.skip)('a runner that is installed as a service', () => {
  let world: World;
  let installation: Installation;
  let id: number;
  beforeEach(async () => {
    world = await World.start();
    ({ installation, id } = await world.install(repository, 'box', { owner: ordinaryUser }));
  });
  afterEach(() => world.end());

  const remove = (inputs: Record<string, string> = {}, options: Partial<JobOptions> = {}) =>
    world.run({ remove: 'true', 'runner-directory': installation.directory, ...inputs }, options);

  test.each([
    ['that goes on polling', false],
    ['that notices its removal, as since 2.336', true],
  ])(
    'is deregistered first and then uninstalled by root, without the token, with a listener %s',
    async (_, noticesRemoval) => {
      await installation.set({ noticesRemoval });
      await installation.installService();
      const duringRemoval: unknown[] = [];
      world.github.intercept = async ({ method }) => {
        if (method === 'DELETE') {
          duringRemoval.push(await installation.service());
        }
        return false;
      };

      const result = await remove({}, { environment: { GITHUB_TOKEN: 'stray', ACTIONS_STEP_DEBUG: 'true' } });

      expect(result.conclusion).toBe('success');
      expect(runnersOf(result)).toMatchObject([{ result: 'removed' }]);
      expect(world.github.runners(repository)).toEqual([]);
      expect(duringRemoval).toMatchObject([{ unit: true, running: true }]);
      expect(await installation.service()).toEqual(gone);
      const uninstall = join(installation.directory, 'svc.sh');
      expect(result.log).toMatch(/^##\[debug\].*"ownerPrefix":\["setpriv","--reuid=65534"/m);
      expect(result.log).toContain(`"uninstall":["${uninstall}","uninstall"]`);
      const calls = await installation.serviceCalls();
      expect(calls.some(({ command }) => command.join(' ').endsWith('svc.sh uninstall'))).toBe(true);
      for (const { environment, user } of calls) {
        expect(user).toBe(0);
        expect(Object.keys(environment)).not.toContain('ACTIONS_RUNNER_INPUT_TOKEN');
        expect(Object.keys(environment)).not.toContain('GITHUB_TOKEN');
      }
      expectNoSecret(world, result);
    },
  );

  test('is uninstalled if its unit was deleted by hand', async () => {
    await installation.installService({ unitDeleted: true });

    expect(runnersOf(await remove())).toMatchObject([{ result: 'removed' }]);
    expect(await installation.service()).toMatchObject({ marker: false, unit: false });
    expect(world.github.runners(repository)).toEqual([]);
  });

  test('is uninstalled if GitHub does not list it any more', async () => {
    await installation.installService();
    world.github.removeRunner(repository, id);

    expect(runnersOf(await remove())).toMatchObject([{ result: 'already-removed' }]);
    expect(await installation.service()).toEqual(gone);
  });

  test('is uninstalled if it is not configured any more, but not by a dry run', async () => {
    await installation.installService();
    await deleteConfiguration(installation);

    expect(runnersOf(await remove({ 'dry-run': 'true' }))).toMatchObject([{ result: 'would-remove' }]);
    expect(await installation.service()).toEqual(running);
    expect(runnersOf(await remove())).toMatchObject([{ result: 'already-removed' }]);
    expect(await installation.service()).toEqual(gone);
  });

  test('fails the step if it cannot be stopped; a second run finishes the removal', async () => {
    await installation.installService();
    await installation.set({ stopFails: true });

    const result = await remove();

    expectFailure(
      result,
      /is not configured any more, but its service was not uninstalled/,
      /failed to stop/,
      'section "removal-failed"',
    );
    expect(world.github.runners(repository)).toEqual([]);
    await installation.set({});
    expect(runnersOf(await remove())).toMatchObject([{ result: 'already-removed' }]);
    expect(await installation.service()).toEqual(gone);
  });

  test.each([
    ['by a job that starts between the check and the removal', true],
    ['by a job that only its worker process shows', false],
  ])('stays in service if it is kept %s', async (_, isListed) => {
    await installation.installService();
    if (isListed) {
      world.github.afterRequest = ({ method }) =>
        method === 'GET' && world.github.setBusy(repository, id, true);
    } else {
      await installation.startWorker();
    }
    const before = await installation.snapshot();

    const result = await remove();

    expect(runnersOf(result)).toMatchObject([{ result: 'failed' }]);
    expect(await installation.service()).toEqual(running);
    expect(await installation.snapshot()).toEqual(before);
    expect(world.github.runners(repository)).toMatchObject([{ id }]);
  });

  describe('and removed by two steps at once', () => {
    beforeEach(async () => {
      await installation.installService();
      await installation.set({ delay: 500 });
    });

    test('is removed once, and neither step fails', async () => {
      const results = await Promise.all([remove(), remove()]);

      expect(results.map(({ conclusion }) => conclusion)).toEqual(['success', 'success']);
      expect(results.flatMap(({ annotations }) => annotations)).toEqual([]);
      expect(world.github.runners(repository)).toEqual([]);
      expect(await installation.service()).toEqual(gone);
    });

    test('stays in service if GitHub refuses both', async () => {
      const before = await installation.snapshot();
      world.github.intercept = ({ method }) => {
        if (method === 'DELETE') {
          world.github.setBusy(repository, id, true);
        }
        return false;
      };

      const results = await Promise.all([remove(), remove()]);

      expect(results.map(({ conclusion }) => conclusion)).toEqual(['failure', 'failure']);
      expect(await installation.service()).toEqual(running);
      expect(await installation.snapshot()).toEqual(before);
    });
  });

  describe('and removed by an account that is not root', () => {
    const rule = '/etc/sudoers.d/runner-remove-token-test';
    beforeEach(() => installation.installService());
    afterEach(() => rm(rule, { force: true }));

    test('is left unchanged if the account cannot use sudo for it', async () => {
      const before = await installation.snapshot();

      const result = await remove({}, { user: ordinaryUser });

      expectFailure(
        result,
        /service, which this account cannot uninstall/,
        /NOPASSWD/,
        'section "service-needs-root"',
      );
      expect(world.github.requests).toEqual([]);
      expect(await installation.snapshot()).toEqual(before);
      expect(await installation.service()).toEqual(running);
    });

    // Writes a rule for sudo on this machine.
    const isAllowed = process.env['REQUIRE_SYSTEM_TOOLS'] === 'true';
    (isAllowed ? test : test.skip)('is uninstalled if the account can run this one command', async () => {
      const command = `${installation.directory}/svc.sh uninstall`;
      await writeFile(rule, `${ordinaryUser.name} ALL=(root) NOPASSWD: ${command}\n`);
      await chmod(rule, 0o440);

      const result = await remove({}, { user: ordinaryUser });

      expect(result.conclusion).toBe('success');
      expect(await installation.service()).toEqual(gone);
      expect(world.github.runners(repository)).toEqual([]);
    });
  });
});

import { chmod, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Installation } from '../../sandbox/installation.ts';
import { describeServices } from '../scenarios/services.ts';
import { expectFailure, isRoot, ordinaryUser, repository, World } from '../world.ts';

if (isRoot && process.platform === 'linux') {
  describeServices('dist');

  describe('a service, removed by an account that is not root,', () => {
    const rule = '/etc/sudoers.d/runner-remove-token-test';
    let world: World;
    let installation: Installation;
    beforeEach(async () => {
      world = await World.start();
      ({ installation } = await world.install(repository, 'box', { owner: ordinaryUser }));
      await installation.installService();
    });
    afterEach(async () => {
      await rm(rule, { force: true });
      await world.end();
    });

    const remove = () =>
      world.run({ remove: 'true', 'runner-directory': installation.directory }, { user: ordinaryUser });

    test('is left alone where it may not use sudo, and nothing is requested', async () => {
      const before = await installation.snapshot();

      const result = await remove();

      expectFailure(result, /this account may not uninstall/, /NOPASSWD/, /#service-needs-root/);
      expect(world.github.requests).toEqual([]);
      expect(await installation.snapshot()).toEqual(before);
      expect(await installation.service()).toEqual({ marker: true, unit: true, running: true });
    });

    // It writes a rule for sudo, which is for a machine that nobody else uses.
    if (process.env['CI']) {
      test('is uninstalled where it may run this one command with sudo', async () => {
        await writeFile(
          rule,
          `${ordinaryUser.name} ALL=(root) NOPASSWD: ${installation.directory}/svc.sh uninstall\n`,
        );
        await chmod(rule, 0o440);

        const result = await remove();

        expect(result.conclusion).toBe('success');
        expect(await installation.service()).toEqual({ marker: false, unit: false, running: false });
        expect(world.github.runners(repository)).toEqual([]);
      });
    }
  });
} else {
  test.todo('services: only root on Linux can install one');
}

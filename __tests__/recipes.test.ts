import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRemoveToken, isRoot, ordinaryUser, repository, World } from './world.ts';

if (process.platform === 'linux') {
  describe('the script in docs/recipes.md', () => {
    const page = readFileSync(new URL('../docs/recipes.md', import.meta.url), 'utf8');
    const [, script = ''] = /^```sh\n(.*?)^```$/ms.exec(page) ?? [];
    const account = isRoot ? ordinaryUser : {};

    let world: World;
    let directory: string;
    let id: number;
    beforeEach(async () => {
      world = await World.start();
      const { installation, id: installed } = await world.install(repository, 'box', {
        ...(isRoot && { owner: ordinaryUser }),
      });
      ({ directory } = installation);
      id = installed;
      writeFileSync(join(directory, '.service'), 'actions.runner.box.service');
    });
    afterEach(() => world.end());

    async function run(): Promise<number> {
      const adapted = script.replace('/opt/actions-runner', directory);
      const shell = spawn('sh', ['-c', adapted], { ...account, stdio: ['pipe', 'ignore', 'ignore'] });
      shell.stdin.end(`${await createRemoveToken(world.github)}\n`);
      const [exitCode] = await once(shell, 'exit');
      return exitCode;
    }
    const configuration = () =>
      readdirSync(directory).filter((name) => /^\.(runner|credentials|service)/.test(name));

    test('deregisters a runner and leaves its service', async () => {
      expect(await run()).toBe(0);

      expect(world.github.runners(repository)).toEqual([]);
      expect(configuration()).toEqual(['.service']);
    });

    test('leaves a runner that is running a job as it is', async () => {
      const before = configuration();
      world.github.setBusy(repository, id, true);

      expect(await run()).not.toBe(0);

      expect(world.github.runners(repository)).toHaveLength(1);
      expect(configuration()).toEqual(before);
    });
  });
}

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isRoot, ordinaryUser, repository, World } from './world.ts';

const page = readFileSync(new URL('../docs/recipes.md', import.meta.url), 'utf8');
const [, script = ''] = /^```sh\n(.*?)^```$/ms.exec(page) ?? [];

if (process.platform === 'linux') {
  describe('the script in docs/recipes.md that deregisters a runner', () => {
    let world: World;
    let directory: string;
    let id: number;
    beforeEach(async () => {
      world = await World.start();
      const installed = await world.install(repository, 'box', { ...(isRoot && { owner: ordinaryUser }) });
      id = installed.id;
      directory = installed.installation.directory;
      await installed.installation.installService?.();
    });
    afterEach(() => world.end());

    const exists = (name: string) => existsSync(join(directory, name));
  });
}

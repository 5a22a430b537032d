import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { describeRemoval } from './scenarios/removal.ts';
import { repository, World } from './world.ts';

describeRemoval('src');

let world: World;
beforeEach(async () => {
  world = await World.start('src', { isRoot: false });
});
afterEach(() => world.end());

test('an account that is not root checks what it may change', async () => {
  const { installation } = await world.install(repository, 'box');

  const result = await world.run({
    remove: 'true',
    'runner-directory': installation.directory,
    'dry-run': 'true',
  });

  expect(JSON.parse(result.outputs['runners'] ?? '')).toMatchObject([{ result: 'would-remove' }]);
});

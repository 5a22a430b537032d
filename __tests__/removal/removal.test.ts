import { expect, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import type { RegisteredRemoval } from '../../src/inputs.ts';
import { removeRunners } from '../../src/removal/removal.ts';
import { contextOf } from './context.ts';

test('a runner that is selected by its name is removed wherever its machine is', async () => {
  const github = await GitHub.start();
  github.addRepository('octo/app');
  github.addAdminToken('ghp_admin', { registrations: ['octo/app'] });
  github.addRunner('octo/app', { name: 'box', status: 'offline' });
  const removal: RegisteredRemoval = {
    kind: 'registered',
    names: ['box'],
    labels: [],
    status: 'offline',
    offlineMinutes: undefined,
    waitMinutes: 0,
    dryRun: false,
  };
  try {
    expect(await removeRunners(removal, contextOf(github))).toMatchObject([
      { report: { directory: null, name: 'box', result: 'removed' } },
    ]);
    expect(github.runners('octo/app')).toEqual([]);
  } finally {
    await github.close();
  }
});

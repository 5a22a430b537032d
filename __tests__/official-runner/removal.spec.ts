import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { processesIn } from '../../sandbox/programs/processes.ts';
import { accounts, adminToken, organization, repository } from '../world.ts';
import { describeRemovalOf } from './removal.ts';
import { configurationOf, resultsOf, runnerFilesOf, Site } from './site.ts';

describeRemovalOf('official');

let site: Site;
beforeEach(async () => {
  site = await Site.open('official');
});
afterEach(() => site.close());

describe.each(accounts)('remove: true, run $who, with the official runner,', ({ user, owner }) => {
  test.each(['newer', 'older'] as const)('deregisters it in the %s flow', async (flow) => {
    const runner = await site.install('box', { owner, flow });

    const step = await site.remove(runner, user && { user });

    expect(resultsOf(step)).toEqual(['removed']);
    expect(step.log).toContain('√ Runner removed successfully');
    expect(site.github.runners(repository)).toEqual([]);
    expect(await runnerFilesOf(runner)).toEqual([]);
    for (const { token } of [...site.github.issuedTokens, { token: adminToken }]) {
      expect(step.log).not.toContain(token);
    }
  });
});

test.each([
  ['an organization', organization],
  ['a repository in another letter case', repository.toUpperCase()],
])('a runner of %s is deregistered', async (_, registration) => {
  const runner = await site.install('box', { registration });

  expect(resultsOf(await site.remove(runner))).toEqual(['removed']);

  expect(site.github.runners(registration)).toEqual([]);
  expect(await runnerFilesOf(runner)).toEqual([]);
});

test('a runner in a directory with a space and a letter that is not ASCII is deregistered', async () => {
  const parent = await mkdtemp(join(await realpath(tmpdir()), 'actions runner é-'));
  const runner = await site.install('box', { directory: join(parent, 'ça va') });

  expect(resultsOf(await site.remove(runner))).toEqual(['removed']);

  expect(site.github.runners(repository)).toEqual([]);
  await rm(parent, { recursive: true });
});

// Windows has no signals.
if (process.platform !== 'win32') {
  test.each([
    { what: 'finishes the removal if GitHub responds in time', delay: 1_000, result: 'removed' },
    {
      what: 'ends config.sh and leaves the runner unchanged if GitHub does not',
      delay: 60_000,
      result: 'failed',
    },
  ])('a step that is cancelled during the DELETE request $what', async ({ delay, result }) => {
    const runner = await site.install('box');
    const before = await configurationOf(runner.directory);
    let cancel = () => {};
    const stepEnd = new AbortController();
    site.github.intercept = async ({ method }, response) => {
      if (method !== 'DELETE') return false;
      cancel();
      // Rejects at the end of the step.
      return pause(delay, false, stepEnd).catch(() => response.destroy().destroyed);
    };

    const step = await site.remove(runner, {
      onStart: (cancelStep) => {
        cancel = cancelStep;
      },
    });
    stepEnd.abort();

    expect(step).toMatchObject({ conclusion: 'cancelled', signal: null });
    expect(resultsOf(step)).toEqual([result]);
    expect(processesIn(runner.directory)).toEqual([]);
    if (result === 'removed') {
      expect(site.github.runners(repository)).toEqual([]);
      expect(await runnerFilesOf(runner)).toEqual([]);
    } else {
      expect(site.github.runners(repository)).toMatchObject([{ id: runner.id }]);
      expect(await configurationOf(runner.directory)).toEqual(before);
    }
  });
}

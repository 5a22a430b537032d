import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { expectFailure, organization, repository, type Subject, World } from '../world.ts';

/** What removing several runners of a machine at once looks like to a user. */
export function describeHosts(subject: Subject): void {
  let world: World;
  beforeEach(async () => {
    world = await World.start(subject);
  });
  afterEach(() => world.end());

  const remove = (directories: string[], inputs: Record<string, string> = {}) =>
    world.run({ remove: 'true', 'runner-directory': directories.join('\n'), ...inputs });

  test('a host of 12 runners in two registrations takes two token requests, and two more requests per runner', async () => {
    const directories: string[] = [];
    for (let number = 1; number <= 12; number += 1) {
      const { installation } = await world.install(number % 2 ? repository : organization, `box-${number}`);
      directories.push(installation.directory);
    }

    const result = await remove(directories);

    expect(result.conclusion).toBe('success');
    expect(world.github.issuedTokens.map(({ registration }) => registration).sort()).toEqual([
      organization,
      repository,
    ]);
    expect(world.requests).toHaveLength(2 + 2 * 12);
    expect(JSON.parse(result.outputs['runners'] ?? '')).toMatchObject(
      directories.map((directory, index) => ({ directory, name: `box-${index + 1}`, result: 'removed' })),
    );
    // With two registrations there is no one token to hand on.
    expect(Object.keys(result.outputs)).toEqual(['runners']);
    // What the scripts print stays together, a group for each runner.
    const groups = result.log.split('▾ ').slice(1);
    expect(groups.map((group) => group.split('\n')[0]).sort()).toEqual(
      directories.map((directory) => `What the scripts in ${directory} printed`).sort(),
    );
    for (const group of groups) {
      expect(group.match(/Runner removed successfully/g)).toHaveLength(1);
      expect(group).toMatch(/\| √ Removed \.credentials\n\| √ Removed \.runner/);
    }
    for (const [index] of directories.entries()) {
      expect(result.summary).toContain(`<td>box-${index + 1}</td>`);
    }
    expect(result.summary.match(/<td>removed<\/td>/g)).toHaveLength(12);
  });

  test('globs and lines name installations, each once', async () => {
    const { installation: one } = await world.install(repository, 'one');
    const { installation: two } = await world.install(repository, 'two');
    const parent = dirname(one.directory);
    const glob = join(
      parent,
      `{${[two, one].map(({ directory }) => directory.split('/').at(-1)).join(',')}}*`,
    );

    const result = await remove([two.directory, '', `  ${glob}  `]);

    expect(JSON.parse(result.outputs['runners'] ?? '')).toMatchObject([{ name: 'two' }, { name: 'one' }]);
  });

  test('one that fails does not stop the rest, and the step says which and why', async () => {
    const { installation: one } = await world.install(repository, 'one');
    const { installation: busy, id } = await world.install(repository, 'busy');
    const { installation: gone } = await world.install(repository, 'gone');
    for (const name of ['.runner', '.credentials', '.credentials_rsaparams']) {
      await rm(join(gone.directory, name));
    }
    world.github.setBusy(repository, id, true);

    const result = await remove([one.directory, busy.directory, gone.directory]);

    expectFailure(result, /"busy" in .* runs a job and was not touched/);
    expect(JSON.parse(result.outputs['runners'] ?? '')).toMatchObject([
      { name: 'one', result: 'removed' },
      { name: 'busy', result: 'failed', detail: expect.stringMatching(/GitHub lists it as busy/) },
      { name: null, result: 'already-removed' },
    ]);
    expect(result.outputs['remove-token']).toBe(world.github.issuedTokens[0]?.token);
    expect(world.github.runners(repository)).toMatchObject([{ name: 'busy' }, { name: 'gone' }]);
    expect(result.summary).toMatch(/<td>busy<\/td>.*<td>failed<\/td><td>The runner "busy" in/);
  });

  test.each([
    [
      'a directory that is no runner',
      (directory: string) => join(directory, '_work'),
      /is no runner installation/,
    ],
    [
      'a glob that matches nothing',
      (directory: string) => `${directory}-*`,
      /matches no runner installation/,
    ],
  ])('%s among them is an error before anything is requested or changed', async (_, other, said) => {
    const { installation } = await world.install(repository, 'one');
    const before = await installation.snapshot();

    const result = await remove([installation.directory, other(installation.directory)]);

    expectFailure(result, said, /#not-a-runner/);
    expect(world.github.requests).toEqual([]);
    expect(await installation.snapshot()).toEqual(before);
  });

  test('what a runner is called cannot change the summary', async () => {
    const { installation } = await world.install(repository, '<img src=x>&');

    expect((await remove([installation.directory])).summary).toContain('<td>&lt;img src=x&gt;&amp;</td>');
  });

  test('a run that asks for a token only writes no summary', async () => {
    expect((await world.run({})).summary).toBe('');
  });

  describe('a repository that was renamed since', () => {
    const renamed = `${organization}/renamed`;

    test.each([
      ['is the current one', {}, renamed],
      ['is named by the inputs', { repo: renamed }, repository],
    ])('is the same where it %s', async (_, inputs, current) => {
      const { installation, id } = await world.install(repository, 'box');
      world.github.renameRepository(repository, renamed);

      const result = await world.run(
        { remove: 'true', 'runner-directory': installation.directory, ...inputs },
        {
          github: { apiUrl: world.github.apiUrl, serverUrl: world.github.serverUrl, repository: current },
        },
      );

      expect(result.conclusion).toBe('success');
      expect(JSON.parse(result.outputs['runners'] ?? '')).toMatchObject([{ id, result: 'removed' }]);
      expect(world.github.runners(renamed)).toEqual([]);
    });
  });
}

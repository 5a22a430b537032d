import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Installation } from '../../sandbox/installation.ts';
import type { JobOptions } from '../../sandbox/launcher.ts';
import { temporaryDirectory } from '../support.ts';
import {
  deleteConfiguration,
  expectFailure,
  isRoot,
  ordinaryUser,
  organization,
  repository,
  runnersOf,
  World,
} from '../world.ts';

let world: World;
/** Holds the installations. */
let host: string;
beforeEach(async () => {
  world = await World.start();
  host = await temporaryDirectory();
  await chmod(host, 0o755);
});
afterEach(() => world.end());

/** Registers a runner and installs it in a directory of its name. */
async function install(name: string, registration = repository, directory = join(host, name)) {
  return world.install(registration, name, { directory, ...(isRoot && { owner: ordinaryUser }) });
}

function remove(lines: string[], inputs: Record<string, string> = {}, options: Partial<JobOptions> = {}) {
  return world.run({ remove: 'true', 'runner-directory': lines.join('\n'), ...inputs }, options);
}

test('six runners with two registrations take two token requests, and two more requests per runner', async () => {
  const names = ['one', 'two', 'three', 'four', 'five', '<img src=x>&'];
  const directories = names.map((_, index) => join(host, `${index}`));
  for (const [index, name] of names.entries()) {
    await install(name, index % 2 ? repository : organization, directories[index]);
  }

  const result = await remove(directories);

  expect(result.conclusion).toBe('success');
  expect(world.github.issuedTokens.map(({ registration }) => registration).sort()).toEqual([
    organization,
    repository,
  ]);
  expect(world.requests).toHaveLength(2 + 2 * 6);
  expect(runnersOf(result)).toMatchObject(
    directories.map((directory, index) => ({ directory, name: names[index], result: 'removed' })),
  );
  // Two registrations have two tokens, and the output takes one.
  expect(Object.keys(result.outputs)).toEqual(['runners']);
  // Runners are removed in parallel; the output of each one's scripts is a group.
  const groups = result.log.split('▾ ').slice(1);
  expect(groups.map((group) => group.split('\n')[0]).sort()).toEqual(
    directories.map((directory) => `Output of the runner's scripts in ${directory}`),
  );
  for (const group of groups) {
    expect(group.match(/Runner removed successfully/g)).toHaveLength(1);
    expect(group).toMatch(/\| √ Removed \.credentials\n\| √ Removed \.runner/);
  }
  expect(result.summary).toContain('<td>one</td>');
  expect(result.summary).toContain('<td>&lt;img src=x&gt;&amp;</td>');
  expect(result.summary.match(/<td>removed<\/td>/g)).toHaveLength(6);
});

test('directories are found by lines and globs, each once, without those after "!"', async () => {
  for (const name of ['runner-1', 'runner-2', 'runner-3', 'other']) {
    await install(name);
  }

  const result = await remove([
    join(host, 'runner-2'),
    '',
    `  ${join(host, 'runner-*')}  `,
    `!${join(host, '*-3')}`,
  ]);

  expect(runnersOf(result)).toMatchObject([{ name: 'runner-2' }, { name: 'runner-1' }]);
  expect(world.github.runners(repository)).toMatchObject([{ name: 'runner-3' }, { name: 'other' }]);
});

test('a glob that matches the runner of this job: the message says how to exclude it, which works', async () => {
  const { installation, id } = await install('own');
  await install('other');
  world.github.setBusy(repository, id, true);
  const options = { installation, ...(isRoot && { user: ordinaryUser }) };

  const result = await remove([join(host, '*')], {}, options);

  const [, exclusion = ''] = /add the line "(.*?)"/.exec(result.log) ?? [];
  expectFailure(
    result,
    /"own" .* is running this job and was left unchanged/,
    /To keep the runner, add the line .* To remove it, use "remove: after-job"/,
    'section "runner-runs-this-job"',
  );
  expect(runnersOf(result)).toMatchObject([
    { name: 'other', result: 'removed' },
    { name: 'own', result: 'failed' },
  ]);
  const again = await remove([join(host, '*'), exclusion], {}, options);
  expect(again.conclusion).toBe('success');
  expect(runnersOf(again)).toMatchObject([{ directory: join(host, 'other'), result: 'already-removed' }]);
  expect(world.github.runners(repository)).toMatchObject([{ name: 'own' }]);
});

test('one that fails does not stop the others, and the step says which and why', async () => {
  const { installation: one } = await install('one');
  const { installation: busy, id } = await install('busy');
  const { installation: gone } = await install('gone');
  await deleteConfiguration(gone);
  world.github.setBusy(repository, id, true);

  const result = await remove([one.directory, busy.directory, gone.directory]);

  expectFailure(result, /"busy" in .* is running a job and was left unchanged/);
  expect(runnersOf(result)).toMatchObject([
    { name: 'one', result: 'removed' },
    { name: 'busy', result: 'failed', detail: expect.stringMatching(/GitHub lists it as busy/) },
    { name: null, result: 'already-removed' },
  ]);
  expect(result.outputs['remove-token']).toBe(world.github.issuedTokens[0]?.token);
  expect(world.github.runners(repository)).toMatchObject([{ name: 'busy' }, { name: 'gone' }]);
  expect(result.summary).toMatch(/<td>busy<\/td>.*<td>failed<\/td><td>The runner "busy" in/);
});

describe('nothing is requested or changed if', () => {
  async function expectRefusal(
    { directory }: Installation,
    line: string,
    options: Partial<JobOptions>,
    said: RegExp,
  ): Promise<void> {
    const result = await remove([directory, line], {}, options);

    expectFailure(result, said, /Nothing was changed/, 'section "not-a-runner"');
    expect(world.github.requests).toEqual([]);
    expect(world.github.runners(repository)).toHaveLength(1);
  }

  test.each([
    ['a directory is not a runner', 'one/_work', /is not a runner installation: config\.sh or .* is missing/],
    ['a glob matches no runner', 'two-*', /matches no runner installation/],
  ])('%s', async (_, line, said) => {
    const { installation } = await install('one');

    await expectRefusal(installation, join(host, line), {}, said);
  });

  test('a glob matches a directory that this account cannot enter', async () => {
    const { installation } = await install('one');
    const closed = join(host, 'closed');
    await mkdir(closed, { mode: 0o000 });

    await expectRefusal(
      installation,
      join(host, '*'),
      isRoot ? { user: ordinaryUser } : {},
      new RegExp(`cannot check whether there is a runner installation at ${closed}, .*"!${closed}"`, 's'),
    );
  });
});

test.each([
  ['is the current one', {}, 'renamed'],
  ['is in the inputs', { repo: `${organization}/renamed` }, 'octo-repo'],
])('a repository that was renamed is the same if it %s', async (_, inputs, current) => {
  const { id } = await install('box');
  const renamed = `${organization}/renamed`;
  world.github.renameRepository(repository, renamed);
  const { apiUrl, serverUrl } = world.github;

  const result = await remove([join(host, 'box')], inputs, {
    github: { apiUrl, serverUrl, repository: `${organization}/${current}` },
  });

  expect(result.conclusion).toBe('success');
  expect(runnersOf(result)).toMatchObject([{ id, result: 'removed' }]);
  expect(world.github.runners(renamed)).toEqual([]);
});

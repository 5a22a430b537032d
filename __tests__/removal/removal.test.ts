import { EventEmitter } from 'node:events';
import { access, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { expectFailure, organization, repository, World } from '../world.ts';

let world: World;
afterEach(() => world.end());

test('an account that is not root checks what it may change', async () => {
  world = await World.start('src', { isRoot: false });
  const { installation } = await world.install(repository, 'box');

  const result = await world.run({
    remove: 'true',
    'runner-directory': installation.directory,
    'dry-run': 'true',
  });

  expect(JSON.parse(result.outputs['runners'] ?? '')).toMatchObject([{ result: 'would-remove' }]);
});

test('root removes a service that is left of a runner which is not configured any more', async () => {
  world = await World.start('src', { isRoot: true });
  const { installation } = await world.install(repository, 'box');
  const path = (name: string) => join(installation.directory, name);
  await Promise.all(['.runner', '.credentials'].map((name) => rm(path(name))));
  await writeFile(path('.service'), 'actions.runner.box.service');
  // Whoever runs this test: the stand-in's own script wants root.
  await writeFile(path('svc.sh'), '#!/bin/sh\n[ "$*" = uninstall ] && rm .service\n');

  const result = await world.run(
    { remove: 'true', 'runner-directory': installation.directory },
    { environment: { ACTIONS_STEP_DEBUG: 'true' } },
  );

  expect(JSON.parse(result.outputs['runners'] ?? '')).toMatchObject([{ result: 'already-removed' }]);
  expect(result.log).toContain(`its service is uninstalled by: ${path('svc.sh')} uninstall`);
  await expect(access(path('.service'))).rejects.toThrow('ENOENT');
});

test('a token that is refused for one registration fails the step before a runner of another is touched', async () => {
  world = await World.start('src');
  const token = 'github_pat_of_one_repository_only';
  world.github.addAdminToken(token, { registrations: [repository] });
  const { installation: one } = await world.install(repository, 'one');
  const { installation: two } = await world.install(organization, 'two');
  const before = await one.snapshot();

  const result = await world.run({
    token,
    remove: 'true',
    'runner-directory': `${one.directory}\n${two.directory}`,
  });

  expectFailure(
    result,
    /Could not create a remove token for the organization/,
    /#missing-permission|#not-found/,
  );
  expect(await one.snapshot()).toEqual(before);
  expect(world.github.runners(repository)).toMatchObject([{ name: 'one' }]);
});

test('config.sh says that it succeeded and has done nothing: the step says so, and nothing is stopped', async () => {
  world = await World.start('src');
  const { installation } = await world.install(repository, 'box');
  await writeFile(join(installation.directory, 'config.sh'), '#!/bin/sh\necho Help');
  const listener = await installation.startListener();

  const result = await world.run({ remove: 'true', 'runner-directory': installation.directory });

  expectFailure(result, /config\.sh remove ended with exit code 0, "Help"/, /#removal-failed/);
  expect(world.github.runners(repository)).toMatchObject([{ name: 'box' }]);
  expect(listener.running()).toBe(true);
  await listener.stop();
});

test.each([
  ['does not answer', true],
  ['says that it is not busy', false],
])('config.sh says that the runner runs a job, and GitHub %s: it is left alone', async (_, breaks) => {
  world = await World.start('src');
  const { installation } = await world.install(repository, 'box');
  await installation.set({ exitCode: 1, message: 'Runner "box" is Running a job' });
  world.github.afterRequest = ({ method }) => {
    if (breaks && method === 'GET') {
      world.github.intercept = (_request, response) => response.destroy() !== undefined;
    }
  };

  const result = await world.run({
    remove: 'true',
    'runner-directory': installation.directory,
    retries: '0',
  });

  expectFailure(result, /GitHub refused to remove it because it runs a job/, /#runner-busy/);
});

test('the runner that runs this very job is pointed to after-job', async () => {
  const directory = await mkdtemp(join(await realpath(tmpdir()), 'own-'));
  world = await World.start('src', { execPath: join(directory, 'externals/node24/bin/node') });
  const { installation, id } = await world.install(repository, 'box', { directory });
  world.github.setBusy(repository, id, true);

  const result = await world.run({ remove: 'true', 'runner-directory': installation.directory });

  expectFailure(result, /"box" .* runs this very job/, /remove: after-job/, /#runner-runs-this-job/);
  await rm(directory, { recursive: true });
});

test('in a container job, after-job is an error that says why, and nothing is requested', async () => {
  world = await World.start('src', { execPath: '/__e/node24/bin/node' });

  const result = await world.run({ remove: 'after-job' });

  expectFailure(result, /container/, /without "container:"/, /#container-job/);
  expect(world.github.requests).toEqual([]);
});

test('a step that is cancelled begins nothing new, and says what was not attempted', async () => {
  const signals = new EventEmitter();
  world = await World.start('src', { signals });
  const directories: string[] = [];
  for (const name of ['one', 'two', 'three', 'four', 'five', 'six']) {
    directories.push((await world.install(repository, name)).installation.directory);
  }
  // All that run side by side have begun when the first of them is deregistered.
  world.github.afterRequest = ({ method }) => method === 'DELETE' && signals.emit('SIGINT');

  const result = await world.run({ remove: 'true', 'runner-directory': directories.join('\n') });

  expectFailure(
    result,
    /in .* was not removed: the step was cancelled before its turn/,
    /cancelled the job, or the step ran into its time limit/,
    /goes on where it stopped/,
    /#removal-failed/,
  );
  expect(
    JSON.parse(result.outputs['runners'] ?? '').map((report: { result: string }) => report.result),
  ).toEqual([...['removed', 'removed', 'removed', 'removed'], ...['not-attempted', 'not-attempted']]);
  expect(world.github.runners(repository)).toMatchObject([{ name: 'five' }, { name: 'six' }]);
});

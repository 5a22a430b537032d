import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Installation } from '../../sandbox/installation.ts';
import { post } from '../../src/main.ts';
import { workflowCommands } from '../../src/workflow-commands.ts';
import { outputUntilDone } from '../support.ts';
import { adminToken, isRoot, repository, World } from '../world.ts';

const bundle = join(import.meta.dirname, '../../dist/index.js');
let world: World;
let installation: Installation;
let id: number;
const { env } = process;
beforeEach(async () => {
  world = await World.start('src');
  ({ installation, id } = await world.install(repository, 'box'));
});
afterEach(async () => {
  process.env = env;
  await world.end();
});

/** The post step, with the inputs of a main step that has scheduled the removal. */
function runPost(...program: string[]): Promise<string> {
  process.env = {
    ...env,
    INPUT_TOKEN: adminToken,
    INPUT_REMOVE: 'after-job',
    'INPUT_GITHUB-API-URL': world.github.apiUrl,
    GITHUB_REPOSITORY: repository,
  };
  const { platform, execPath } = process;
  const machine = { platform, isRoot, execPath, environment: process.env };
  return outputUntilDone(() => post(workflowCommands, machine, installation.directory, program));
}

test.each([
  [
    'the runner of the job is scheduled',
    {},
    'scheduled',
    /when this job has ended, by a background process that logs to .*\/_diag\.$/,
  ],
  [
    'a dry run schedules nothing',
    { 'dry-run': 'true' },
    'would-remove',
    /^It would be removed when this job has ended/,
  ],
])('%s', async (_, inputs, expected, detail) => {
  await world.end();
  world = await World.start('src', { execPath: installation.node });
  const { installation: own } = await world.install(repository, 'box', { directory: installation.directory });
  const result = await world.run({ remove: 'after-job', ...inputs });

  expect(JSON.parse(result.outputs['runners'] ?? '')).toMatchObject([
    { name: 'box', result: expected, detail: expect.stringMatching(detail) },
  ]);
  expect(result.state).toEqual(expected === 'scheduled' ? { 'after-job': own.directory } : {});
});

test('a runner that GitHub does not list is scheduled all the same: it may be slow to say what runs the job', async () => {
  await world.end();
  world = await World.start('src', { execPath: installation.node });
  const { id: own } = await world.install(repository, 'box', { directory: installation.directory });
  world.github.removeRunner(repository, own);

  const result = await world.run({ remove: 'after-job' });

  expect(JSON.parse(result.outputs['runners'] ?? '')).toMatchObject([{ result: 'scheduled' }]);
});

test.each([
  ['GitHub', { ephemeral: true }, {}],
  ['its own settings', {}, { ephemeral: true }],
])('an ephemeral runner is left to GitHub, where only %s says that it is one', async (_, listed, own) => {
  await world.end();
  world = await World.start('src', { execPath: installation.node });
  const { id: ephemeral } = world.github.addRunner(repository, { name: 'box', ...listed });
  await world.install(repository, 'box', { directory: installation.directory, agentId: ephemeral, ...own });

  const result = await world.run({ remove: 'after-job' });

  expect(JSON.parse(result.outputs['runners'] ?? '')).toMatchObject([
    { result: 'ephemeral', detail: 'GitHub deregisters it by itself when this job has ended.' },
  ]);
  expect(result.state).toEqual({});
});

test('the post step hands the removal to a background process, which carries it out', async () => {
  const output = await runPost(bundle, 'remove-after-job');

  const [, logFile = ''] = /Log: (.*)$/m.exec(output) ?? [];
  for (let log = ''; !log.includes('The runner was removed.'); ) {
    log = await readFile(logFile, 'utf8');
  }
  expect(world.github.runners(repository)).toEqual([]);
  expect(world.github.issuedTokens).toHaveLength(1);
});

test('a background process that cannot be started is an error that says what to do instead', async () => {
  const output = await runPost(join(installation.directory, 'nowhere.js'));

  expect(output).toMatch(
    /^::error::The removal of the runner in .* could not be handed to a background process: it ended with exit code 1/m,
  );
  expect(output).toMatch(/does not let the step start a process.*remove: true.*section "removal-failed"/);
  expect(output).toMatch(/^::debug::.*Caused by Error: it ended with exit code 1/m);
  expect(world.github.runners(repository)).toMatchObject([{ id }]);
});

test('a runner that is not configured any more needs no background process', async () => {
  for (const name of ['.runner', '.credentials']) {
    await rm(join(installation.directory, name));
  }

  expect(await runPost(bundle, 'remove-after-job')).toMatch(
    /is not configured any more: there is nothing to do/,
  );
  expect(await readdir(join(installation.directory, '_diag'))).toEqual([]);
});

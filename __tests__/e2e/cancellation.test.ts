import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Installation } from '../../sandbox/installation.ts';
import { Job, type Step, type StepResult } from '../../sandbox/launcher.ts';
import { eventually } from '../support.ts';
import { adminToken, expectNoSecret, isRoot, repository, World } from '../world.ts';

let world: World;
let job: Job;
beforeEach(async () => {
  world = await World.start();
  const { apiUrl, serverUrl } = world.github;
  job = await Job.start({ github: { apiUrl, serverUrl, repository } });
});
afterEach(async () => {
  await job.end();
  await world.end();
});

async function install(name: string, behaviour = {}): Promise<Installation> {
  const { installation } = await world.install(repository, name);
  await installation.set(behaviour);
  return installation;
}

function removalOf(installations: Installation[]): Promise<Step> {
  const directories = installations.map(({ directory }) => directory).join('\n');
  return job.step({ inputs: { token: adminToken, remove: 'true', 'runner-directory': directories } });
}

const runnersOf = (result: StepResult): object[] => JSON.parse(result.outputs['runners'] ?? '[]');
const registered = () => world.github.runners(repository).map(({ name }) => name);

test('a cancelled step finishes what it can in time, ends the rest, and says what became of each runner', async () => {
  const quick = await install('quick');
  const slow = [await install('slow', { delay: 600_000 }), await install('service', { delay: 600_000 })];
  const [, service] = slow;
  if (isRoot) await service?.installService();
  const before = await Promise.all(slow.map((installation) => installation.snapshot()));
  const others = [
    await install('slow too', { delay: 600_000 }),
    await install('waiting'),
    await install('last'),
  ];
  // The quick one is deregistered only when the step has been cancelled.
  let letGo = () => {};
  const cancelled = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let isHeld = false;
  world.github.intercept = async ({ method }) => {
    if (method === 'DELETE') {
      isHeld = true;
      await cancelled;
    }
    return false;
  };

  const step = await removalOf([quick, ...slow, ...others]);
  const ending = step.main();
  await eventually(async () => {
    const calls = await Promise.all([...slow, ...others.slice(0, 1)].map((one) => one.invocations()));
    return isHeld && calls.every(({ length }) => length === 1);
  });
  step.cancel();
  letGo();
  const result = await ending;

  // It ended by itself: the runner did not have to kill it.
  expect(result).toMatchObject({ conclusion: 'cancelled', exitCode: 1, signal: null });
  expect(runnersOf(result)).toMatchObject([
    { name: 'quick', result: 'removed' },
    { name: 'slow', result: 'failed' },
    { name: 'service', result: 'failed' },
    { name: 'slow too', result: 'failed' },
    { name: 'waiting', result: 'not-attempted' },
    { name: 'last', result: 'not-attempted' },
  ]);
  expect(registered()).toEqual(['slow', 'service', 'slow too', 'waiting', 'last']);
  expect(result.outputs['remove-token']).toBe(world.github.issuedTokens[0]?.token);
  expect(await Promise.all(slow.map((installation) => installation.snapshot()))).toEqual(before);
  if (isRoot) expect(await service?.service()).toEqual({ marker: true, unit: true, running: true });
  expect(result.log).toContain('The step is being cancelled');
  expectNoSecret(world, { ...result, written: new Map() });
});

test('a cancelled step does not wait for an answer that is long in coming', async () => {
  const installation = await install('box');
  const before = await installation.snapshot();
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  world.github.intercept = ({ method, url }, response) => {
    if (method !== 'GET' || url?.includes('remove-token')) return false;
    world.github.send(response, { status: 503, headers: { 'retry-after': '60' } });
    asked();
    return true;
  };

  const step = await removalOf([installation]);
  const ending = step.main();
  await isAsked;
  step.cancel();
  const result = await ending;

  expect(result).toMatchObject({ conclusion: 'cancelled', exitCode: 1, signal: null });
  expect(runnersOf(result)).toMatchObject([
    {
      name: 'box',
      result: 'failed',
      detail: expect.stringContaining('cancelled before GitHub had answered'),
    },
  ]);
  expect(await installation.snapshot()).toEqual(before);
});

import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Installation } from '../../sandbox/installation.ts';
import type { Job } from '../../sandbox/launcher.ts';
import { eventually } from '../support.ts';
import { adminToken, expectNoSecret, isRoot, repository, World } from '../world.ts';

let world: World;
let job: Job;
beforeEach(async () => {
  world = await World.start();
  job = await world.startJob();
});
afterEach(async () => {
  await job.end();
  await world.end();
});

/** A script that does not end when it is asked to, like one that `sudo` runs as root. */
async function makeStuck({ directory }: Installation, script: 'config.sh' | 'svc.sh'): Promise<void> {
  const path = join(directory, script);
  const begin = "#!/bin/bash\ntrap '' INT TERM\ntouch .sandbox/stuck\nsleep 600\n";
  await writeFile(path, (await readFile(path, 'utf8')).replace(/^#!.*\n/, begin));
}

/** A failure that says that it was the cancellation. */
const interrupted = (name: string, what: string) => ({
  name,
  result: 'failed',
  detail: expect.stringMatching(
    `^The removal of the runner in \\S+ was interrupted\\. .*${what}.* Someone cancelled the job, or the step reached its time limit\\.`,
  ),
});

test('a cancelled step finishes what it can, ends the rest, and reports what became of each runner', async () => {
  const names = ['quick', 'slow', 'unanswered', 'stuck', 'last'] as const;
  const entries = await Promise.all(
    names.map(async (name) => [name, await world.install(repository, name)] as const),
  );
  const { quick, slow, unanswered, stuck } = Object.fromEntries(entries) as Record<
    (typeof names)[number],
    { installation: Installation; id: number }
  >;
  await slow.installation.set({ delay: 600_000 });
  if (isRoot) {
    await slow.installation.installService();
    await stuck.installation.installService();
  }
  await makeStuck(stuck.installation, isRoot ? 'svc.sh' : 'config.sh');
  const state = () => Promise.all([slow, unanswered].map(({ installation }) => installation.snapshot()));
  const before = await state();
  // The quick one is deregistered after the cancellation.
  const cancelled = Promise.withResolvers<false>();
  const asked = new Set<string>();
  world.github.intercept = ({ method = '', url = '' }, response) => {
    const request = `${method} ${url.replace(/.*\//, '')}`;
    asked.add(request);
    if (request !== `GET ${unanswered.id}`) {
      return request === `DELETE ${quick.id}` ? cancelled.promise : false;
    }
    world.github.send(response, { status: 503, headers: { 'retry-after': '60' } });
    return true;
  };

  const directories = entries.map(([, { installation }]) => installation.directory).join('\n');
  const step = await job.step({
    inputs: { token: adminToken, remove: 'true', 'runner-directory': directories },
  });
  const ending = step.main();
  await eventually(
    async () =>
      asked.has(`DELETE ${quick.id}`) &&
      asked.has(`GET ${unanswered.id}`) &&
      (await slow.installation.invocations()).length === 1 &&
      existsSync(join(stuck.installation.directory, '.sandbox/stuck')),
  );
  step.cancel();
  cancelled.resolve(false);
  const result = await ending;

  // The runner did not have to kill it.
  expect(result).toMatchObject({ conclusion: 'cancelled', exitCode: 1, signal: null });
  expect(JSON.parse(result.outputs['runners'] ?? '')).toMatchObject([
    { name: 'quick', result: 'removed' },
    interrupted('slow', 'config\\.sh remove was terminated'),
    interrupted('unanswered', 'The step was cancelled before GitHub responded\\.'),
    interrupted('stuck', 'A program could not be terminated and is still running\\.'),
    { name: 'last', result: 'not-attempted' },
  ]);
  expect(result.outputs['remove-token']).toBe(world.github.issuedTokens[0]?.token);
  expect(result.log).toContain('The step was cancelled.');
  expectNoSecret(world, { ...result, written: new Map() });
  expect(world.github.runners(repository).map(({ name }) => name)).toEqual(
    isRoot ? ['slow', 'unanswered', 'last'] : ['slow', 'unanswered', 'stuck', 'last'],
  );
  expect(await state()).toEqual(before);
  if (isRoot) {
    expect(await slow.installation.service()).toEqual({ marker: true, unit: true, running: true });
  }
});

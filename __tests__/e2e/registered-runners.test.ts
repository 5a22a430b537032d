import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { StepResult } from '../../sandbox/launcher.ts';
import type { Runner } from '../../sandbox/registrations.ts';
import { eventually } from '../support.ts';
import {
  adminToken,
  classicToken,
  expectFailure,
  expectNoSecret,
  fastTime,
  organization,
  repository,
  World,
} from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.end());

function register(name: string, properties: Partial<Runner> = {}, registration = organization): number {
  return world.github.addRunner(registration, { name, status: 'offline', ...properties }).id;
}

/** Runners of an organization with the same prefix. */
function registerMany(count: number): void {
  for (let index = 1; index <= count; index += 1) register(`spot-${index}`);
}

/** Removes runners of the organization. No time passes unless the inputs ask for it. */
function remove(inputs: Record<string, string>, environment: Record<string, string> = {}) {
  return world.run({ organization, remove: 'true', 'offline-minutes': '0', ...inputs }, { environment });
}

const registered = () => world.github.runners(organization).map(({ name }) => name);

/** For example `spot-1: removed`. */
function resultsOf({ outputs }: StepResult): string[] {
  const runners: { name: string; result: string }[] = JSON.parse(outputs['runners'] ?? '[]');
  return runners.map(({ name, result }) => `${name}: ${result}`);
}

const deletions = () => world.requests.filter((request) => request.startsWith('DELETE'));

describe('a full name', () => {
  test.each([
    ['a repository', repository, {}, `/repos/${repository}`],
    ['an organization', organization, { organization }, `/orgs/${organization}`],
    ['an enterprise', 'enterprises/acme', { enterprise: 'acme', token: classicToken }, '/enterprises/acme'],
  ])('removes the runner of %s from any machine, and proves it', async (_, path, inputs, root) => {
    const id = register('Build-07', { ephemeral: true }, path);
    register('build-08', {}, path);

    const result = await world.run({ ...inputs, remove: 'true', 'runner-name': 'build-07\ngone' });

    expect(result.conclusion).toBe('success');
    const registration = `${world.github.serverUrl}/${path}`;
    expect(JSON.parse(result.outputs['runners'] ?? '')).toEqual([
      { directory: null, name: 'Build-07', id, registration, result: 'removed' },
      {
        directory: null,
        name: 'gone',
        id: null,
        registration,
        result: 'already-removed',
        detail: expect.stringMatching(/^GitHub lists no runner with this name in /),
      },
    ]);
    expect(world.github.runners(path)).toMatchObject([{ name: 'build-08' }]);
    expect(world.requests.toSorted()).toEqual(
      [
        `POST ${root}/actions/runners/remove-token`,
        `GET ${root}/actions/runners?name=build-07&per_page=100`,
        `GET ${root}/actions/runners?name=gone&per_page=100`,
        `GET ${root}/actions/runners/${id}`,
        `DELETE ${root}/actions/runners/${id}`,
        `GET ${root}/actions/runners/${id}`,
      ].toSorted(),
    );
    expect(result.outputs['remove-token']).toBe(world.github.issuedTokens[0]?.token);
    expect(result.log).toContain('Runner "Build-07": removed');
    expect(result.stderr).toBe('');
    expectNoSecret(world, result);
  });

  test('is found on a server that ignores name=', async () => {
    world.github.ignoresNameFilter = true;
    registerMany(150);

    const result = await remove({ 'runner-name': 'SPOT-120\ngone' });

    expect(resultsOf(result)).toEqual(['spot-120: removed', 'gone: already-removed']);
    expect(deletions()).toHaveLength(1);
  });

  test('is unconfirmed if GitHub cannot be reached after the deletion, and does not fail the step', async () => {
    register('box');
    world.github.afterRequest = ({ method }) => {
      if (method !== 'DELETE') return;
      world.github.intercept = (_, response) => {
        response.destroy();
        return true;
      };
    };

    const result = await remove({ 'runner-name': 'box', retries: '0' });

    expect(result.conclusion).toBe('success');
    expect(resultsOf(result)).toEqual(['box: unconfirmed']);
    expect(result.log).toMatch(/Runner "box": unconfirmed \(Could not read the runner "box"/);
    expect(registered()).toEqual([]);
  });

  test('fails the step if GitHub still lists a runner that it has deleted', async () => {
    const id = register('box');
    world.github.intercept = ({ method }, response) => {
      if (method === 'DELETE') world.github.send(response, { status: 204 });
      return method === 'DELETE';
    };

    const result = await remove({ 'runner-name': 'box' }, fastTime);

    expectFailure(
      result,
      `The runner "box" (ID ${id}) is still registered, although GitHub accepted its deletion.`,
      'section "still-registered"',
    );
    expect(resultsOf(result)).toEqual(['box: failed']);
    expect(world.requests.slice(-3)).toEqual(
      Array.from({ length: 3 }, () => `GET /orgs/${organization}/actions/runners/${id}`),
    );
  });

  test.each([
    [
      'online',
      { status: 'online' as const },
      /is online and was left unchanged/,
      /wait-minutes.*runner-status: any/,
    ],
    ['busy', { busy: true }, /is running a job and was left unchanged/, /wait-minutes/],
  ])(
    'of a runner that is %s fails the step and says what would help',
    async (kind, state, happened, remedy) => {
      register('box', state);
      register('other');

      const result = await remove({ 'runner-name': 'box\nother' });

      expectFailure(result, happened, remedy, `section "runner-${kind}"`);
      expect(resultsOf(result)).toEqual(['box: failed', 'other: removed']);
    },
  );
});

describe('a pattern', () => {
  test('removes what matches on all pages', async () => {
    registerMany(250);
    register('box');

    const result = await remove({ 'runner-name': '*-?5' });

    const names = Array.from({ length: 9 }, (_, index) => `spot-${index + 1}5`);
    expect(result.conclusion).toBe('success');
    expect(resultsOf(result)).toEqual(names.map((name) => `${name}: removed`));
    expect(registered()).toHaveLength(251 - 9);
    expect(world.requests.filter((request) => request.includes('per_page'))).toHaveLength(3);
    expect(result.log).toContain('Selected 9 of 251 runners (name "*-?5").');
  });

  test('removes nothing if page 2 fails', async () => {
    registerMany(250);
    world.github.intercept = ({ url }, response) => {
      if (!url?.includes('page=2')) return false;
      world.github.send(response, { status: 404, body: { message: 'Not Found' } });
      return true;
    };

    const result = await remove({ 'runner-name': 'spot-*' });

    expectFailure(
      result,
      /Could not list the runners of organization octo-org: GitHub responded 404/,
      'section "not-found"',
    );
    expect(deletions()).toEqual([]);
    expect(result.outputs['runners']).toBeUndefined();
  });

  test.each([
    ['once', 1, false],
    ['twice', 2, true],
  ])('reads a list again that is shorter than its total_count %s', async (_, times, isWarned) => {
    registerMany(3);
    let short = times;
    world.github.intercept = ({ method, url }, response) => {
      if (method !== 'GET' || !url?.includes('per_page') || short === 0) return false;
      short -= 1;
      const runners = world.github.runners(organization).slice(0, 2);
      world.github.send(response, { status: 200, body: { total_count: 3, runners } });
      return true;
    };

    const result = await remove({ 'runner-name': 'spot-*' });

    expect(result.conclusion).toBe('success');
    expect(registered()).toEqual(isWarned ? ['spot-3'] : []);
    expect(result.annotations.map(({ message }) => message)).toEqual(
      isWarned ? [expect.stringContaining('GitHub returned only 2 of 3 runners')] : [],
    );
  });

  test('leaves busy and online runners alone, and counts them', async () => {
    register('spot-dead');
    register('spot-online', { status: 'online' });
    register('spot-busy', { status: 'online', busy: true });
    register('spot-own');
    const lastMoment = register('spot-comes-online');
    const refused = register('spot-becomes-busy');
    world.github.afterRequest = ({ method, path }) => {
      // After the list, and after the read right before the DELETE.
      if (path.includes('per_page'))
        world.github.updateRunner(organization, lastMoment, { status: 'online' });
      if (method === 'GET' && path.endsWith(`/${refused}`)) world.github.setBusy(organization, refused, true);
    };

    const result = await world.run(
      { organization, remove: 'true', 'runner-name': 'spot-*', 'offline-minutes': '0' },
      { runner: { name: 'spot-own' } },
    );

    expect(result.conclusion).toBe('success');
    expect(resultsOf(result)).toEqual(['spot-dead: removed']);
    expect(registered()).not.toContain('spot-dead');
    expect(registered()).toHaveLength(5);
    expect(deletions()).toHaveLength(2);
    expect(result.log).toContain('Left alone: 2 (busy).');
    expect(result.log).toContain('Left alone: 2 (online).');
    expect(result.log).toContain('Left alone: 1 (runs this job).');
    expect(result.debug).toContain('Left alone (online): spot-online, spot-comes-online');
  });

  test('that matches nothing does not fail the step', async () => {
    register('box');

    const result = await remove({ 'runner-name': 'spot-*', 'runner-label': 'gpu' });

    expect(result.conclusion).toBe('success');
    expect(result.outputs['runners']).toBe('[]');
    expect(result.log).toContain('Selected 0 of 1 runners (name "spot-*", label "gpu").');
  });

  test('waits until runners have been offline for five minutes', async () => {
    register('spot-1');
    const restarting = register('spot-2');
    const times: number[] = [];
    world.github.afterRequest = ({ method, path }) => {
      if (path.includes('per_page'))
        world.github.updateRunner(organization, restarting, { status: 'online' });
      if (path.includes('per_page') || method === 'DELETE') times.push(performance.now());
    };

    const result = await remove({ 'runner-name': 'spot-*', 'offline-minutes': '' }, fastTime);

    expect(resultsOf(result)).toEqual(['spot-1: removed']);
    expect(result.log).toContain(
      'Waiting 5 minutes: only runners that are still offline then are removed ("spot-1", "spot-2").',
    );
    expect(registered()).toEqual(['spot-2']);
    // A minute takes 0.1 seconds.
    expect(Number(times[1]) - Number(times[0])).toBeGreaterThan(450);
  });

  test('with runner-status: any removes idle runners that are online, and waits for busy ones', async () => {
    register('spot-idle', { status: 'online' });
    const busy = register('spot-busy', { status: 'online', busy: true });
    world.github.afterRequest = ({ path }) => {
      if (path.endsWith(`/${busy}`))
        world.github.runners(organization).some(({ id }) => id === busy) &&
          world.github.setBusy(organization, busy, false);
    };

    const inputs = { 'runner-name': 'spot-*', 'runner-status': 'any', 'wait-minutes': '1440' };
    const result = await remove(inputs, fastTime);

    expect(resultsOf(result)).toEqual(['spot-idle: removed', 'spot-busy: removed']);
    expect(registered()).toEqual([]);
  });
});

test('300 runners are removed, with a log and a summary that people can read', async () => {
  registerMany(300);

  const result = await remove({ 'runner-label': 'self-hosted' }, fastTime);

  expect(result.conclusion).toBe('success');
  expect(registered()).toEqual([]);
  expect(world.requests.filter((request) => !request.startsWith('POST'))).toHaveLength(3 + 3 * 300);
  expect(result.log).toMatch(/Done: \d+ of 300 runners\./);
  expect(result.summary).toContain('<p>300 removed</p>');
  expect(result.summary).toMatch(/<details>.*spot-300.*<\/details>/s);
  expect(result.stderr).toBe('');
});

test('a dry run says what would happen', async () => {
  registerMany(2);
  register('online', { status: 'online' });

  const result = await remove({ 'runner-name': 'spot-*\nonline', 'dry-run': 'true', 'wait-minutes': '60' });

  expect(resultsOf(result)).toEqual(['spot-1: would-remove', 'spot-2: would-remove', 'online: would-remove']);
  expect(registered()).toHaveLength(3);
});

describe('a wait', () => {
  test('ends well', async () => {
    const id = register('box', { status: 'online', busy: true });
    let reads = 0;
    world.github.afterRequest = ({ path }) => {
      reads += path.endsWith(`/${id}`) ? 1 : 0;
      const busy = reads < 2;
      if (reads < 4)
        world.github.updateRunner(organization, id, { busy, status: reads < 3 ? 'online' : 'offline' });
    };

    const result = await remove({ 'runner-name': 'box', 'wait-minutes': '1440' }, fastTime);

    expect(resultsOf(result)).toEqual(['box: removed']);
    expect(result.log).toMatch(/Waiting for "box" \(busy\), for up to 14\d\d minutes\./);
  });

  test('proves what after-job has done', async () => {
    const id = register('box', { status: 'online', busy: true });
    world.github.afterRequest = ({ path }) => {
      if (path.endsWith(`/${id}`)) world.github.removeRunner(organization, id);
    };

    const result = await remove({ 'runner-name': 'box', 'wait-minutes': '1440' }, fastTime);

    expect(result.conclusion).toBe('success');
    expect(resultsOf(result)).toEqual(['box: already-removed']);
  });

  test('ends when the admin token expires, which is explained', async () => {
    const id = register('box', { status: 'online', busy: true });
    register('other', { status: 'online' });
    world.github.afterRequest = ({ path }) => {
      if (!path.endsWith(`/${id}`)) return;
      world.github.intercept = (_, response) => {
        world.github.send(response, { status: 401, body: { message: 'Bad credentials' } });
        return true;
      };
    };

    const result = await remove({ 'runner-name': 'box\nother', 'wait-minutes': '1440' }, fastTime);

    expectFailure(
      result,
      /Bad credentials/,
      /has since expired or been revoked/,
      'section "bad-credentials"',
    );
    expect(result.annotations).toHaveLength(1);
    expect(result.outputs['remove-token']).toMatch(/^A/);
  });

  test('ends when the step is cancelled, with outputs', async () => {
    register('box', { status: 'online' });
    registerMany(3);
    const job = await world.startJob();
    const inputs = { token: adminToken, organization, remove: 'true', 'wait-minutes': '60' };
    const step = await job.step({ inputs: { ...inputs, 'runner-name': 'box\nspot-*' } });

    const ending = step.main();
    let result: StepResult;
    let start = 0;
    try {
      await eventually(() => world.requests.length === 3);
      start = Date.now();
      step.cancel();
      result = await ending;
    } finally {
      // Otherwise, a step that was not cancelled keeps Jest waiting for an hour.
      await job.end();
    }

    expect(Date.now() - start).toBeLessThan(2_000);
    expect(result).toMatchObject({ conclusion: 'cancelled', exitCode: 1, signal: null });
    expect(resultsOf(result)).toEqual(
      ['box', 'spot-1', 'spot-2', 'spot-3'].map((name) => `${name}: not-attempted`),
    );
    expect(result.outputs['remove-token']).toMatch(/^A/);
    expect(result.log).toContain('4 runners were not removed: the step was cancelled before their turn.');
  });
});

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import type { Client } from '../../src/github/client.ts';
import {
  deleteRunner,
  findRunnersByName,
  getRunner,
  isSame,
  type RunnerIdentity,
} from '../../src/github/runners.ts';
import { clientOf, failureOf, organization } from '../support.ts';

const identity: RunnerIdentity = { registration: organization, id: 7, name: 'Big Runner & Co' };

let github: GitHub;
let client: Client;

beforeEach(async () => {
  github = await GitHub.start();
  github.addOrganization('octo');
  github.addAdminToken('ghp_admin', { registrations: ['octo'] });
  client = clientOf(github);
});
afterEach(() => github.close());

function answer(status: number, body?: unknown): void {
  github.intercept = (_, response) => {
    github.send(response, { status, body });
    return true;
  };
}
const sent = (): string[] => github.requests.map(({ method, path }) => `${method} ${path}`);

const noRunner = [
  [],
  { name: 'a', busy: false },
  { id: 7, busy: false },
  { id: 7, name: 'a' },
  { id: '7', name: 'a', busy: false },
  { id: 7, name: null, busy: false },
  { id: 7, name: 'a', busy: 'no' },
];

describe('a runner that is looked up by its id', () => {
  test.each([true, false])('is told with whether it is busy: %p', async (busy) => {
    github.addRunner('octo', { id: 7, name: 'big runner & co', busy });
    expect(await getRunner(client, identity)).toEqual({
      id: 7,
      name: 'big runner & co',
      busy,
      ephemeral: false,
    });
    expect(sent()).toEqual(['GET /api/v3/orgs/octo/actions/runners/7']);
  });

  test('is not there when GitHub does not know it', async () => {
    expect(await getRunner(client, identity)).toBeUndefined();
  });

  test('is not there when another one has its id now', async () => {
    github.addRunner('octo', { id: 7, name: 'another' });
    expect(await getRunner(client, identity)).toBeUndefined();
  });

  test.each(noRunner)('is an error when GitHub answers with something else: %j', async (body) => {
    answer(200, body);
    const failure = await failureOf(() => getRunner(client, identity));
    expect(failure.kind).toBe('invalid-response');
    expect(failure.explanation.happened).toBe(
      'Could not look up the runner "Big Runner & Co" of the organization octo: the answer cannot be used (status 200, without a runner in it).',
    );
  });

  test('is an error when GitHub refuses to say', async () => {
    answer(500, { message: 'Oops' });
    expect(await failureOf(() => getRunner(client, identity))).toMatchObject({ kind: 'server-error' });
  });
});

describe('runners that are looked for by name', () => {
  test('are those of that name in any case, whatever their id', async () => {
    github.addRunner('octo', { id: 9, name: 'BIG RUNNER & CO', busy: true });
    github.addRunner('octo', { id: 8, name: 'another' });
    expect(await findRunnersByName(client, identity)).toEqual([
      { id: 9, name: 'BIG RUNNER & CO', busy: true, ephemeral: false },
    ]);
    const { pathname, searchParams } = new URL(github.requests[0]?.path ?? '', github.serverUrl);
    expect(pathname).toBe('/api/v3/orgs/octo/actions/runners');
    expect([...searchParams]).toEqual([
      ['name', 'Big Runner & Co'],
      ['per_page', '100'],
    ]);
  });

  test('are picked out of all that a server lists which is too old for the filter', async () => {
    const runner = { id: 9, name: 'big runner & co', busy: false, ephemeral: true };
    answer(200, {
      total_count: 2,
      runners: [{ ...runner, name: 'another' }, ...noRunner, null, 'runner', runner],
    });
    expect(await findRunnersByName(client, identity)).toEqual([runner]);
  });

  test.each([[], {}, { runners: null }, { runners: {} }])(
    'are an error when GitHub answers with something else: %j',
    async (body) => {
      answer(200, body);
      const failure = await failureOf(() => findRunnersByName(client, identity));
      expect(failure.kind).toBe('invalid-response');
      expect(failure.explanation.happened).toBe(
        'Could not look for the runner "Big Runner & Co" of the organization octo: the answer cannot be used (status 200, without a list of runners in it).',
      );
    },
  );

  test('are an error when the registration is not there, not an empty list', async () => {
    answer(404, { message: 'Not Found' });
    expect(await failureOf(() => findRunnersByName(client, identity))).toMatchObject({ kind: 'not-found' });
  });
});

describe('a runner that is deleted', () => {
  test('is gone', async () => {
    github.addRunner('octo', { id: 7, name: identity.name });
    expect(await deleteRunner(client, identity)).toBe('deleted');
    expect(github.runners('octo')).toEqual([]);
    expect(sent()).toEqual(['DELETE /api/v3/orgs/octo/actions/runners/7']);
  });

  test('may have been gone before', async () => {
    expect(await deleteRunner(client, identity)).toBe('deleted');
  });

  test('stays while it is busy', async () => {
    github.addRunner('octo', { id: 7, name: identity.name, busy: true });
    expect(await deleteRunner(client, identity)).toBe('busy');
    expect(github.runners('octo')).toHaveLength(1);
  });

  test('is an error when GitHub refuses otherwise', async () => {
    answer(403, { message: 'Forbidden' });
    const failure = await failureOf(() => deleteRunner(client, identity));
    expect(failure.message).toMatch(
      /^Could not delete the runner "Big Runner & Co" of the organization octo:/,
    );
    expect(failure.kind).toBe('missing-permission');
  });
});

test.each([
  [{ id: 7, name: 'BIG runner & co' }, true],
  [{ id: 8, name: 'Big Runner & Co' }, false],
  [{ id: 7, name: 'Big Runner' }, false],
])('a runner is the same by its id and its name: %j', (listed, same) => {
  expect(isSame({ ...listed, busy: false, ephemeral: false }, identity)).toBe(same);
});

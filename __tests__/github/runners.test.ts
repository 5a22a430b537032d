import { beforeEach, describe, expect, test } from '@jest/globals';
import type { GitHub } from '../../sandbox/github.ts';
import { systemClock } from '../../src/clock.ts';
import type { ApiClient } from '../../src/github/api-client.ts';
import {
  deleteRunner,
  findRunnersByName,
  getRunner,
  isSameRunner,
  listRunners,
  type RunnerIdentity,
} from '../../src/github/runners.ts';
import { clientOf, failureOf, organization, respond, startGitHub } from '../support.ts';

const identity: RunnerIdentity = { registration: organization, id: 7, name: 'Big Runner & Co' };
const runner = {
  id: 7,
  name: 'big runner & co',
  status: 'offline',
  busy: false,
  ephemeral: true,
  labels: ['self-hosted', 'gpu'],
};
/** The runner in GitHub's form. */
const listed = { ...runner, labels: [{ id: 1, name: 'self-hosted' }, { name: 'gpu' }] };

let github: GitHub;
let client: ApiClient;

beforeEach(async () => {
  github = await startGitHub();
  client = clientOf(github);
});

const sent = (): string[] => github.requests.map(({ method, path }) => `${method} ${path}`);

const noRunners = [
  [],
  { name: 'a', busy: false },
  { id: 7, busy: false },
  { id: 7, name: 'a' },
  { id: '7', name: 'a', busy: false },
  { id: 7, name: null, busy: false },
  { id: 7, name: 'a', busy: 'no' },
];

describe('a runner', () => {
  test('is read by its ID', async () => {
    respond(github, { status: 200, body: listed });

    expect(await getRunner(client, identity)).toEqual(runner);
    expect(sent()).toEqual(['GET /api/v3/orgs/octo/actions/runners/7']);
  });

  test.each([
    [{ status: 'online' }, { status: 'online' }],
    [{ status: 'unknown' }, { status: 'online' }],
    [{ status: undefined }, { status: 'online' }],
    [{ busy: true }, { busy: true }],
    [{ ephemeral: undefined }, { ephemeral: false }],
    [{ labels: undefined }, { labels: [] }],
    [{ labels: [null, 'gpu', { name: 1 }, { name: 'cpu' }] }, { labels: ['cpu'] }],
  ])('is read with %j as %j', async (properties, expected) => {
    respond(github, { status: 200, body: { ...listed, ...properties } });

    expect(await getRunner(client, identity)).toEqual({ ...runner, ...expected });
  });

  test('is undefined if GitHub does not list it', async () => {
    expect(await getRunner(client, identity)).toBeUndefined();
  });

  test('is undefined if another runner has its ID', async () => {
    github.addRunner('octo', { id: 7, name: 'another' });

    expect(await getRunner(client, identity)).toBeUndefined();
  });

  test.each(noRunners)('cannot be read from %j', async (body) => {
    respond(github, { status: 200, body });

    expect(await failureOf(() => getRunner(client, identity))).toMatchObject({
      kind: 'invalid-response',
      explanation: {
        happened:
          'Could not read the runner "Big Runner & Co" of organization octo: the response (status 200) contains no runner.',
      },
    });
  });

  test('cannot be read during an outage', async () => {
    respond(github, { status: 500, body: { message: 'Oops' } });

    expect(await failureOf(() => getRunner(client, identity))).toMatchObject({ kind: 'server-error' });
  });
});

describe('runners of a name', () => {
  test('are found with one request, in any case and whatever their ID', async () => {
    github.addRunner('octo', { id: 9, name: 'BIG RUNNER & CO', busy: true });
    github.addRunner('octo', { id: 8, name: 'another' });

    expect(await findRunnersByName(client, identity)).toMatchObject([
      { id: 9, name: 'BIG RUNNER & CO', busy: true },
    ]);
    expect(github.requests).toHaveLength(1);
    const { pathname, searchParams } = new URL(github.requests[0]?.path ?? '', github.serverUrl);
    expect(pathname).toBe('/api/v3/orgs/octo/actions/runners');
    expect([...searchParams]).toEqual([
      ['name', 'Big Runner & Co'],
      ['per_page', '100'],
    ]);
  });

  test('are found in the complete list of a server that ignores the filter', async () => {
    respond(github, {
      status: 200,
      body: { total_count: 2, runners: [{ ...listed, name: 'another' }, listed] },
    });

    expect(await findRunnersByName(client, identity)).toEqual([runner]);
    expect(github.requests).toHaveLength(1);
  });

  test('are found on another page of a server that ignores the filter', async () => {
    servePages([{ ...listed, id: 8, name: 'another' }], [listed]);

    expect(await findRunnersByName(client, identity)).toEqual([runner]);
    expect(sent()).toEqual([
      'GET /api/v3/orgs/octo/actions/runners?name=Big%20Runner%20%26%20Co&per_page=100',
      'GET /api/v3/orgs/octo/actions/runners?per_page=100',
      'GET /api/v3/orgs/octo/actions/runners?per_page=100&page=2',
    ]);
  });

  test('are not missing because a server that ignores the filter lists others twice', async () => {
    const another = { ...listed, id: 8, name: 'another' };
    servePages([another], [another]);

    expect(await failureOf(() => findRunnersByName(client, identity))).toMatchObject({
      kind: 'invalid-response',
      explanation: {
        happened:
          'Could not find the runner "Big Runner & Co" of organization octo: GitHub returned only 1 of 2 runners, although the list was read twice.',
        likelyCause: 'Runners were added or removed while the list was read.',
        remedy: 'Re-run the step.',
      },
    });
  });

  test('are missing if a server that ignores the filter lists others only', async () => {
    respond(github, { status: 200, body: { total_count: 1, runners: [{ ...listed, name: 'another' }] } });

    expect(await findRunnersByName(client, identity)).toEqual([]);
  });

  test('can be found in an incomplete list', async () => {
    servePages([listed], [listed]);

    expect(await findRunnersByName(client, identity)).toEqual([runner]);
  });

  test.each([
    [],
    {},
    { total_count: 1, runners: null },
    { runners: [] },
    ...[null, ...noRunners].map((other) => ({ total_count: 2, runners: [listed, other] })),
  ])('cannot be read from %j', async (body) => {
    respond(github, { status: 200, body });

    expect(await failureOf(() => findRunnersByName(client, identity))).toMatchObject({
      kind: 'invalid-response',
      explanation: {
        happened:
          'Could not find the runner "Big Runner & Co" of organization octo: the response (status 200) contains no list of runners.',
      },
    });
  });

  test('cannot be read if the registration is not found', async () => {
    respond(github, { status: 404, body: { message: 'Not Found' } });

    expect(await failureOf(() => findRunnersByName(client, identity))).toMatchObject({ kind: 'not-found' });
  });
});

/** Pages of a list that do not depend on a filter. */
function servePages(...pages: unknown[][]): void {
  serveReads(pages.map((runners) => ({ total_count: pages.flat().length, runners })));
}

/** The pages of a list, as they are each time that it is read. The last ones repeat. */
function serveReads(...reads: { total_count: number; runners: unknown[] }[][]): void {
  let [pages = []] = reads;
  github.intercept = ({ url }, response) => {
    const target = new URL(String(url), github.serverUrl);
    const number = Number(target.searchParams.get('page') ?? 1);
    if (number === 1 && !target.searchParams.has('name')) {
      pages = reads.shift() ?? pages;
    }
    target.searchParams.set('page', String(number + 1));
    github.send(response, {
      status: 200,
      body: pages[number - 1],
      headers: number < pages.length ? { link: `<${target}>; rel="next"` } : {},
    });
    return true;
  };
}

const page = (total: number, ...ids: number[]) => ({
  total_count: total,
  runners: ids.map((id) => ({ ...listed, id })),
});

describe('all runners', () => {
  test('are listed with their number', async () => {
    servePages([listed, { ...listed, id: 8 }], [{ ...listed, id: 9 }]);

    expect(await listRunners(client, organization)).toEqual({
      runners: [runner, { ...runner, id: 8 }, { ...runner, id: 9 }],
      total: 3,
    });
  });

  test('may be none', async () => {
    servePages([]);

    expect(await listRunners(client, organization)).toEqual({ runners: [], total: 0 });
  });

  test.each([
    ['a runner was skipped', [page(4, 1, 2), page(3, 4)], [page(3, 2, 3), page(3, 4)], [2, 3, 4, 1], 3],
    ['the number is too large', [page(3, 1), page(3, 2)], [page(2, 1), page(2, 2)], [1, 2], 2],
    ['a runner is still missing', [page(3, 1), page(3, 2)], [page(3, 1), page(3, 2)], [1, 2], 3],
  ])('are listed once more if the list is incomplete: %s', async (_, first, second, ids, total) => {
    serveReads(first, second);

    const list = await listRunners(client, organization);

    expect(list.runners.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(list.total).toBe(total);
    expect(github.requests).toHaveLength(4);
  });

  test('are listed once, as they were last, if they move to another page', async () => {
    const { total_count, runners } = page(3, 2, 3);
    serveReads([page(3, 1, 2), { total_count, runners: runners.map((other) => ({ ...other, busy: true })) }]);

    expect((await listRunners(client, organization)).runners).toMatchObject([
      { id: 1, busy: false },
      { id: 2, busy: true },
      { id: 3, busy: true },
    ]);
    expect(github.requests).toHaveLength(2);
  });

  test('are not listed if a page contains something else', async () => {
    servePages([listed], [listed, {}], [listed]);

    expect(await failureOf(() => listRunners(client, organization))).toMatchObject({
      kind: 'invalid-response',
      explanation: {
        happened:
          'Could not list the runners of organization octo: the response (status 200) contains no list of runners.',
      },
    });
  });
});

describe('a deleted runner', () => {
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

  test.each([
    [true, []],
    [false, [7]],
  ])('is only deleted by a retry if that is still right (%j)', async (isStillRight, left) => {
    github.addRunner('octo', { id: 7, name: identity.name });
    client = clientOf(github, { retries: 1, clock: { ...systemClock, sleep: async () => undefined } });
    github.intercept = (_, response) => {
      github.intercept = undefined;
      github.send(response, { status: 502 });
      return true;
    };

    const deletion = deleteRunner(client, identity, async () => isStillRight).catch(({ kind }) => kind);

    expect(await deletion).toBe(isStillRight ? 'deleted' : 'server-error');
    expect(github.runners('octo').map(({ id }) => id)).toEqual(left);
  });

  test('stays if GitHub refuses for another reason', async () => {
    respond(github, { status: 403, body: { message: 'Forbidden' } });

    const failure = await failureOf(() => deleteRunner(client, identity));

    expect(failure.message).toMatch(/^Could not delete the runner "Big Runner & Co" of organization octo:/);
    expect(failure.kind).toBe('missing-permission');
  });
});

test.each([
  [{ id: 7, name: 'BIG runner & co' }, true],
  [{ id: 8, name: 'Big Runner & Co' }, false],
  [{ id: 7, name: 'Big Runner' }, false],
])('a runner is identified by its ID and its name: %j', (other, expected) => {
  expect(isSameRunner(other, identity)).toBe(expected);
});

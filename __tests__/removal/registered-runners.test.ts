import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { GitHub, RecordedRequest } from '../../sandbox/github.ts';
import type { Runner } from '../../sandbox/registrations.ts';
import type { AdminTokenKind } from '../../src/admin-token.ts';
import type { Cancellation, Context } from '../../src/context.ts';
import { Failure } from '../../src/failure.ts';
import type { ApiClient } from '../../src/github/api-client.ts';
import type { RegisteredRemoval } from '../../src/inputs.ts';
import { removeRunners } from '../../src/removal/removal.ts';
import type { RunnerResult } from '../../src/removal/result.ts';
import { failureOf, organization, recordingLog, respond, startGitHub } from '../support.ts';
import { timelessClientOf, VirtualClock } from '../virtual-clock.ts';
import { contextOf, selectionOf } from './context.ts';

const minute = 60_000;
const path = 'octo/app';

let github: GitHub;
let clock: VirtualClock;
let lines: string[];
let cancel: AbortController;
let deadline: AbortController;
/** When the runner was read and deleted: `GET 7` with the seconds before it. */
let times: string[];
beforeEach(async () => {
  clock = new VirtualClock();
  github = await startGitHub({ now: () => new Date(clock.now()) });
  cancel = new AbortController();
  deadline = new AbortController();
  times = [];
  github.afterRequest = noteTime;
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  jest.restoreAllMocks();
});

function noteTime({ method, path: url }: RecordedRequest): void {
  times.push(`${Math.round(clock.now() / 1_000)} ${method} ${url.replace(/.*\/runners\/?/, '')}`);
}

function register(name: string, properties: Partial<Runner> = {}): number {
  return github.addRunner(path, { name, status: 'offline', ...properties }).id;
}

const registered = () => github.runners(path).map(({ name }) => name);

/** Removes the selected runners. `requests` are all requests but that for the first remove token. */
async function remove(
  selection: Partial<RegisteredRemoval>,
  {
    retries = 0,
    tokenKind = 'classic',
    ...changes
  }: Partial<Context> & { retries?: number; tokenKind?: AdminTokenKind } = {},
): Promise<RunnerResult[]> {
  const recording = recordingLog();
  lines = recording.lines;
  const cancellation: Cancellation = {
    requested: cancel.signal,
    deadline: deadline.signal,
    abandoned: new AbortController().signal,
  };
  const adminToken = { value: 'ghp_admin', kind: tokenKind };
  const options = { adminToken, retries, log: recording.log, signal: deadline.signal };
  const client = timelessClientOf(github, clock, options);
  const context = contextOf(github, { client, clock, log: recording.log, cancellation, ...changes });
  return removeRunners(selectionOf(selection), context);
}

/** For example `box: removed`, with the kind of the failure if there is one. */
async function outcomes(...args: Parameters<typeof remove>): Promise<string[]> {
  const results = await remove(...args);
  return results.map(
    ({ report, failure }) =>
      `${report.name}: ${report.result}${failure === undefined ? '' : ` (${failure.kind})`}`,
  );
}
const info = () => lines.filter((line) => /^(info|warning): (?!Created a remove)/.test(line));

describe('an offline runner', () => {
  test('that is named in full is read again, deleted, and proved to be gone', async () => {
    const id = register('Box');

    expect(await remove({ names: ['box'] })).toEqual([
      {
        report: {
          directory: null,
          name: 'Box',
          id,
          registration: `${github.serverUrl}/${path}`,
          result: 'removed',
        },
      },
    ]);
    expect(times).toEqual([
      '0 POST remove-token',
      '0 GET ?name=box&per_page=100',
      `0 GET ${id}`,
      `0 DELETE ${id}`,
      `0 GET ${id}`,
    ]);
    expect(registered()).toEqual([]);
    expect(info()).toEqual([]);
    expect(lines).toContain(
      `debug: GitHub on the runner with ID ${id}: {"id":${id},"name":"Box","status":"offline","busy":false,"ephemeral":false,"labels":["self-hosted","Linux","X64"]}`,
    );
  });

  test.each([
    ['a pattern', { names: ['*'] }, 5],
    ['a label', { labels: ['linux'] }, 5],
    ['a pattern and a time', { names: ['*'], offlineMinutes: 90 }, 90],
    ['a full name and a time', { names: ['box'], offlineMinutes: 1 }, 1],
  ])('that is selected by %s has to stay offline', async (_, selection, minutes) => {
    const id = register('box');

    expect(await outcomes(selection)).toEqual(['box: removed']);
    expect(times.slice(-3)).toEqual(
      [`GET ${id}`, `DELETE ${id}`, `GET ${id}`].map((request) => `${minutes * 60} ${request}`),
    );
    expect(info().at(-1)).toBe(
      `info: Waiting ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}: only runners that are still offline then are removed ("box").`,
    );
  });

  test.each([
    [{ names: ['*'], offlineMinutes: 0 }],
    [{ names: ['*'], status: 'any' as const }],
    [{ names: ['*'], status: 'any' as const, offlineMinutes: 10 }],
  ])('does not have to stay offline with %j', async (selection) => {
    register('box');

    expect(await outcomes(selection)).toEqual(['box: removed']);
    expect(clock.now()).toBe(0);
    expect(info()).toEqual([expect.stringContaining('Selected 1 of 1 runners')]);
  });

  test.each([
    ['online', { status: 'online' as const }, ['box: failed (runner-online)'], 'online'],
    ['busy', { busy: true }, ['box: failed (runner-busy)'], 'busy'],
  ])('that is %s again before its deletion is left alone', async (_, change, failed, reason) => {
    const id = register('box');
    clock.later(4 * minute, () => github.updateRunner(path, id, change));

    expect(await outcomes({ names: ['*'] })).toEqual([]);
    expect(info().at(-1)).toBe(`info: Left alone: 1 (${reason}).`);
    expect(lines).toContain(`debug: Left alone (${reason}): box`);
    expect(await outcomes({ names: ['box'] })).toEqual(failed);
    expect(registered()).toEqual(['box']);
    expect(times.join()).not.toContain('DELETE');
  });

  test('that GitHub refuses to delete is busy', async () => {
    const id = register('box');
    github.afterRequest = ({ method, path: url }) => {
      if (method === 'GET' && url.endsWith(`/${id}`)) github.setBusy(path, id, true);
    };

    expect(await outcomes({ names: ['*'] })).toEqual([]);
    expect(info().at(-1)).toBe('info: Left alone: 1 (busy).');
    expect(registered()).toEqual(['box']);
    github.setBusy(path, id, false);
    expect(await outcomes({ names: ['box'] })).toEqual(['box: failed (runner-busy)']);
  });

  test('that GitHub refuses to delete is busy, whatever GitHub says otherwise', async () => {
    register('box');
    respond(github, { status: 422, body: { message: 'It is currently running a job.' } }, 'DELETE');

    expect(await outcomes({ names: ['box'] })).toEqual(['box: failed (runner-busy)']);
    expect(await outcomes({ names: ['box'], waitMinutes: 2 })).toEqual(['box: failed (runner-busy)']);
    expect(clock.now()).toBe(2 * minute);
    expect(registered()).toEqual(['box']);
  });

  test('that is gone before its deletion is already removed', async () => {
    const id = register('box', { ephemeral: true });
    clock.later(minute, () => github.removeRunner(path, id));

    expect(await outcomes({ names: ['*'] })).toEqual(['box: already-removed']);
    expect(times.join()).not.toContain('DELETE');
    expect(lines).toContain(`debug: GitHub on the runner with ID ${id}: not found`);
  });

  test('whose id belongs to another runner now is already removed', async () => {
    const id = register('box');
    clock.later(minute, () => github.updateRunner(path, id, { name: 'other' }));

    expect(await outcomes({ names: ['b*'] })).toEqual(['box: already-removed']);
    expect(registered()).toEqual(['other']);
  });

  test.each([
    [1, '0, 1', ['box: removed']],
    [2, '0, 1, 4', ['box: removed']],
    [3, '0, 1, 4', ['box: failed (still-registered)']],
  ])('that GitHub lists %d times after its deletion', async (more, reads, result) => {
    register('box');
    const runner = github.runners(path)[0];
    let left = more;
    github.intercept = ({ method }, response) => {
      if (method !== 'GET' || registered().length > 0 || left === 0) return false;
      left -= 1;
      github.send(response, { status: 200, body: runner });
      return true;
    };

    expect(await outcomes({ names: ['box'] })).toEqual(result);
    const after = times.slice(times.findIndex((time) => time.includes('DELETE')) + 1);
    expect(after.map((time) => Number.parseInt(time, 10)).join(', ')).toBe(reads);
  });

  test('that stays registered is explained', async () => {
    const id = register('box');
    respond(github, { status: 204 }, 'DELETE');

    expect((await remove({ names: ['box'] }))[0]?.failure?.explanation).toEqual({
      happened: `The runner "box" (ID ${id}) is still registered, although GitHub accepted its deletion.`,
      likelyCause: 'A problem or a delay on GitHub.',
      remedy:
        'Re-run the step in a few minutes. If the runner is still listed, delete it in the settings on GitHub.',
    });
  });

  test('is unconfirmed if GitHub cannot be reached after its deletion', async () => {
    register('box');
    github.intercept = ({ method }, response) => {
      if (method !== 'GET' || registered().length > 0) return false;
      github.send(response, { status: 502 });
      return true;
    };

    const [result] = await remove({ names: ['box'] });

    expect(result).toEqual({
      report: expect.objectContaining({
        result: 'unconfirmed',
        detail: expect.stringMatching(
          /^Could not read the runner "box" of repository octo\/app: GitHub responded 502\./,
        ),
      }),
    });
  });
});

describe('a runner that is busy or online', () => {
  test.each([
    ['online', { status: 'online' as const }, 'runner-online'],
    ['busy', { status: 'online' as const, busy: true }, 'runner-busy'],
    ['busy, although GitHub lists it as offline', { busy: true }, 'runner-busy'],
  ])('fails if it is named in full: %s', async (_, properties, kind) => {
    register('box', properties);

    expect(await outcomes({ names: ['box'] })).toEqual([`box: failed (${kind})`]);
    expect(times).toHaveLength(2);
    expect(info()).toEqual([]);
  });

  test('is left alone if it matches a pattern, and counted', async () => {
    register('spot-1', { status: 'online' });
    register('spot-2', { status: 'online', busy: true });
    register('spot-3', { busy: true });
    register('spot-4');
    register('own');

    const environment = { RUNNER_NAME: 'OWN' };
    const { machine } = contextOf(github);

    expect(await outcomes({ names: ['*'] }, { machine: { ...machine, environment } })).toEqual([
      'spot-4: removed',
    ]);
    expect(info()).toEqual([
      'info: Selected 5 of 5 runners (name "*").',
      'info: Waiting 5 minutes: only runners that are still offline then are removed ("spot-4").',
      'info: Left alone: 2 (busy).',
      'info: Left alone: 1 (online).',
      'info: Left alone: 1 (runs this job).',
    ]);
    expect(lines).toContain('debug: Left alone (busy): spot-2, spot-3');
  });

  test('that is idle is removed with runner-status: any', async () => {
    register('spot-1', { status: 'online' });
    register('spot-2', { status: 'online', busy: true });
    register('box', { status: 'online', ephemeral: true });

    expect(await outcomes({ names: ['spot-*', 'box'], status: 'any' })).toEqual([
      'spot-1: removed',
      'box: removed',
    ]);
  });

  test("is never this job's own, whatever GitHub says of it", async () => {
    register('Own');
    const machine = { ...contextOf(github).machine, environment: { RUNNER_NAME: 'own' } };

    const [result] = await remove({ names: ['own'], status: 'any', waitMinutes: 10 }, { machine });

    expect(result?.failure?.kind).toBe('runner-runs-this-job');
    expect(result?.failure?.explanation).toEqual({
      happened:
        'The runner "Own" of repository octo/app was left unchanged: it has the name of the runner that executes this job.',
      cause: 'GitHub does not remove a runner while it runs a job.',
      remedy: 'Use "remove: after-job", or run the step on another runner.',
    });
    expect(result?.report).toMatchObject({ result: 'failed', detail: result?.failure?.message });
    expect(times).toHaveLength(2);
  });

  test.each([
    [0, '', ''],
    [1, 'still ', ' after 1 minute'],
  ])('is explained after a wait of %d minutes', async (waitMinutes, still, waited) => {
    register('one', { status: 'online', busy: true });
    register('two', { status: 'online' });

    const results = await remove({ names: ['one', 'two'], waitMinutes });

    expect(results.map(({ failure }) => failure?.explanation)).toEqual([
      {
        happened: `The runner "one" of repository octo/app is ${still}running a job${waited} and was left unchanged.`,
        cause: 'GitHub lists it as busy, or refused to delete it because it is running a job.',
        remedy: 'Re-run the step after the job, or set "wait-minutes" to the time that the job may take.',
      },
      {
        happened: `The runner "two" of repository octo/app is ${still}online${waited} and was left unchanged.`,
        cause: 'Only offline runners are removed: the input "runner-status" is "offline".',
        remedy:
          'Stop the runner first, or set "wait-minutes" to wait until it is offline. To remove an idle runner that is online, use "runner-status: any".',
      },
    ]);
  });
});

describe('a wait', () => {
  test('ends well when the runner is offline, after the checks are made again', async () => {
    const id = register('box', { status: 'online', busy: true });
    clock.later(65_000, () => github.updateRunner(path, id, { busy: false }));
    clock.later(4 * minute, () => github.updateRunner(path, id, { status: 'offline' }));

    expect(await outcomes({ names: ['box'], waitMinutes: 10 })).toEqual(['box: removed']);
    expect(info()[0]).toBe('info: Waiting for "box" (busy), for up to 10 minutes.');
    expect(info().join()).toContain('Waiting for "box" (online), for up to 8 minutes.');
    expect(times.slice(-4).map((time) => time.replace(/^\d+ /, ''))).toEqual([
      `GET ${id}`,
      `GET ${id}`,
      `DELETE ${id}`,
      `GET ${id}`,
    ]);
    expect(clock.now()).toBeLessThanOrEqual(5 * minute);
  });

  test('fails when the runner is gone but another one has its name', async () => {
    const id = register('box', { status: 'online', busy: true });
    let successor: number | undefined;
    clock.later(5 * minute, () => {
      github.removeRunner(path, id);
      successor = register('box', { status: 'online' });
    });

    const [result] = await remove({ names: ['box'], waitMinutes: 10 });

    expect(result?.report).toMatchObject({ id, result: 'failed' });
    expect(result?.failure?.kind).toBe('removal-failed');
    expect(result?.failure?.explanation).toEqual({
      happened: `The runner "box" (ID ${id}) of repository octo/app is gone, but GitHub lists a new runner with this name (ID ${successor}), which was left unchanged.`,
      cause: 'The new runner was registered while the step ran.',
      remedy:
        'Re-run the step to remove the new runner. If it is to stay, remove its name from "runner-name".',
    });
    expect(registered()).toEqual(['box']);
  });

  test('ends well when the runner is gone, even if GitHub still has it in its list', async () => {
    const id = register('box', { status: 'online', busy: true });
    clock.later(minute, () => {
      github.intercept = ({ method, url }, response) => {
        const isRead = method === 'GET' && url?.endsWith(`/${id}`) === true;
        if (isRead) github.send(response, { status: 404, body: { message: 'Not Found' } });
        return isRead;
      };
    });

    expect(await outcomes({ names: ['box'], waitMinutes: 10 })).toEqual(['box: already-removed']);
  });

  test('ends when the time is up, after a last read of the runner', async () => {
    register('box', { status: 'online' });

    expect(await outcomes({ names: ['box'], waitMinutes: 10 })).toEqual(['box: failed (runner-online)']);
    expect(clock.now()).toBe(10 * minute);
    expect(times.at(-1)).toMatch(/^600 GET/);
    const seconds = times.slice(2).map((time) => Number.parseInt(time, 10));
    const intervals = seconds.map((time, index) => time - (seconds[index - 1] ?? 0));
    expect(Math.min(...intervals.slice(0, -1))).toBeGreaterThanOrEqual(15);
    expect(Math.max(...intervals)).toBeLessThanOrEqual(60);
  });

  test('for a runner that has to stay offline begins when it is seen offline', async () => {
    const id = register('box', { status: 'online' });
    clock.later(30_000, () => github.updateRunner(path, id, { status: 'offline' }));

    expect(await outcomes({ names: ['box'], offlineMinutes: 5, waitMinutes: 2 })).toEqual(['box: removed']);
    const reads = times.filter((time) => time.endsWith(`GET ${id}`)).map((time) => Number.parseInt(time, 10));
    const first = reads.find((time) => time >= 30);
    expect(reads.at(-1)).toBe(Number(first) + 300);
    expect(reads.filter((time) => time > Number(first))).toHaveLength(2);
  });

  test('for a runner that is busy and offline does not begin anew', async () => {
    const id = register('box', { busy: true });
    clock.later(4 * minute, () => github.setBusy(path, id, false));

    expect(await outcomes({ names: ['box'], offlineMinutes: 4, waitMinutes: 10 })).toEqual(['box: removed']);
    expect(clock.now()).toBeLessThanOrEqual(5 * minute);
  });

  test('begins anew if the runner is online again at the last moment', async () => {
    const id = register('box');
    clock.later(minute, () => github.updateRunner(path, id, { status: 'online' }));
    clock.later(7 * minute, () => github.updateRunner(path, id, { status: 'offline' }));

    expect(await outcomes({ names: ['box'], offlineMinutes: 5, waitMinutes: 20 })).toEqual(['box: removed']);
    expect(clock.now()).toBeGreaterThanOrEqual(12 * minute);
    expect(clock.now()).toBeLessThanOrEqual(13 * minute);
  });

  test('follows when GitHub refuses the deletion', async () => {
    const id = register('box');
    let isRefused = true;
    github.afterRequest = ({ method, path: url }) => {
      if (method === 'GET' && url.endsWith(`/${id}`)) github.setBusy(path, id, isRefused);
      if (method === 'DELETE') isRefused = false;
    };

    expect(await outcomes({ names: ['box'], waitMinutes: 10 })).toEqual(['box: removed']);
    expect(info()).toEqual([expect.stringContaining('Waiting for "box" (busy)')]);
  });

  test('does not hold up other runners, and is for busy runners of a pattern only with runner-status: any', async () => {
    const busy = register('spot-1', { status: 'online', busy: true });
    register('spot-2', { status: 'online' });
    register('spot-3', { status: 'online', busy: true });
    clock.later(2 * minute, () => github.setBusy(path, busy, false));

    const selection = { names: ['spot-*'], waitMinutes: 5 };
    expect(await outcomes(selection)).toEqual([]);
    expect(clock.now()).toBe(0);
    expect(await outcomes({ ...selection, status: 'any' })).toEqual(['spot-1: removed', 'spot-2: removed']);
    expect(times.find((time) => time.includes('DELETE'))).toMatch(/^0 /);
    expect(clock.now()).toBe(5 * minute);
    expect(info().at(-1)).toBe('info: Left alone: 1 (busy).');
  });

  test('outlasts transient errors', async () => {
    const id = register('box', { status: 'online', busy: true });
    clock.later(minute, () => {
      respond(github, (response) => response.destroy());
    });
    clock.later(3 * minute, () => {
      github.intercept = undefined;
      github.removeRunner(path, id);
    });

    expect(await outcomes({ names: ['box'], waitMinutes: 10 })).toEqual(['box: already-removed']);
    expect(info().join()).toMatch(/Could not read the runner "box" of .*? The step continues to wait\./);
  });

  test('ends with another failure', async () => {
    register('box', { status: 'online', busy: true });
    clock.later(minute, () => {
      respond(github, { status: 418, body: { message: 'No.' } });
    });

    expect(await outcomes({ names: ['box'], waitMinutes: 10 })).toEqual(['box: failed (invalid-response)']);
    expect(clock.now()).toBeLessThanOrEqual(2 * minute);
  });

  test('of hours needs a new remove token now and then', async () => {
    const id = register('box', { status: 'online', busy: true });
    clock.later(119 * minute, () => github.removeRunner(path, id));

    expect(await outcomes({ names: ['box'], waitMinutes: 120 })).toEqual(['box: already-removed']);
    const tokens = times.filter((time) => time.includes('remove-token'));
    expect(tokens.map((time) => Math.floor(Number.parseInt(time, 10) / 60))).toEqual([0, 45, 90]);
  });

  const expired = { likelyCause: expect.stringMatching(/accepted the token at the start .* GitHub App/) };
  test.each([
    ['the admin token has expired', /^GET .*\/\d+$/, 401, minute, 'bad-credentials', expired],
    ['no new remove token is created for it', /^POST/, 401, 45 * minute, 'bad-credentials', expired],
    ['the registration is not found any more', /^POST/, 404, 45 * minute, 'not-found', {}],
  ])('ends for all runners if %s', async (_, request, status, after, kind, explanation) => {
    register('box', { status: 'online', busy: true });
    register('spot');
    clock.later(minute, () => {
      github.intercept = ({ method, url }, response) => {
        if (!request.test(`${method} ${url}`)) return false;
        github.send(response, { status, body: { message: 'Bad credentials' } });
        return true;
      };
    });

    const results = await remove({ names: ['box', 'spot'], offlineMinutes: 90, waitMinutes: 120 });

    expect(clock.now()).toBeGreaterThanOrEqual(after);
    expect(clock.now()).toBeLessThanOrEqual(after + minute);
    expect(results.flatMap(({ failure }) => failure ?? [])).toMatchObject([{ kind, explanation }]);
    expect(results.map(({ report }) => report)).toMatchObject([
      { result: 'failed', detail: results[0]?.failure?.message },
      { result: 'not-attempted', detail: 'The step stopped after the failure of another runner.' },
    ]);
  });
});

describe('a failure', () => {
  const refuse = (verb: string, status: number, message: string, headers = {}) =>
    respond(github, { status, body: { message }, headers }, verb);

  test('of one runner does not stop the others', async () => {
    const names = ['one', 'two', 'three', 'four', 'five', 'six'];
    const [id] = names.map((name) => register(name));
    github.intercept = ({ method, url }, response) => {
      if (method !== 'DELETE' || !url?.endsWith(`/${id}`)) return false;
      github.send(response, { status: 500 });
      return true;
    };

    expect(await outcomes({ names })).toEqual([
      'one: failed (server-error)',
      ...names.slice(1).map((name) => `${name}: removed`),
    ]);
  });

  const sso = 'https://github.com/orgs/octo/sso?authorization_request=1';
  test.each<[string, number, string, Record<string, string>]>([
    ['bad-credentials', 401, 'Bad credentials', {}],
    ['missing-permission', 403, 'Resource not accessible by personal access token', {}],
    ['rate-limited', 403, 'API rate limit exceeded for user ID 1.', {}],
    ['github-token-not-allowed', 403, 'Resource not accessible by integration', {}],
    [
      'sso-required',
      403,
      'Resource protected by organization SAML enforcement.',
      { 'x-github-sso': `required; url=${sso}` },
    ],
    ['ip-not-allowed', 403, 'octo has an IP allow list enabled.', {}],
    // Each runner would wait for it.
    ['network', 0, '', {}],
  ])(
    'that all runners share stops the step and is reported once: %s',
    async (kind, status, message, headers) => {
      const names = Array.from({ length: 10 }, (_, index) => `spot-${index}`);
      names.forEach((name) => void register(name));
      if (status === 0) respond(github, (response) => response.destroy(), 'DELETE');
      else refuse('DELETE', status, message, headers);
      const tokenKind = kind === 'github-token-not-allowed' ? 'app' : 'classic';

      const results = await remove({ names }, { tokenKind });

      expect(results.flatMap(({ failure }) => failure?.kind ?? [])).toEqual([kind]);
      const failed = results.filter(({ report }) => report.result === 'failed');
      expect(failed.length).toBeLessThanOrEqual(4);
      expect(failed.every(({ report }) => report.detail !== undefined)).toBe(true);
      expect(results.filter(({ report }) => report.result === 'not-attempted')).toHaveLength(
        10 - failed.length,
      );
      expect(times.filter((time) => time.includes('DELETE'))).toHaveLength(failed.length);
      expect(registered()).toEqual(names);
    },
  );

  test.each(['tls', 'proxy'] as const)('of the connection stops the step too: %s', async (kind) => {
    const names = Array.from({ length: 10 }, (_, index) => `spot-${index}`);
    names.forEach((name) => void register(name));
    const { client } = contextOf(github);
    const failure = new Failure(kind, { happened: 'It broke.', cause: 'It is old.', remedy: 'Replace it.' });
    const request: ApiClient['request'] = (sent) =>
      sent.method === 'DELETE' ? Promise.reject(failure) : client.request(sent);

    const results = await remove({ names }, { client: { ...client, request } });

    expect(results.flatMap((result) => result.failure?.kind ?? [])).toEqual([kind]);
    expect(registered()).toEqual(names);
  });

  test.each([
    ['the remove token is refused', 'POST', 403, 'missing-permission'],
    ['the runners cannot be listed', 'GET', 500, 'server-error'],
  ])('before anything is changed ends the step: %s', async (_, verb, status, kind) => {
    register('box');
    refuse(verb, status, 'Resource not accessible by personal access token');

    expect(await failureOf(() => remove({ names: ['*'] }))).toMatchObject({ kind });
    expect(registered()).toEqual(['box']);
  });

  test('of a deletion is not retried once the runner is online again', async () => {
    const id = register('box');
    refuse('DELETE', 502, '');
    github.afterRequest = (request) => {
      noteTime(request);
      if (request.method === 'DELETE') {
        github.intercept = undefined;
        github.updateRunner(path, id, { status: 'online' });
      }
    };

    expect(await outcomes({ names: ['box'] }, { retries: 3 })).toEqual(['box: failed (server-error)']);
    expect(times.slice(-2).map((time) => time.replace(/^\d+ /, ''))).toEqual([`DELETE ${id}`, `GET ${id}`]);
  });

  test.each([
    ['still offline', () => undefined],
    ['gone, because the response was lost', (id: number) => github.removeRunner(path, id)],
  ])('of a deletion is repeated while the runner is %s', async (_, change) => {
    const id = register('box');
    refuse('DELETE', 502, '');
    github.afterRequest = ({ method }) => {
      if (method === 'DELETE' && github.intercept !== undefined) {
        github.intercept = undefined;
        change(id);
      }
    };

    expect(await outcomes({ names: ['box'] }, { retries: 3 })).toEqual(['box: removed']);
  });
});

describe('a cancelled step', () => {
  test('ends all waits at once and says so in one message', async () => {
    register('box', { status: 'online', busy: true });
    register('spot-1');
    register('spot-2');
    register('live', { status: 'online' });
    clock.later(90_000, () => cancel.abort());

    const results = await remove({ names: ['box', 'gone', 'spot-*', 'l*'], waitMinutes: 60 });

    expect(clock.now()).toBe(90_000);
    expect(results.map(({ report }) => [report.name, report.result, report.detail])).toEqual([
      ['box', 'not-attempted', undefined],
      ['gone', 'already-removed', 'GitHub lists no runner with this name in repository octo/app.'],
      ['spot-1', 'not-attempted', undefined],
      ['spot-2', 'not-attempted', undefined],
    ]);
    expect(results.flatMap(({ failure }) => failure ?? [])).toMatchObject([
      {
        kind: 'removal-failed',
        explanation: {
          happened: '3 runners were not removed: the step was cancelled before their turn.',
        },
      },
    ]);
    expect(registered()).toHaveLength(4);
  });

  test('names the runner if it is only one', async () => {
    register('box', { status: 'online' });
    clock.later(1_000, () => cancel.abort());

    const [result] = await remove({ names: ['box'], waitMinutes: 60 });

    expect(result?.failure?.explanation.happened).toBe(
      'The runner "box" was not removed: the step was cancelled before its turn.',
    );
  });

  test('has no failure if nothing is left to do', async () => {
    cancel.abort();

    expect(await outcomes({ names: ['gone'] })).toEqual(['gone: already-removed']);
  });

  test('starts nothing if it was cancelled while runners were selected', async () => {
    register('box');
    github.afterRequest = () => cancel.abort();

    expect(await outcomes({ names: ['box'] })).toEqual(['box: not-attempted (removal-failed)']);
    expect(github.requests).toHaveLength(2);
  });

  test('finishes what is in flight and starts nothing new', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `box-${index}`);
    names.forEach((name) => void register(name));
    github.afterRequest = ({ method }) => {
      if (method === 'DELETE') cancel.abort();
    };

    const results = await remove({ names });

    expect(results.map(({ report }) => report.result)).toEqual([
      ...['removed', 'removed', 'removed', 'removed'],
      ...['not-attempted', 'not-attempted', 'not-attempted', 'not-attempted'],
    ]);
    expect(registered()).toEqual(names.slice(4));
  });

  test('does not wait for the proof of a deletion for long', async () => {
    register('box');
    const runner = github.runners(path)[0];
    github.intercept = ({ method }, response) => {
      if (method !== 'GET' || registered().length > 0) return false;
      deadline.abort(new Error('The step was cancelled.'));
      github.send(response, { status: 200, body: runner });
      return true;
    };

    expect(await outcomes({ names: ['box'] })).toEqual(['box: unconfirmed']);
  });
});

describe('a dry run', () => {
  test('says what would happen, and neither waits nor changes anything', async () => {
    register('named');
    register('spot-1');
    register('spot-2', { status: 'online' });
    register('online', { status: 'online' });
    register('busy', { status: 'online', busy: true });

    const selection = { names: ['named', 'spot-*', 'online', 'busy', 'gone'], dryRun: true };
    const results = await remove({ ...selection, waitMinutes: 10 });

    expect(results.map(({ report }) => [report.name, report.result, report.detail])).toEqual([
      ['named', 'would-remove', undefined],
      ['spot-1', 'would-remove', 'If it is still offline after 5 minutes.'],
      ['online', 'would-remove', 'It is online now. The step would wait up to 10 minutes for it.'],
      ['busy', 'would-remove', 'It is busy now. The step would wait up to 10 minutes for it.'],
      ['gone', 'already-removed', 'GitHub lists no runner with this name in repository octo/app.'],
    ]);
    expect(info()).toEqual([
      'info: Selected 2 of 5 runners (name "spot-*").',
      'info: Left alone: 1 (online).',
    ]);
    expect(clock.now()).toBe(0);
    expect(await outcomes(selection)).toEqual([
      'named: would-remove',
      'spot-1: would-remove',
      'online: failed (runner-online)',
      'busy: failed (runner-busy)',
      'gone: already-removed',
    ]);
    expect(times.join()).not.toMatch(/DELETE|GET \d/);
  });
});

describe('many runners', () => {
  test('are at most four at a time', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `box-${index}`);
    names.forEach((name) => void register(name));
    let inFlight = 0;
    let most = 0;
    const four = Promise.withResolvers<void>();
    github.intercept = async ({ method }) => {
      if (method === 'DELETE') {
        inFlight += 1;
        most = Math.max(most, inFlight);
        if (most === 4) four.resolve();
        await four.promise;
        await new Promise((resolve) => setTimeout(resolve, 5));
        inFlight -= 1;
      }
      return false;
    };

    expect(await outcomes({ names })).toEqual(names.map((name) => `${name}: removed`));
    expect(most).toBe(4);
  });

  test('have a line in the log a minute', async () => {
    for (let index = 0; index < 150; index += 1) register(`box-${index}`);

    expect(await remove({ names: ['*'], offlineMinutes: 0 })).toHaveLength(150);
    expect(clock.now()).toBe(130_000);
    expect(info()).toEqual([
      'info: Selected 150 of 150 runners (name "*").',
      'info: Done: 80 of 150 runners.',
      'info: Done: 140 of 150 runners.',
    ]);
  });
});

test('the registration is that of the inputs, or the current repository', async () => {
  github.addRunner('octo', { name: 'box', status: 'offline' });
  register('box');
  const { inputs } = contextOf(github);

  const [result] = await remove({ names: ['box'] }, { inputs: { ...inputs, registration: organization } });

  expect(result?.report).toMatchObject({ registration: `${github.serverUrl}/octo`, result: 'removed' });
  expect(registered()).toEqual(['box']);
});

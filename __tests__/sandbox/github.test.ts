import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';

const admin = 'token ghp_admin';
const removeTokenOf = (path: string): [string, string] => ['POST', `${path}/actions/runners/remove-token`];

let github: GitHub;
let now: Date;

beforeEach(async () => {
  now = new Date('2026-11-21T02:21:00Z');
  github = await GitHub.start({ now: () => now });
  github.addRepository('octo/app', { id: 1296269 });
  github.addRepository('octo/open', { visibility: 'public' });
  github.addOrganization('octo');
  github.addEnterprise('acme');
  github.addAdminToken('ghp_admin', { registrations: ['octo/app', 'octo', 'enterprises/acme'] });
});
afterEach(() => github.close());

function call(
  [method, path]: [method: string, path: string],
  authorization: string | undefined,
  redirect: 'manual' | 'follow' = 'manual',
): Promise<Response> {
  const headers = authorization === undefined ? {} : { authorization };
  return fetch(`${github.apiUrl}${path}`, { method, headers, redirect });
}

/** The authorization that `config.sh remove` shows for a registration. */
async function runnerSide(path: string): Promise<string> {
  const { token } = (await (await call(removeTokenOf(path), admin)).json()) as { token: string };
  return `RemoteAuth ${token}`;
}

describe('remove tokens', () => {
  test('are shaped like those of GitHub, and never the same twice', async () => {
    const response = await call(removeTokenOf('/repos/octo/app'), admin);
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      token: expect.stringMatching(/^A[A-Z2-7]{28}$/),
      expires_at: '2026-11-20T19:21:00.000-08:00',
    });
    await runnerSide('/repos/octo/app');
    const [first, second] = github.issuedTokens;
    expect(first).toMatchObject({ registration: 'octo/app', expiresAt: new Date('2026-11-21T03:21:00Z') });
    expect(first?.token).not.toBe(second?.token);
  });

  test.each([
    ['octo/app', '/repos/octo/app'],
    ['octo', '/orgs/octo'],
    ['enterprises/acme', '/enterprises/acme'],
  ])('remove any number of runners of their registration: %s', async (registration, path) => {
    const authorization = await runnerSide(
      path.toUpperCase().replace(/^\/[A-Z]+/, (root) => root.toLowerCase()),
    );
    for (const name of ['one', 'two']) {
      const { id } = github.addRunner(registration, { name });
      expect((await call(['DELETE', `${path}/actions/runners/${id}`], authorization)).status).toBe(204);
    }
    expect(github.runners(registration)).toEqual([]);
  });

  test('are worth nothing for another registration', async () => {
    const { id } = github.addRunner('octo', { name: 'shared' });
    const authorization = await runnerSide('/repos/octo/app');
    expect((await call(['DELETE', `/orgs/octo/actions/runners/${id}`], authorization)).status).toBe(404);
    expect(github.runners('octo')).toHaveLength(1);
  });

  test('are worth nothing to administer with', async () => {
    const authorization = await runnerSide('/repos/octo/app');
    expect((await call(removeTokenOf('/repos/octo/app'), authorization)).status).toBe(404);
    const asAdmin = authorization.replace('RemoteAuth', 'token');
    expect((await call(removeTokenOf('/repos/octo/app'), asAdmin)).status).toBe(401);
  });

  test('expire after an hour', async () => {
    const { id } = github.addRunner('octo/app', { name: 'late', busy: true });
    const authorization = await runnerSide('/repos/octo/app');
    const remove: [string, string] = ['DELETE', `/repos/octo/app/actions/runners/${id}`];
    now = new Date('2026-11-21T03:20:59Z');
    expect((await call(remove, authorization)).status).toBe(422);
    now = new Date('2026-11-21T03:21:00Z');
    expect((await call(remove, authorization)).status).toBe(401);
  });
});

describe('a runner', () => {
  test.each(['admin', 'runner'])('is not removed while it is busy (%s)', async (side) => {
    const { id } = github.addRunner('octo/app', { name: 'worker', busy: true });
    const authorization = side === 'admin' ? admin : await runnerSide('/repos/octo/app');
    const remove: [string, string] = ['DELETE', `/repos/octo/app/actions/runners/${id}`];

    const refused = await call(remove, authorization);
    expect(refused.status).toBe(422);
    expect(await refused.json()).toEqual({
      message: 'Runner "worker" is currently running a job and cannot be deleted.',
      documentation_url:
        'https://docs.github.com/rest/actions/self-hosted-runners#delete-a-self-hosted-runner-from-a-repository',
      status: '422',
    });

    github.setBusy('octo/app', id, false);
    expect((await call(remove, authorization)).status).toBe(204);
    expect((await call(remove, authorization)).status).toBe(404);
    expect((await call(['GET', `/repos/octo/app/actions/runners/${id}`], admin)).status).toBe(404);
  });

  test('is found by its name in any case, page by page', async () => {
    for (const name of ['one', 'two', 'three']) github.addRunner('octo/app', { name });
    const list = async (query: string): Promise<unknown> =>
      (await call(['GET', `/repos/octo/app/actions/runners?${query}`], admin)).json();
    expect(await list('name=TWO')).toMatchObject({ total_count: 1, runners: [{ name: 'two' }] });
    expect(await list('name=tw')).toEqual({ total_count: 0, runners: [] });
    expect(await list('per_page=2&page=2')).toMatchObject({ total_count: 3, runners: [{ name: 'three' }] });
  });

  test('can be hidden from config.sh, while an administrator sees it', async () => {
    const { id } = github.addRunner('octo/app', { name: 'moved' });
    github.hideFromRunnerSide('octo/app', id);
    const authorization = await runnerSide('/repos/octo/app');
    const list: [string, string] = ['GET', '/repos/octo/app/actions/runners?name=moved'];
    expect(await (await call(list, authorization)).json()).toEqual({ total_count: 0, runners: [] });
    expect(await (await call(list, admin)).json()).toMatchObject({ total_count: 1 });
    const remove: [string, string] = ['DELETE', `/repos/octo/app/actions/runners/${id}`];
    expect((await call(remove, authorization)).status).toBe(404);
    expect((await call(remove, admin)).status).toBe(204);
  });

  test('is not changed through the copies that the stand-in gives out', () => {
    github.addRunner('octo/app', { name: 'one' }).busy = true;
    for (const runner of github.runners('octo/app')) runner.busy = true;
    expect(github.runners('octo/app')).toMatchObject([{ busy: false }]);
  });
});

describe('a renamed repository', () => {
  beforeEach(() => github.renameRepository('octo/app', 'octo/new'));

  test('redirects from its old name', async () => {
    const read = await call(['GET', '/repos/octo/app'], admin);
    expect([read.status, read.headers.get('location')]).toEqual([
      301,
      `${github.apiUrl}/repositories/1296269`,
    ]);
    const create = await call(removeTokenOf('/repos/octo/app'), admin);
    const location = `${github.apiUrl}/repositories/1296269/actions/runners/remove-token`;
    expect([create.status, create.headers.get('location')]).toEqual([307, location]);
    const list = await call(['GET', '/repos/octo/app/actions/runners?name=one'], admin);
    expect(list.headers.get('location')).toMatch(/\/1296269\/actions\/runners\?name=one$/);
  });

  test('answers where the redirect leads, and by its new name', async () => {
    const { id } = github.addRunner('octo/new', { name: 'one' });
    const followed = await call(removeTokenOf('/repos/octo/app'), admin, 'follow');
    expect(followed.status).toBe(201);
    expect(github.issuedTokens).toMatchObject([{ registration: 'octo/new' }]);
    const repository = await call(['GET', '/repos/octo/new'], admin);
    expect(await repository.json()).toMatchObject({ id: 1296269, full_name: 'octo/new' });

    const authorization = `RemoteAuth ${github.issuedTokens[0]?.token}`;
    const remove = await call(['DELETE', `/repos/octo/app/actions/runners/${id}`], authorization, 'follow');
    expect(remove.status).toBe(204);
  });
});

describe('an administrator', () => {
  test.each([undefined, 'token unknown', 'Basic ghp_admin'])('is not known by %p', async (authorization) => {
    const response = await call(removeTokenOf('/repos/octo/app'), authorization);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ message: 'Bad credentials', status: '401' });
  });

  const noInstallation = 'Resource not accessible by integration';
  const noPermission = 'Resource not accessible by personal access token';
  const noAdmin = 'Must have admin rights to Repository.';
  test.each([
    ['ghs_job', '/repos/octo/app', 403, noInstallation],
    ['github_pat_job', '/repos/octo/app', 403, noPermission],
    ['github_pat_job', '/orgs/octo', 403, noPermission],
    ['ghp_job', '/repos/octo/app', 404, 'Not Found'],
    ['ghp_job', '/repos/octo/open', 403, noAdmin],
    ['ghp_job', '/orgs/octo', 403, noAdmin],
    ['ghp_job', '/orgs/unknown', 404, 'Not Found'],
  ])('without rights is refused as that kind of token is: %s at %s', async (token, path, status, message) => {
    github.addAdminToken(token, { registrations: [], scopes: 'read:org' });
    const response = await call(removeTokenOf(path), `Bearer ${token}`);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ message, status: String(status) });
  });

  test('is told what the token lacks', async () => {
    github.addAdminToken('github_pat_none', { registrations: [] });
    github.addAdminToken('ghp_none', { registrations: [], scopes: 'read:org' });
    const headersFor = async (token: string, path: string): Promise<Headers> =>
      (await call(removeTokenOf(path), `token ${token}`)).headers;
    const accepted = 'x-accepted-github-permissions';
    expect((await headersFor('github_pat_none', '/repos/octo/app')).get(accepted)).toBe(
      'administration=write',
    );
    expect((await headersFor('github_pat_none', '/orgs/octo')).get(accepted)).toBe(
      'organization_self_hosted_runners=write',
    );
    const classic = await headersFor('ghp_none', '/orgs/octo');
    expect(classic.get('x-oauth-scopes')).toBe('read:org');
    expect(classic.get('x-accepted-oauth-scopes')).toBe('admin:org');
    const sufficient = await headersFor('ghp_admin', '/repos/octo/app');
    expect(sufficient.get('x-oauth-scopes')).toBe('repo, admin:org, manage_runners:enterprise');
  });

  test('of an organization can read its repositories; others only public ones', async () => {
    github.addAdminToken('ghp_organization', { registrations: ['octo'] });
    github.addAdminToken('ghp_none', { registrations: [] });
    const read = async (token: string, path: string): Promise<number> =>
      (await call(['GET', path], `token ${token}`)).status;
    expect(await read('ghp_organization', '/repos/octo/app')).toBe(200);
    expect(await read('ghp_none', '/repos/octo/app')).toBe(404);
    expect(await read('ghp_none', '/repos/octo/open')).toBe(200);
  });
});

describe('requests', () => {
  test('are answered with the headers that GitHub sends, under the origin as well', async () => {
    const response = await fetch(`${github.serverUrl}/orgs/octo/actions/runners`, {
      headers: { authorization: admin },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('date')).toBe(now.toUTCString());
    expect(response.headers.get('x-github-request-id')).toMatch(
      /^[\dA-F]{4}:[\dA-F]{4}(:[\dA-F]{7}){2}:[\dA-F]{8}$/,
    );
    expect(response.headers.get('x-ratelimit-remaining')).toBe('4999');
  });

  test('are recorded, the runner side apart', async () => {
    const authorization = await runnerSide('/repos/octo/app');
    await call(['GET', '/repos/octo/app/actions/runners?name=one'], authorization);
    expect(github.requests).toMatchObject([
      { method: 'POST', path: '/api/v3/repos/octo/app/actions/runners/remove-token', body: '', status: 201 },
      { method: 'GET', path: '/api/v3/repos/octo/app/actions/runners?name=one', status: 200 },
    ]);
    expect(github.actionRequests).toEqual([github.requests[0]]);
  });

  test('can be made to fail', async () => {
    github.intercept = (request, response) => {
      if (request.method === 'GET') response.destroy();
      else github.send(response, { status: 503 });
      return true;
    };
    await expect(call(['GET', '/orgs/octo/actions/runners'], admin)).rejects.toThrow('fetch failed');
    expect((await call(removeTokenOf('/orgs/octo'), admin)).status).toBe(503);
    expect(github.requests.map(({ status }) => status)).toEqual([0, 503]);

    github.intercept = () => false;
    expect((await call(removeTokenOf('/orgs/octo'), admin)).status).toBe(201);
  });

  test('can be followed by a change of the world', async () => {
    const { id } = github.addRunner('octo', { name: 'one' });
    github.afterRequest = ({ method }) => method === 'GET' && github.setBusy('octo', id, true);
    const path = `/orgs/octo/actions/runners/${id}`;
    expect(await (await call(['GET', path], admin)).json()).toMatchObject({ busy: false });
    expect((await call(['DELETE', path], admin)).status).toBe(422);
  });

  test('that are never answered do not keep it from closing', async () => {
    github.intercept = () => true;
    const request = call(['GET', '/orgs/octo/actions/runners'], admin);
    github.afterRequest = () => void github.close();
    await expect(request).rejects.toThrow('fetch failed');
  });
});

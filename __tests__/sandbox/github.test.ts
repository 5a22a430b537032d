import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';

const admin = 'token ghp_admin';
const runners = '/repos/octo/app/actions/runners';

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

/** Returns status, body and headers. */
async function call(method: string, path: string, authorization = admin, body?: unknown) {
  const response = await fetch(path.startsWith('http') ? path : github.apiUrl + path, {
    method,
    headers: authorization === '' ? {} : { authorization },
    redirect: 'manual',
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? undefined : JSON.parse(text),
    headers: response.headers,
  };
}

/** Creates a remove token. Returns the authorization that `config.sh` sends. */
async function remoteAuth(path: string): Promise<string> {
  const { body } = await call('POST', `${path}/actions/runners/remove-token`);
  return `RemoteAuth ${body.token}`;
}

describe('a remove token', () => {
  test('looks like one of GitHub and is valid for an hour', async () => {
    const { status, body } = await call('POST', `${runners}/remove-token`);
    expect(status).toBe(201);
    expect(body).toEqual({
      token: expect.stringMatching(/^A[A-Z2-7]{28}$/),
      expires_at: '2026-11-20T19:21:00.000-08:00',
    });
    expect(github.issuedTokens).toMatchObject([
      { registration: 'octo/app', expiresAt: new Date('2026-11-21T03:21:00Z') },
    ]);
  });

  test.each([
    [
      'expired',
      async () => {
        const authorization = await remoteAuth('/repos/octo/app');
        now = new Date('2026-11-21T03:21:00Z');
        return authorization;
      },
    ],
    ['of another registration', () => remoteAuth('/orgs/octo')],
    ['unknown', async () => 'RemoteAuth AAAA'],
  ])('that is %s gets a 404 in both removal flows, even if the runner is busy', async (_, authorize) => {
    const { id } = github.addRunner('octo/app', { name: 'box', busy: true });
    const authorization = await authorize();
    const connect = { url: `${github.serverUrl}/octo/app`, runner_event: 'remove' };

    expect(await call('DELETE', `${runners}/${id}`, authorization)).toMatchObject({ status: 404 });
    expect(await call('POST', '/actions/runner-registration', authorization, connect)).toMatchObject({
      status: 404,
      body: { message: 'Not Found' },
    });
    github.refusedTokenStatus = 401;
    expect(await call('DELETE', `${runners}/${id}`, authorization)).toMatchObject({ status: 401 });
  });

  test('allows nothing but the deletion of runners', async () => {
    const { id } = github.addRunner('octo/app', { name: 'box' });
    const authorization = await remoteAuth('/repos/octo/app');
    expect((await call('GET', `${runners}/${id}`, authorization)).status).toBe(404);
    expect((await call('GET', `${runners}/${id}`, authorization.replace('RemoteAuth', 'token'))).status).toBe(
      401,
    );
    expect((await call('DELETE', `${runners}/${id}`, authorization)).status).toBe(204);
    expect((await call('DELETE', `${runners}/${id}`, authorization)).status).toBe(404);
  });
});

test('a busy runner cannot be deleted', async () => {
  const { id } = github.addRunner('octo/app', { name: 'box', busy: true });
  expect(await call('DELETE', `${runners}/${id}`)).toMatchObject({
    status: 422,
    body: {
      message: 'Bad request - Runner box is currently running a job and cannot be deleted.',
      documentation_url:
        'https://docs.github.com/rest/actions/self-hosted-runners#delete-a-self-hosted-runner-from-a-repository',
      status: '422',
    },
  });
});

test('runners are listed in pages with links, and by name in any case', async () => {
  for (const name of ['one', 'two', 'three']) github.addRunner('octo/app', { name });
  const { body, headers } = await call('GET', `${runners}?per_page=1&page=2`);
  expect(body).toMatchObject({ total_count: 3, runners: [{ name: 'two' }] });
  expect(headers.get('link')?.match(/page=\d>; rel="\w+"/g)).toEqual([
    'page=1>; rel="prev"',
    'page=1>; rel="first"',
    'page=3>; rel="next"',
    'page=3>; rel="last"',
  ]);
  expect((await call('GET', `${runners}?name=TWO`)).body).toMatchObject({
    total_count: 1,
    runners: [{ name: 'two' }],
  });
  github.ignoresNameFilter = true;
  expect((await call('GET', `${runners}?name=two`)).body).toMatchObject({ total_count: 3 });
});

test('what the API says of a runner can be changed', async () => {
  const { id } = github.addRunner('octo/app', { name: 'box' });
  github.updateRunner('octo/app', id, { status: 'offline', labels: [{ name: 'gpu' }] });
  expect((await call('GET', `${runners}/${id}`)).body).toMatchObject({
    status: 'offline',
    labels: [{ name: 'gpu' }],
  });
});

describe('a renamed repository', () => {
  beforeEach(() => github.renameRepository('octo/app', 'octo/new'));

  test('redirects from its old name', async () => {
    const { id } = github.addRunner('octo/new', { name: 'box' });
    const target = `${github.apiUrl}/repositories/1296269`;
    const read = await call('GET', '/repos/octo/app');
    expect([read.status, read.headers.get('location')]).toEqual([301, target]);
    const create = await call('POST', `${runners}/remove-token`);
    expect([create.status, create.headers.get('location')]).toEqual([
      307,
      `${target}/actions/runners/remove-token`,
    ]);
    expect((await call('POST', `${target}/actions/runners/remove-token`)).status).toBe(201);
    expect((await call('GET', '/repos/octo/new')).body).toMatchObject({ id: 1296269, full_name: 'octo/new' });
    // Without the token, which HTTP clients drop, a private repository does not exist.
    expect((await call('DELETE', `${target}/actions/runners/${id}`, '')).status).toBe(404);
  });
});

describe('an admin token', () => {
  test.each(['token unknown', 'Basic ghp_admin'])('is not accepted as %p', async (authorization) => {
    expect(await call('POST', `${runners}/remove-token`, authorization)).toMatchObject({
      status: 401,
      body: { message: 'Bad credentials', status: '401' },
    });
  });

  const integration = 'Resource not accessible by integration';
  const personal = 'Resource not accessible by personal access token';
  const notAdmin = 'Must have admin rights to Repository.';
  const everything = ['octo/app', 'octo/open', 'octo', 'enterprises/acme'];
  test.each([
    ['ghs_one', [], '/repos/octo/app', 403, integration, 'administration=write'],
    ['github_pat_one', [], '/repos/octo/app', 403, personal, 'administration=write'],
    ['github_pat_one', [], '/orgs/octo', 403, personal, 'organization_self_hosted_runners=write'],
    // No permission covers the runners of an enterprise.
    ['ghs_one', everything, '/enterprises/acme', 403, integration, null],
    ['github_pat_one', everything, '/enterprises/acme', 403, personal, null],
    ['ghp_one', [], '/repos/octo/app', 404, 'Not Found', null],
    ['ghp_one', [], '/repos/octo/open', 403, notAdmin, null],
    ['ghp_one', [], '/orgs/octo', 403, notAdmin, null],
    ['ghp_one', [], '/orgs/unknown', 404, 'Not Found', null],
  ])(
    'without the permission is refused by its kind: %s with %j for %s',
    async (token, registrations, path, status, message, permission) => {
      github.addAdminToken(token, { registrations });
      const response = await call('POST', `${path}/actions/runners/remove-token`, `Bearer ${token}`);
      expect(response).toMatchObject({ status, body: { message } });
      expect(response.headers.get('x-accepted-github-permissions')).toBe(permission);
    },
  );

  test('of the classic kind needs the scope', async () => {
    github.addAdminToken('ghp_none', { registrations: ['enterprises/acme'], scopes: 'repo, admin:org' });
    const path = '/enterprises/acme/actions/runners/remove-token';
    const { status, headers } = await call('POST', path, 'token ghp_none');
    expect([status, headers.get('x-oauth-scopes'), headers.get('x-accepted-oauth-scopes')]).toEqual([
      404,
      'repo, admin:org',
      'manage_runners:enterprise',
    ]);
    expect((await call('POST', path)).status).toBe(201);
  });

  test('of an organization can read its repositories; others can read only public ones', async () => {
    github.addAdminToken('ghp_organization', { registrations: ['octo'] });
    github.addAdminToken('ghp_none', { registrations: [] });
    expect((await call('GET', '/repos/octo/app', 'token ghp_organization')).status).toBe(200);
    expect((await call('GET', '/repos/octo/app', 'token ghp_none')).status).toBe(404);
    expect((await call('GET', '/repos/octo/open', 'token ghp_none')).status).toBe(200);
  });
});

describe('requests', () => {
  test('get the headers of GitHub, and can use the origin as API root', async () => {
    const { status, headers } = await call('GET', `${github.serverUrl}/orgs/octo/actions/runners`);
    expect([status, headers.get('date'), headers.get('x-ratelimit-remaining')]).toEqual([
      200,
      now.toUTCString(),
      '4999',
    ]);
    expect(headers.get('x-github-request-id')).toMatch(/^[\dA-F]{4}:[\dA-F]{4}(:[\dA-F]{7}){2}:[\dA-F]{8}$/);
  });

  test('of the action do not include those of config.sh', async () => {
    const authorization = await remoteAuth('/repos/octo/app');
    await call('DELETE', `${runners}/1`, authorization);
    const connect = { url: `${github.serverUrl}/octo/app` };
    const { body } = await call('POST', '/actions/runner-registration', authorization, connect);
    await call('DELETE', `${body.url}_apis/distributedtask/pools/0/agents/1`, `Bearer ${body.token}`);
    expect(github.requests.map(({ status }) => status)).toEqual([201, 404, 200, 404]);
    expect(github.actionRequests).toEqual([github.requests[0]]);
  });

  test('can be intercepted, and followed by a change', async () => {
    const { id } = github.addRunner('octo', { name: 'box' });
    github.afterRequest = ({ method }) => method === 'GET' && github.setBusy('octo', id, true);
    github.intercept = (request, response) => {
      const isList = request.url?.endsWith('/runners') ?? false;
      if (isList) response.destroy();
      return isList;
    };
    await expect(call('GET', '/orgs/octo/actions/runners')).rejects.toThrow('fetch failed');
    expect(github.requests).toMatchObject([{ status: 0 }]);
    expect((await call('DELETE', `/orgs/octo/actions/runners/${id}`)).status).toBe(422);
  });

  test('without a response do not keep the stand-in from closing', async () => {
    github.intercept = () => true;
    const request = call('GET', '/orgs/octo/actions/runners');
    github.afterRequest = () => void github.close();
    await expect(request).rejects.toThrow('fetch failed');
  });
});

import { beforeEach, describe, expect, test } from '@jest/globals';
import type { GitHub } from '../../sandbox/github.ts';
import { startGitHub } from '../support.ts';

const admin = 'token ghp_admin';
const runners = '/repos/octo/app/actions/runners';

let github: GitHub;
let now: Date;

beforeEach(async () => {
  now = new Date('2026-11-21T02:21:00Z');
  github = await startGitHub({ now: () => now });
  github.addRepository('octo/open', { visibility: 'public' });
});

/** Returns status, body and headers. */
async function call(method: string, path: string, authorization = admin, body?: unknown) {
  const response = await fetch(github.apiUrl + path, {
    method,
    headers: { authorization },
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

import { describe, expect, test } from '@jest/globals';
import type { AdminTokenKind } from '../../src/admin-token.ts';
import type { ApiRequest, ApiResponse } from '../../src/github/api-response.ts';
import { explainInvalidResponse, explainResponse } from '../../src/github/explain-response.ts';
import { parseServer, type Registration } from '../../src/registration.ts';
import { enterprise, organization, repository } from '../support.ts';

const server = parseServer('https://ghe.example:8443/api/v3');
const request: ApiRequest = {
  purpose: 'do this',
  registration: repository,
  method: 'POST',
  path: '/path',
  expected: [200, 201],
};
const response = (status: number, data: unknown, headers: ApiResponse['headers'] = {}): ApiResponse => ({
  status,
  headers: { 'x-github-request-id': 'AB:12', ...headers },
  data,
});

/** The explanation of a response to this token. */
function explain(
  status: number,
  {
    data = {},
    headers = {},
    token = 'classic',
    registration = repository,
  }: {
    data?: unknown;
    headers?: ApiResponse['headers'];
    token?: AdminTokenKind;
    registration?: Registration;
  } = {},
) {
  const { failure, retry } = explainResponse(
    { ...request, registration },
    response(status, data, headers),
    token,
    server,
  );
  return { kind: failure.kind, retry, ...failure.explanation };
}

describe('a response', () => {
  test.each([
    [400, 'invalid-response', 'never'],
    [401, 'bad-credentials', 'never'],
    [403, 'missing-permission', 'never'],
    [404, 'not-found', 'never'],
    [408, 'server-error', 'backoff'],
    [422, 'invalid-response', 'never'],
    [429, 'rate-limited', 'backoff'],
    [500, 'server-error', 'backoff'],
    [503, 'server-error', 'backoff'],
  ])('with status %d is a failure: %s, %s', (status, kind, retry) => {
    expect(explain(status, { data: { message: 'Words' } })).toMatchObject({
      kind,
      retry,
      happened: `Could not do this: GitHub responded ${status}, "Words".`,
      requestId: 'AB:12',
    });
  });

  test('may have no message and no request ID', () => {
    const { kind, happened, requestId } = explain(404, { headers: { 'x-github-request-id': undefined } });

    expect([kind, happened, requestId]).toEqual([
      'not-found',
      'Could not do this: GitHub responded 404.',
      undefined,
    ]);
  });

  test('with an unexpected status and no message is explained with the expected ones', () => {
    expect(explain(302)).toMatchObject({
      kind: 'invalid-response',
      happened: 'Could not do this: the response (status 302) should have status 200 or 201.',
    });
  });
});

describe('401', () => {
  test('is explained with the server', () => {
    expect(explain(401)).toMatchObject({
      likelyCause: expect.stringContaining('not created on https://ghe.example:8443'),
      remedy: expect.stringMatching(/^Create a new token .*"github-api-url"/),
    });
  });
});

const registrations: [Registration, string, string][] = [
  [
    repository,
    'repository octo/app',
    'Use a fine-grained token or a GitHub App with the repository permission "Administration: write", or a classic token of a repository admin with the scope "repo".',
  ],
  [
    organization,
    'organization octo',
    'Use a fine-grained token or a GitHub App with the organization permission "Self-hosted runners: write", or a classic token of an organization owner with the scope "admin:org".',
  ],
  [
    enterprise,
    'enterprise acme',
    'Use a classic token of an enterprise owner with the scope "manage_runners:enterprise".',
  ],
];

describe('403', () => {
  test.each(registrations)('names the required token: %j', (registration, what, remedy) => {
    expect(explain(403, { registration })).toMatchObject({
      likelyCause: `The token does not have the required permission, or its owner is not an admin of ${what}.`,
      remedy,
    });
  });

  const headers = { 'x-accepted-github-permissions': 'administration=write' };

  test('for an app may mean GITHUB_TOKEN', () => {
    expect(explain(403, { token: 'app', headers })).toMatchObject({
      kind: 'github-token-not-allowed',
      likelyCause:
        'The token is GITHUB_TOKEN, which cannot manage runners, or comes from a GitHub App without the required permission ("administration=write") for repository octo/app.',
      remedy: expect.stringMatching(
        /"Administration: write".* owner of each installation must accept them\.$/,
      ),
    });
  });

  test('for a fine-grained token names the permission', () => {
    expect(explain(403, { token: 'fine-grained', headers })).toMatchObject({
      kind: 'missing-permission',
      likelyCause:
        'The fine-grained token does not have the required permission ("administration=write") for repository octo/app, or an owner has not approved the token yet.',
    });
  });

  test('for an archived repository', () => {
    expect(explain(403, { data: { message: 'Repository was archived so is read-only.' } })).toMatchObject({
      kind: 'missing-permission',
      cause: 'The repository is archived and cannot be changed.',
      remedy: 'Unarchive the repository while you remove its runners.',
    });
  });

  test('for an IP allow list', () => {
    expect(explain(403, { data: { message: 'has an IP allow list enabled' } })).toMatchObject({
      kind: 'ip-not-allowed',
      cause: expect.stringMatching(/^The owner of repository octo\/app has an IP allow list/),
      remedy: expect.stringMatching(/^Add the address to the IP allow list/),
    });
  });
});

describe('404', () => {
  test.each(registrations)('names the required token: %j', (registration, what, remedy) => {
    const { likelyCause, remedy: all } = explain(404, { registration });

    expect(likelyCause).toBe(
      `The token has no admin rights for ${what}, or the ${registration.kind} does not exist on https://ghe.example:8443.`,
    );
    expect(all).toMatch(/^Check the spelling in the inputs\. /);
    expect(all.endsWith(` ${remedy}`)).toBe(true);
    expect(all.includes('/enterprises/SLUG')).toBe(registration.kind === 'enterprise');
  });

  test.each<[AdminTokenKind, RegExp]>([
    [
      'app',
      /^The GitHub App is not installed for repository octo\/app \(GITHUB_TOKEN .*\), or the repository/,
    ],
    ['fine-grained', /^The fine-grained token has no access to repository octo\/app .*, or the repository/],
    ['unknown', /^The token has no admin rights for repository octo\/app, or the repository/],
  ])('is explained for the kind of the token: %s', (token, likelyCause) => {
    expect(explain(404, { token }).likelyCause).toMatch(likelyCause);
  });
});

describe('an enterprise', () => {
  test.each<[number, AdminTokenKind, string]>([
    [403, 'app', 'comes from a GitHub App or is GITHUB_TOKEN'],
    [404, 'app', 'comes from a GitHub App or is GITHUB_TOKEN'],
    [403, 'fine-grained', 'is a fine-grained token'],
    [404, 'fine-grained', 'is a fine-grained token'],
  ])('accepts classic tokens only: %d, %s', (status, token, what) => {
    expect(explain(status, { token, registration: enterprise })).toMatchObject({
      kind: 'missing-permission',
      cause: `GitHub accepts only classic tokens for the runners of an enterprise. This token ${what}.`,
      remedy: 'Use a classic token of an enterprise owner with the scope "manage_runners:enterprise".',
    });
  });
});

describe('the scopes of a classic token', () => {
  const withScopes = (status: number, held: string | undefined, accepted: string | undefined) =>
    explain(status, { headers: { 'x-oauth-scopes': held, 'x-accepted-oauth-scopes': accepted } });

  test.each([
    [
      'gist, read:org',
      'admin:org,, repo,',
      'The token has the scopes "gist, read:org". GitHub requires one of "admin:org, repo".',
    ],
    [' , ', 'repo', 'The token has no scopes. GitHub requires one of "repo".'],
    ['repo', 'admin:org', 'The token has the scopes "repo". GitHub requires one of "admin:org".'],
  ])('are not sufficient, whether GitHub responds 403 or 404: %j for %j', (held, accepted, cause) => {
    for (const status of [403, 404]) {
      expect(withScopes(status, held, accepted)).toMatchObject({ kind: 'missing-permission', cause });
    }
  });

  test.each([
    ['repo', 'repo'],
    ['gist, repo', 'admin:org,repo'],
    ['admin:enterprise', 'manage_runners:enterprise'],
  ])('are sufficient: %s for %s', (held, accepted) => {
    expect(withScopes(403, held, accepted)).toMatchObject({
      kind: 'missing-permission',
      likelyCause: 'The token has a required scope, but its owner is not an admin of repository octo/app.',
    });
    expect(withScopes(404, held, accepted)).toMatchObject({
      kind: 'not-found',
      likelyCause: expect.stringMatching(/^The token has a required scope, .*, or the repository does not/),
    });
  });

  test.each([
    ['repo', undefined],
    ['repo', ''],
    [undefined, 'repo'],
  ])('are unknown if GitHub does not send both: %j for %j', (held, accepted) => {
    expect(withScopes(404, held, accepted).kind).toBe('not-found');
    expect(withScopes(403, held, accepted).likelyCause).toMatch(/^The token does not have the required/);
  });
});

describe('single sign-on', () => {
  const url = 'https://github.com/orgs/octo/sso?authorization_request=AZ';
  const configure =
    'Authorize the token in Settings > Developer settings > Personal access tokens > Configure SSO.';

  test.each([
    [`required; url=${url}`, `Open ${url} as the owner of the token and authorize it.`],
    [`Required; url=${url}; more`, `Open ${url} as the owner of the token and authorize it.`],
    ['required', configure],
    ['required; url=javascript:alert(1)', configure],
  ])('is required: %s', (sso, remedy) => {
    for (const status of [403, 404]) {
      expect(explain(status, { headers: { 'x-github-sso': sso } })).toMatchObject({
        kind: 'sso-required',
        cause:
          'The owner of repository octo/app requires SAML single sign-on, and the token is not authorized for it.',
        remedy,
      });
    }
  });

  test.each(['partial-results; organizations=1', 'not required', 'requirements'])(
    'is not required: %s',
    (sso) => {
      expect(explain(403, { headers: { 'x-github-sso': sso } }).kind).toBe('missing-permission');
    },
  );
});

describe('a server error', () => {
  test.each([
    [{}, 'backoff', /^Re-run the job later\. /],
    [{ 'retry-after': '0' }, 0, /^Re-run the job after \S+Z \(in 0 seconds\)\. /],
    [{ 'retry-after': '7' }, 7_000, /^Re-run the job after \S+Z \(in 7 seconds\)\. /],
  ])('is retried when the server asks for it: %j', (headers, retry, remedy) => {
    for (const status of [408, 500, 503]) {
      expect(explain(status, { headers })).toMatchObject({
        kind: 'server-error',
        retry,
        likelyCause: 'A problem at GitHub, or at a proxy in front of it.',
        remedy: expect.stringMatching(remedy),
      });
    }
  });

  test.each([
    ['https://api.github.com', 'Check https://www.githubstatus.com.'],
    [
      'https://ghe.example/api/v3',
      'If the problem persists, contact the administrator of https://ghe.example.',
    ],
  ])('names whom to ask: %s', (apiUrl, whom) => {
    const { failure } = explainResponse(request, response(500, {}), 'classic', parseServer(apiUrl));

    expect(failure.explanation.remedy).toBe(`Re-run the job later. ${whom}`);
  });
});

test("GitHub's own message is the reason of an unknown refusal", () => {
  expect(explain(422, { data: { message: 'Validation Failed' } })).toMatchObject({
    cause: expect.stringContaining("GitHub's message"),
    remedy: "Follow GitHub's message. If it does not help, check for a newer version of this action.",
  });
});

describe('a response without JSON', () => {
  test.each([200, 201, 299])('instead of an expected one is retried: %d', (status) => {
    expect(explain(status, { data: 'text' })).toMatchObject({
      kind: 'invalid-response',
      retry: 'backoff',
      happened: `Could not do this: the response (status ${status}) is not JSON.`,
    });
    expect(explain(status, { data: 'text', headers: { 'retry-after': '7' } }).retry).toBe(7_000);
  });

  test.each([204, 300])('and with an unexpected status is not retried: %d', (status) => {
    expect(explain(status, { data: 'text' })).toMatchObject({
      retry: 'never',
      happened: expect.stringContaining('should have status 200 or 201'),
    });
  });

  test.each([
    ['text/html', 'is a web page instead of JSON'],
    ['Text/HTML; charset=utf-8', 'is a web page instead of JSON'],
    ['text/htmlx', 'should have status'],
    ['x-text/html', 'should have status'],
  ])('may be a web page: %s', (type, problem) => {
    const { retry, happened } = explain(418, { data: 'text', headers: { 'content-type': type } });

    expect(retry).toBe('never');
    expect(happened).toContain(`the response (status 418) ${problem}`);
  });
});

describe('an invalid response', () => {
  test('is explained with what may have responded', () => {
    expect(explainInvalidResponse(request, response(200, {}), 'contains nothing')).toMatchObject({
      kind: 'invalid-response',
      explanation: {
        happened: 'Could not do this: the response (status 200) contains nothing.',
        likelyCause: expect.stringContaining('A proxy or a sign-in page'),
        remedy: expect.stringContaining('"github-api-url"'),
        requestId: 'AB:12',
      },
    });
  });

  test.each([
    ['https://ghe.example', true],
    ['http://127.0.0.1:80', true],
    ['https://api.acme.ghe.com', false],
    ['https://ghe.example/api/v3', false],
    ['https://apixghe.example', true],
  ])('may come from the web pages of an Enterprise Server: %s, %s', (apiUrl, expected) => {
    const { likelyCause, remedy } = explainInvalidResponse(request, response(404, 'page'), 'is a page', {
      apiUrl,
      webUrl: '',
    }).explanation;

    expect(likelyCause?.includes('"github-api-url" has no path')).toBe(expected);
    expect(remedy.includes(`${apiUrl}/api/v3`)).toBe(expected);
  });
});

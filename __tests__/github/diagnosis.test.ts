import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/failure.ts';
import type { Answer, Request } from '../../src/github/client.ts';
import { explainNoAnswer } from '../../src/github/connection.ts';
import { explainAnswer, explainInvalidAnswer } from '../../src/github/diagnosis.ts';
import type { Registration } from '../../src/registration.ts';
import { parseServer } from '../../src/server.ts';
import { enterprise, organization, repository } from '../support.ts';

const server = parseServer('https://ghe.example:8443/api/v3');
const request: Request = {
  purpose: 'do this',
  registration: repository,
  method: 'POST',
  path: '/path',
  expected: [200, 201],
};
const answer = (
  status: number,
  data: unknown = undefined,
  headers: Answer['headers'] = { 'x-github-request-id': 'AB:12' },
): Answer => ({ status, headers, data });
const refusal = (
  status: number,
  adminToken = 'ghp_admin',
  registration: Registration = repository,
): Failure => explainAnswer({ ...request, registration }, answer(status), adminToken, server).failure;

describe('a request without an answer', () => {
  test.each<[unknown, string]>([
    [new Error('deep'), 'deep'],
    [new Error('high', { cause: new Error('middle', { cause: new Error('deep') }) }), 'deep'],
    [new Error('high', { cause: 'no error' }), 'high'],
    ['no error', 'no error'],
  ])('is explained with what the operating system said: %p', (error, said) => {
    const { failure } = explainNoAnswer(error, 'do this', server);
    expect(failure).toMatchObject({
      kind: 'network',
      cause: error,
      explanation: {
        happened: `Could not do this: ghe.example:8443 did not answer (${said}).`,
        cause: expect.stringContaining('The connection broke off'),
        remedy: expect.stringMatching(/https:\/\/ghe\.example:8443\/api\/v3.*https_proxy and no_proxy/),
      },
    });
  });

  test('is explained also where each of the addresses of the host failed, under an error that says nothing', () => {
    const refused = ['::1', '127.0.0.1'].map((address) => new Error(`connect ECONNREFUSED ${address}:443`));
    const error = new TypeError('fetch failed', { cause: new AggregateError(refused) });
    expect(explainNoAnswer(error, 'do this', server).failure.message).toContain(
      'did not answer (connect ECONNREFUSED 127.0.0.1:443).',
    );
  });

  test('is explained by the failure behind it, where there is one', () => {
    const foreseen = new Failure('invalid-response', { happened: 'a', cause: 'b', remedy: 'c' });
    const error = new Error('high', { cause: new Error('middle', { cause: foreseen }) });
    expect(explainNoAnswer(error, 'do this', server).failure).toBe(foreseen);
    expect(explainNoAnswer(foreseen, 'do this', server).failure).toBe(foreseen);
  });
});

describe('an answer that refuses', () => {
  test.each([
    [401, 'bad-credentials'],
    [403, 'missing-permission'],
    [404, 'not-found'],
    [500, 'server-error'],
    [599, 'server-error'],
    [499, 'invalid-response'],
    [422, 'invalid-response'],
    [302, 'invalid-response'],
    [204, 'invalid-response'],
  ])('with status %d is a failure of the kind %s, with the id of the request', (status, kind) => {
    const failure = refusal(status);
    expect(failure).toMatchObject({ kind, explanation: { requestId: 'AB:12' } });
    expect(failure.explanation.happened).toMatch(new RegExp(`^Could not do this: .*\\b${status}\\b.*\\.$`));
  });

  test.each<[unknown, string]>([
    [{ message: 'Bad "thing"' }, ', "Bad "thing""'],
    [{ message: 1 }, ''],
    [{}, ''],
    [null, ''],
    ['message', ''],
    [undefined, ''],
  ])('is quoted where it says why: %j', (data, quoted) => {
    const { explanation } = explainAnswer(request, answer(403, data), 'ghp_admin', server).failure;
    expect(explanation.happened).toBe(`Could not do this: GitHub answered 403${quoted}.`);
  });

  test('may come without the id of a request, or with a number for one', () => {
    const withHeaders = (headers: Answer['headers']): Failure =>
      explainAnswer(request, { ...answer(404), headers }, 'ghp_admin', server).failure;
    expect(withHeaders({}).explanation.requestId).toBeUndefined();
    expect(withHeaders({ 'x-github-request-id': 12 }).explanation.requestId).toBe('12');
  });

  test('a token that is not valid (401) is explained with the server', () => {
    const { cause, remedy } = refusal(401).explanation;
    expect(cause).toMatch(/"token" is not valid on https:\/\/ghe\.example:8443: expired, revoked/);
    expect(remedy).toMatch(/Make a new token.*"github-api-url"/);
  });

  const scopes: [Registration, string, RegExp][] = [
    [repository, 'repository octo/app', /repository permission "Administration: write".*scope "repo"/],
    [
      organization,
      'organization octo',
      /organization permission "Self-hosted runners: write".*scope "admin:org"/,
    ],
    [
      enterprise,
      'enterprise acme',
      /enterprise permission "Self-hosted runners: write".*"manage_runners:enterprise"/,
    ],
  ];
  test.each(scopes)('a permission that is missing (403) is named: %j', (registration, name, permission) => {
    const { cause, remedy } = refusal(403, 'ghp_admin', registration).explanation;
    expect(cause).toBe(
      `The token lacks the permission, or the person who made it is no admin of the ${name}.`,
    );
    expect(remedy).toMatch(permission);
  });

  test.each(scopes)(
    '"not found" (404) may be a permission that is missing: %j',
    (registration, name, permission) => {
      const { cause, remedy } = refusal(404, 'ghp_admin', registration).explanation;
      expect(cause).toContain(`no admin rights on the ${name}`);
      expect(cause).toContain(`no such ${registration.kind} on https://ghe.example:8443`);
      expect(remedy).toMatch(permission);
      expect(remedy).toContain('Check the spelling');
    },
  );

  test("the workflow's own GITHUB_TOKEN (403) is told by how it begins", () => {
    const { cause } = refusal(403, 'ghs_job').explanation;
    expect(cause).toContain("the workflow's own GITHUB_TOKEN, which can never do this");
    expect(cause).toContain('a GitHub App without the permission on the repository octo/app');
    expect(refusal(403, 'ghp_ghs_').explanation.cause).not.toContain('GITHUB_TOKEN');
  });

  test("a problem of GitHub's own (5xx) is explained as one", () => {
    const { cause, remedy } = refusal(503).explanation;
    expect(cause).toContain('a problem of its own');
    expect(remedy).toBe('Run the job again later, and look at https://www.githubstatus.com.');
  });

  test.each([
    [{}, 'passing'],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '7' }, 7_000],
  ])('a server that has a problem is asked again when it wants: %j', (headers, outlook) => {
    for (const status of [408, 500, 503]) {
      const setback = explainAnswer(request, answer(status, {}, headers), 'ghp_admin', server);

      expect(setback.outlook).toBe(outlook);
      expect(setback.failure.kind).toBe('server-error');
      expect(/ \(it asks to come back at .*, in \d seconds\),/.test(setback.failure.explanation.remedy)).toBe(
        'retry-after' in headers,
      );
    }
  });

  test('a status that does not belong here is told with those that do', () => {
    expect(refusal(302).explanation.happened).toBe(
      'Could not do this: the answer cannot be used (status 302, where 200 or 201 was due).',
    );
  });
});

describe('single sign-on', () => {
  const sso = (value: string): Failure =>
    explainAnswer(request, answer(403, {}, { 'x-github-sso': value }), 'ghp_admin', server).failure;
  const address = 'https://github.com/orgs/octo/sso?authorization_request=AZ';

  test.each([`required; url=${address}`, `required; url=${address}; more`, `Required; url=${address} more`])(
    'is demanded, with the address to authorize the token at: %s',
    (value) => {
      expect(sso(value)).toMatchObject({
        kind: 'sso-required',
        explanation: {
          cause: expect.stringContaining('which the owner of the repository octo/app demands'),
          remedy: `Open ${address} as the owner of the token and authorize it.`,
        },
      });
    },
  );

  test.each(['partial-results; organizations=1', 'not required', 'requirements'])(
    'is not what a token was refused for that is authorized: %s',
    (value) => {
      expect(sso(value).kind).toBe('missing-permission');
    },
  );
});

describe('what a classic token may do', () => {
  const cause = (status: number, held: string | undefined, accepted: string | undefined): string => {
    const headers = { 'x-oauth-scopes': held, 'x-accepted-oauth-scopes': accepted };
    return explainAnswer(request, answer(status, {}, headers), 'ghp_admin', server).failure.explanation.cause;
  };

  test.each([
    ['repo', 'repo'],
    ['gist, repo', 'admin:org,repo'],
  ])('is enough with one of the scopes: %s of %s', (held, accepted) => {
    expect(cause(403, held, accepted)).toBe(
      'The person who made the token is no admin of the repository octo/app: the token itself has the scope.',
    );
    expect(cause(404, held, accepted)).toMatch(/^The token has the scope; so either there is no such/);
  });

  test.each([
    [
      'gist, read:org',
      'admin:org,, repo,',
      'the scopes "gist, read:org", and one of "admin:org, repo" is needed',
    ],
    [' , ', 'repo', 'no scope, and one of "repo" is needed'],
  ])('is not enough with other scopes: %j of %j', (held, accepted, described) => {
    expect(cause(403, held, accepted)).toBe(
      `The token has ${described}, or the person who made it is no admin of the repository octo/app.`,
    );
    expect(cause(404, held, accepted)).toContain(
      `on the repository octo/app, as it has ${described} (GitHub`,
    );
  });

  test.each([
    ['repo', undefined],
    ['repo', ''],
    [undefined, 'repo'],
  ])('is not known where GitHub does not say both: %j of %j', (held, accepted) => {
    expect(cause(403, held, accepted)).toBe(
      'The token lacks the permission, or the person who made it is no admin of the repository octo/app.',
    );
    expect(cause(404, held, accepted)).toMatch(
      /^Either the token has no admin rights on the repository octo\/app \(/,
    );
  });
});

test.each<[Registration, string]>([
  [
    repository,
    'Use a token with the repository permission "Administration: write" (fine-grained or GitHub App), or the scope "repo" of an admin (classic).',
  ],
  [
    organization,
    'Use a token with the organization permission "Self-hosted runners: write" (fine-grained or GitHub App), or the scope "admin:org" (classic).',
  ],
  [
    enterprise,
    'Use a token with the enterprise permission "Self-hosted runners: write", or the scope "manage_runners:enterprise" (classic).',
  ],
])('the token to use for a $kind is told', (registration, remedy) => {
  expect(refusal(403, 'ghp_admin', registration).explanation.remedy).toBe(remedy);
  const { remedy: whenNotFound } = refusal(404, 'ghp_admin', registration).explanation;
  expect(whenNotFound).toMatch(
    registration.kind === 'enterprise'
      ? /Check the spelling in the inputs too\. An enterprise is named by its slug/
      : /Check the spelling in the inputs too\.$/,
  );
});

describe('an answer that is no JSON', () => {
  const explained = (status: number, headers: Answer['headers'] = {}, expected = [201, 404]) =>
    explainAnswer({ ...request, expected }, answer(status, 'text', headers), 'ghp_admin', server);

  test.each([200, 201, 299, 404])('in place of one that would be is asked for again: %d', (status) => {
    expect(explained(status)).toMatchObject({
      outlook: 'passing',
      failure: {
        kind: 'invalid-response',
        explanation: { happened: expect.stringContaining(`(status ${status}, not JSON)`) },
      },
    });
    expect(explained(status, { 'retry-after': '7' }).outlook).toBe(7_000);
  });

  test.each([204, 300])('with a status that is not expected is permanent: %d', (status) => {
    expect(explained(status)).toMatchObject({
      outlook: 'permanent',
      failure: { explanation: { happened: expect.stringContaining('where 201 or 404 was due') } },
    });
  });

  test.each([
    ['text/html', 'a web page instead of JSON'],
    ['Text/HTML; charset=utf-8', 'a web page instead of JSON'],
    ['text/htmlx', 'where 201 was due'],
    ['x-text/html', 'where 201 was due'],
  ])('is told to be a page by its type: %s', (type, problem) => {
    const { outlook, failure } = explained(418, { 'content-type': type }, [201]);
    expect(outlook).toBe('permanent');
    expect(failure.explanation.happened).toContain(`(status 418, ${problem})`);
  });
});

test.each([
  ['https://ghe.example', true],
  ['http://127.0.0.1:80', true],
  ['https://api.acme.ghe.com', false],
  ['https://ghe.example/api/v3', false],
  ['https://apixghe.example', true],
])('the root of a server without the path of the API is suspected: %s %s', (apiUrl, expected) => {
  const { cause, remedy } = explainInvalidAnswer(request, answer(404), 'a page', {
    apiUrl,
    webUrl: '',
  }).explanation;
  expect(cause.includes('"github-api-url" has no path')).toBe(expected);
  expect(remedy.includes(`${apiUrl}/api/v3`)).toBe(expected);
});

test('an answer that cannot be used is explained by what may stand in between', () => {
  const failure = explainInvalidAnswer(request, answer(200), 'without a thing');
  expect(failure).toMatchObject({
    kind: 'invalid-response',
    explanation: {
      happened: 'Could not do this: the answer cannot be used (status 200, without a thing).',
      cause: expect.stringContaining('a proxy or a sign-in page'),
      remedy: expect.stringContaining('"github-api-url"'),
      requestId: 'AB:12',
    },
  });
});

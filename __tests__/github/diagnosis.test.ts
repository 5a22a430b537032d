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
const answer = (status: number, data: unknown = undefined): Answer => ({
  status,
  headers: { 'x-github-request-id': 'AB:12' },
  data,
});
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
    expect(remedy).toMatch(/again later.*githubstatus\.com/);
  });

  test('a status that does not belong here is told with those that do', () => {
    expect(refusal(302).explanation.happened).toBe(
      'Could not do this: the answer cannot be used (status 302, where 200 or 201 was due).',
    );
  });
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

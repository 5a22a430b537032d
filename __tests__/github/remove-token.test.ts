import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import { createRemoveToken } from '../../src/github/remove-token.ts';
import { Secrets } from '../../src/secrets.ts';
import { clientOf, enterprise, failureOf, organization, repository } from '../support.ts';

let github: GitHub;
let masked: string[];

beforeEach(async () => {
  github = await GitHub.start({ now: () => new Date('2026-11-21T02:21:00Z') });
  github.addRepository('octo/app');
  github.addOrganization('octo');
  github.addEnterprise('acme');
  github.addAdminToken('ghp_admin', { registrations: ['octo/app', 'octo', 'enterprises/acme'] });
  masked = [];
});
afterEach(() => github.close());

function create(
  registration: Parameters<typeof createRemoveToken>[1] = repository,
): ReturnType<typeof createRemoveToken> {
  const client = clientOf(github);
  return createRemoveToken(client, registration, new Secrets((value) => masked.push(value)));
}

function answer(status: number, body: unknown): void {
  github.intercept = (_, response) => {
    github.send(response, { status, body });
    return true;
  };
}

test.each([
  [repository, '/repos/octo/app'],
  [organization, '/orgs/octo'],
  [enterprise, '/enterprises/acme'],
])('a remove token is created with one request, and masked: %j', async (registration, path) => {
  const token = await create(registration);
  const [issued] = github.issuedTokens;
  expect(token).toEqual({ token: issued?.token, expires_at: '2026-11-20T19:21:00.000-08:00' });
  expect(masked).toEqual([issued?.token]);
  expect(github.requests).toMatchObject([
    { method: 'POST', path: `/api/v3${path}/actions/runners/remove-token`, body: '' },
  ]);
});

test.each(['!', '~', 'AREMOVE'])(
  'a token can be %s, and comes with all that GitHub says of it',
  async (token) => {
    const body = { token, expires_at: '2020-01-22T12:13:35.123-08:00', permissions: {} };
    answer(201, body);
    expect(await create()).toEqual(body);
  },
);

const expires_at = '2026-11-20T19:21:00.000-08:00';
test.each([
  [[], []],
  [{ expires_at }, []],
  [{ token: 1, expires_at }, []],
  [{ token: '', expires_at }, []],
  [{ token: 'A B', expires_at }, ['A B']],
  [{ token: 'A\n', expires_at }, ['A\n']],
  [{ token: '\nA', expires_at }, ['\nA']],
  [{ token: 'A\u007F', expires_at }, ['A\u007F']],
  [{ token: 'A\uD800', expires_at }, ['A\uD800']],
  [{ token: 'AREMOVE' }, ['AREMOVE']],
  [{ token: 'AREMOVE', expires_at: 1_700_000_000 }, ['AREMOVE']],
  [{ token: 'AREMOVE', expires_at: 'soon' }, ['AREMOVE']],
  [{ token: 'AREMOVE', expires_at: '2026-99-99T99:99:99Z' }, ['AREMOVE']],
  [{ token: 'AREMOVE', expires_at: `${expires_at} (or so)` }, ['AREMOVE']],
  [{ token: 'AREMOVE', expires_at: '+012026-11-20T19:21:00Z' }, ['AREMOVE']],
  [{ token: 'AREMOVE', expires_at: [expires_at] }, ['AREMOVE']],
  [{ token: 'A'.repeat(1001), expires_at }, ['A'.repeat(1001)]],
])(
  'an answer that holds no token is an error, and what may be one is masked: %j',
  async (body, maskedValues) => {
    answer(201, body);
    const failure = await failureOf(create);
    expect(failure.kind).toBe('invalid-response');
    expect(failure.explanation.happened).toBe(
      'Could not create a remove token for the repository octo/app: the answer cannot be used (status 201, without a token and the time that it expires).',
    );
    expect(failure.explanation.requestId).toMatch(/^[\dA-F:]+$/);
    expect(masked).toEqual(maskedValues);
  },
);

test('a token in an answer that is not 201 is not taken', async () => {
  answer(200, { token: 'AREMOVE', expires_at });
  expect(await failureOf(create)).toMatchObject({
    kind: 'invalid-response',
    message: expect.stringContaining('status 200, where 201 was due'),
  });
});

import { beforeEach, expect, test } from '@jest/globals';
import type { GitHub } from '../../sandbox/github.ts';
import { createRemoveToken } from '../../src/github/remove-token.ts';
import { Secrets } from '../../src/secrets.ts';
import {
  clientOf,
  enterprise,
  failureOf,
  organization,
  repository,
  respond,
  startGitHub,
} from '../support.ts';

let github: GitHub;
let masked: string[];

beforeEach(async () => {
  github = await startGitHub({ now: () => new Date('2026-11-21T02:21:00Z') });
  masked = [];
});

const create = (registration: Parameters<typeof createRemoveToken>[1] = repository) =>
  createRemoveToken(clientOf(github), registration, new Secrets((value) => masked.push(value)));

test.each([
  [repository, '/repos/octo/app'],
  [organization, '/orgs/octo'],
  [enterprise, '/enterprises/acme'],
])('a remove token is created with one request, and masked: %j', async (registration, path) => {
  const removeToken = await create(registration);

  const token = String(github.issuedTokens[0]?.token);
  expect(removeToken).toEqual({
    token,
    expires_at: '2026-11-20T19:21:00.000-08:00',
    lifetime: 60 * 60 * 1000,
  });
  expect(masked).toEqual([token]);
  expect(github.requests).toMatchObject([
    { method: 'POST', path: `/api/v3${path}/actions/runners/remove-token`, body: '' },
  ]);
});

test.each(['!', '~', 'A'.repeat(1000)])('a token may have any printable characters: %.10s', async (token) => {
  respond(github, { status: 201, body: { token, expires_at: '2026-11-21T02:22:00Z', permissions: {} } });

  expect(await create()).toEqual({ token, expires_at: '2026-11-21T02:22:00Z', lifetime: 60_000 });
});

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
  [{ token: 'A'.repeat(1001), expires_at }, ['A'.repeat(1001)]],
  [{ token: 'AREMOVE' }, ['AREMOVE']],
  [{ token: 'AREMOVE', expires_at: 1_700_000_000 }, ['AREMOVE']],
  [{ token: 'AREMOVE', expires_at: 'soon' }, ['AREMOVE']],
  [{ token: 'AREMOVE', expires_at: '2026-99-99T99:99:99Z' }, ['AREMOVE']],
  [{ token: 'AREMOVE', expires_at: '2026-11-21T02:22:00Z (or so)' }, ['AREMOVE']],
  [{ token: 'AREMOVE', expires_at: '+012026-11-20T19:21:00Z' }, ['AREMOVE']],
  [{ token: 'AREMOVE', expires_at: [expires_at] }, ['AREMOVE']],
])('an invalid response fails, and what may be a token is masked: %j', async (body, maskedValues) => {
  respond(github, { status: 201, body });

  expect(await failureOf(create)).toMatchObject({
    kind: 'invalid-response',
    explanation: {
      happened:
        'Could not create a remove token for repository octo/app: the response (status 201) has no valid token and expiration time.',
      requestId: expect.stringMatching(/^[\dA-F:]+$/),
    },
  });
  expect(masked).toEqual(maskedValues);
});

test('a token in a response other than 201 is not used, but masked', async () => {
  respond(github, { status: 200, body: { token: 'AREMOVE', expires_at } });

  expect(await failureOf(create)).toMatchObject({
    kind: 'invalid-response',
    message: expect.stringContaining('the response (status 200) should have status 201'),
  });
  expect(masked).toEqual(['AREMOVE']);
});

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { GitHub } from '../sandbox/github.ts';
import { Grants } from '../src/grants.ts';
import type { Registration } from '../src/registration.ts';
import { Secrets } from '../src/secrets.ts';
import { clientOf, failureOf, organization, recordingLog, repository } from './support.ts';

let github: GitHub;
let lines: string[];
let grants: Grants;
let secrets: Secrets;

beforeEach(async () => {
  github = await GitHub.start({ now: () => new Date('2026-11-21T02:21:00Z') });
  github.addRepository('octo/app');
  github.addOrganization('octo');
  github.addAdminToken('ghp_admin', { registrations: ['octo/app', 'octo'] });
  secrets = new Secrets(() => undefined);
  const recording = recordingLog();
  lines = recording.lines;
  grants = new Grants(clientOf(github), secrets, recording.log);
});
afterEach(() => github.close());

test('a remove token is handed on with its registration and what made that the one', async () => {
  const grant = await grants.for({ registration: organization, source: 'the inputs' });
  expect(grant).toEqual({
    registration: organization,
    source: 'the inputs',
    token: { token: github.issuedTokens[0]?.token, expires_at: '2026-11-20T19:21:00.000-08:00' },
  });
  expect(secrets.appearIn(grant.token.token)).toBe(true);
});

test('runners that share a registration share one token, also when they ask at once', async () => {
  const shouted: Registration = { kind: 'repository', owner: 'OCTO', repo: 'APP' };
  const [one, other] = await Promise.all([
    grants.for({ registration: repository, source: 'the current repository' }),
    grants.for({ registration: shouted, source: "the runner's installation" }),
  ]);
  const later = await grants.for({ registration: repository, source: 'the inputs' });
  expect([other, later]).toEqual([one, one]);
  expect(github.requests).toHaveLength(1);
  expect(lines).toEqual([
    'debug: A remove token is asked for, for the repository octo/app (from the current repository).',
    'info: Remove token for the repository octo/app (from the current repository), expires at 2026-11-20T19:21:00.000-08:00',
  ]);
});

test('each registration has a token of its own; all are known in the order they were asked for', async () => {
  expect(await grants.all()).toEqual([]);
  await grants.for({ registration: organization, source: 'the inputs' });
  await grants.for({ registration: repository, source: 'the inputs' });
  expect((await grants.all()).map(({ registration, token }) => [registration, token.token])).toEqual([
    [organization, github.issuedTokens[0]?.token],
    [repository, github.issuedTokens[1]?.token],
  ]);
});

test('a token that is refused is asked for once, and nothing says that there is one', async () => {
  const unknown: Registration = { kind: 'organization', organization: 'unknown' };
  for (const _ of [1, 2]) {
    const failure = await failureOf(() => grants.for({ registration: unknown, source: 'the inputs' }));
    expect(failure.kind).toBe('not-found');
  }
  expect(github.requests).toHaveLength(1);
  expect(lines).toEqual([expect.stringContaining('A remove token is asked for')]);
});

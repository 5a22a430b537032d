import { beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '../src/clock.ts';
import { Failure } from '../src/failure.ts';
import type { ApiClient } from '../src/github/api-client.ts';
import { describeRegistration, type Registration } from '../src/registration.ts';
import { RemoveTokens } from '../src/remove-tokens.ts';
import { Secrets } from '../src/secrets.ts';
import { organization, recordingLog, repository } from './support.ts';

const expiresAt = '2026-11-20T19:21:00.000-08:00';
const unknown: Registration = { kind: 'organization', organization: 'unknown' };

let minutes: number;
let isDown: boolean;
let requested: string[];
let lines: string[];
let removeTokens: RemoveTokens;
beforeEach(() => {
  minutes = 0;
  isDown = false;
  requested = [];
  const client: Pick<ApiClient, 'request'> = {
    request: async ({ registration }) => {
      requested.push(describeRegistration(registration));
      if (registration === unknown) {
        throw new Failure('not-found', { happened: 'It is unknown.', cause: '', remedy: '' });
      }
      if (isDown) {
        throw new Failure('server-error', { happened: 'It is down.', cause: '', remedy: '' });
      }
      return { status: 201, headers: {}, data: { token: `A${requested.length}`, expires_at: expiresAt } };
    },
  };
  const clock = { ...systemClock, now: () => (1_000 + minutes) * 60_000 };
  const recording = recordingLog();
  lines = recording.lines;
  removeTokens = new RemoveTokens(client as ApiClient, new Secrets(() => undefined), recording.log, clock);
});

test('the log says for which registration a remove token is, and where that was named', async () => {
  expect(await removeTokens.for({ registration: organization, source: 'the inputs' })).toEqual({
    token: 'A1',
    expires_at: expiresAt,
    lifetime: expect.any(Number),
  });
  expect(lines).toEqual([
    'debug: Requesting a remove token for organization octo (from the inputs).',
    `info: Created a remove token for organization octo (from the inputs). It expires at ${expiresAt}.`,
  ]);
});

test('runners with the same registration share one token, even at the same time', async () => {
  const upperCase: Registration = { kind: 'repository', owner: 'OCTO', repo: 'APP' };
  const [one, other] = await Promise.all([
    removeTokens.for({ registration: repository, source: 'the current repository' }),
    removeTokens.for({ registration: upperCase, source: "the runner's installation" }),
  ]);
  const later = await removeTokens.for({ registration: repository, source: 'the inputs' });
  expect([other, later]).toEqual([one, one]);
  expect(requested).toEqual(['repository octo/app']);
});

test('a token that became old during a wait is requested anew, and the new one is handed on', async () => {
  const target = { registration: repository, source: 'the inputs' } as const;
  const first = await removeTokens.for(target);
  minutes = 44;
  expect(await removeTokens.for(target)).toBe(first);
  minutes = 45;
  expect(await removeTokens.for(target)).toMatchObject({ token: 'A2' });
  expect(await removeTokens.all()).toMatchObject([{ token: 'A2' }]);
});

test('an old token is requested again after a failure to do so', async () => {
  const target = { registration: repository, source: 'the inputs' } as const;
  const first = await removeTokens.for(target);
  minutes = 45;
  isDown = true;
  await expect(removeTokens.for(target)).rejects.toThrow('It is down.');
  expect(await removeTokens.all()).toEqual([first]);
  isDown = false;
  expect(await removeTokens.for(target)).toMatchObject({ token: 'A3' });
});

test('each registration has its own token', async () => {
  expect(await removeTokens.all()).toEqual([]);
  await removeTokens.for({ registration: organization, source: 'the inputs' });
  await removeTokens.for({ registration: repository, source: 'the inputs' });
  expect(await removeTokens.all()).toMatchObject([{ token: 'A1' }, { token: 'A2' }]);
  expect(requested).toEqual(['organization octo', 'repository octo/app']);
});

test('a refused token is requested once, and the log does not say that it was created', async () => {
  for (const _ of [1, 2]) {
    const attempt = removeTokens.for({ registration: unknown, source: 'the inputs' });
    await expect(attempt).rejects.toThrow('It is unknown.');
  }
  expect(requested).toEqual(['organization unknown']);
  expect(await removeTokens.all()).toStrictEqual([]);
  expect(lines).toEqual([expect.stringContaining('debug: Requesting a remove token')]);
});

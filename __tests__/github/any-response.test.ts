import { beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { GitHub } from '../../sandbox/github.ts';
import { Failure } from '../../src/failure.ts';
import type { ApiClient } from '../../src/github/api-client.ts';
import { createRemoveToken } from '../../src/github/remove-token.ts';
import { isSameRepository } from '../../src/github/repositories.ts';
import { deleteRunner, findRunnersByName, getRunner, listRunners } from '../../src/github/runners.ts';
import { Secrets } from '../../src/secrets.ts';
import { clientOf, repository, respond, startGitHub } from '../support.ts';

let github: GitHub;
let client: ApiClient;
beforeEach(async () => {
  github = await startGitHub();
  client = clientOf(github);
});

const runner = { registration: repository, id: 7, name: 'box' };

test.each<[string, () => Promise<unknown>]>([
  ['createRemoveToken', () => createRemoveToken(client, repository, new Secrets(() => undefined))],
  ['getRunner', () => getRunner(client, runner)],
  ['findRunnersByName', () => findRunnersByName(client, runner)],
  ['listRunners', () => listRunners(client, repository)],
  ['deleteRunner', () => deleteRunner(client, runner)],
  ['isSameRepository', () => isSameRepository(client, repository, { ...repository, repo: 'other' })],
])('%s succeeds or explains whatever JSON comes', async (_, act) => {
  const properties = [
    'token',
    'expires_at',
    'total_count',
    'total_commits',
    'runners',
    'id',
    'name',
    'busy',
    'message',
  ];
  const body = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(fc.constantFrom(...properties), fc.jsonValue({ maxDepth: 2 })),
  );
  const status = fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 404, 422, 429, 500);
  await fc.assert(
    fc.asyncProperty(status, body, async (status, body) => {
      respond(github, { status, body });
      // An error of Node.js itself is not an instance of this realm's Error.
      await act().catch((error) => expect(error).toBeInstanceOf(Failure));
    }),
    {
      seed: 20_261_121,
      numRuns: 50,
      examples: [
        [201, null],
        [403, null],
        [200, { total_count: 1 }],
        [200, { total_count: 1, runners: [null] }],
        [200, { total_commits: 1, runners: [] }],
      ],
    },
  );
});

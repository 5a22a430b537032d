import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GitHub } from '../../sandbox/github.ts';
import { Failure } from '../../src/failure.ts';
import type { Client } from '../../src/github/client.ts';
import { createRemoveToken } from '../../src/github/remove-token.ts';
import { isSameRepository } from '../../src/github/repositories.ts';
import { deleteRunner, findRunnersByName, getRunner } from '../../src/github/runners.ts';
import { Secrets } from '../../src/secrets.ts';
import { clientOf, repository } from '../support.ts';

let github: GitHub;
let client: Client;
beforeEach(async () => {
  github = await GitHub.start();
  client = clientOf(github);
});
afterEach(() => github.close());

const runner = { registration: repository, id: 7, name: 'box' };

test.each<[string, () => Promise<unknown>]>([
  ['a remove token', () => createRemoveToken(client, repository, new Secrets(() => undefined))],
  ['a runner', () => getRunner(client, runner)],
  ['runners of a name', () => findRunnersByName(client, runner)],
  ['a deletion', () => deleteRunner(client, runner)],
  ['two repositories', () => isSameRepository(client, repository, { ...repository, repo: 'other' })],
])(
  'whatever JSON comes in answer to the question about %s, it is understood or explained',
  async (_, ask) => {
    const properties = ['token', 'expires_at', 'runners', 'id', 'name', 'busy', 'message'];
    const body = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.dictionary(fc.constantFrom(...properties), fc.jsonValue({ maxDepth: 2 })),
    );
    const status = fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 404, 422, 429, 500);
    await fc.assert(
      fc.asyncProperty(status, body, async (status, body) => {
        github.intercept = (_request, response) => {
          github.send(response, { status, body });
          return true;
        };
        const outcome = await ask().catch((error) => (error instanceof Failure ? error.kind : error));
        expect(outcome).not.toBeInstanceOf(Error);
      }),
      {
        seed: 20_261_121,
        numRuns: 100,
        examples: [
          [201, null],
          [403, null],
        ],
      },
    );
  },
);

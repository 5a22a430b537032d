import { beforeEach, expect, test } from '@jest/globals';
import type { GitHub } from '../../sandbox/github.ts';
import type { ApiClient } from '../../src/github/api-client.ts';
import { isSameRepository } from '../../src/github/repositories.ts';
import { clientOf, failureOf, repository, respond, startGitHub } from '../support.ts';

const other = { ...repository, repo: 'other' };
let github: GitHub;
let client: ApiClient;
beforeEach(async () => {
  github = await startGitHub();
  client = clientOf(github);
});

test('a renamed repository is the same', async () => {
  github.renameRepository('octo/app', 'octo/other');

  expect(await isSameRepository(client, repository, other)).toBe(true);
  expect(github.requests.every(({ method }) => method === 'GET')).toBe(true);
});

test('two repositories are not the same', async () => {
  github.addRepository('octo/other', { visibility: 'public' });

  expect(await isSameRepository(client, repository, other)).toBe(false);
});

test('repositories that the token cannot see are not the same', async () => {
  expect(await isSameRepository(client, { ...repository, repo: 'gone' }, other)).toBe(false);
});

test.each([{}, [], { id: null }])('repositories without an ID are not the same: %j', async (body) => {
  respond(github, { status: 200, body });

  expect(await isSameRepository(client, repository, other)).toBe(false);
});

test('an error names the repository', async () => {
  respond(github, { status: 500 });

  const failure = await failureOf(() => isSameRepository(client, repository, repository));

  expect(failure.message).toMatch(/^Could not find repository octo\/app: GitHub responded 500/);
});

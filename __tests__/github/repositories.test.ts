import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import type { Client } from '../../src/github/client.ts';
import { isSameRepository } from '../../src/github/repositories.ts';
import { clientOf, failureOf, repository } from '../support.ts';

const other = { ...repository, repo: 'other' };
let github: GitHub;
let client: Client;
beforeEach(async () => {
  github = await GitHub.start();
  github.addRepository('octo/app');
  github.addAdminToken('ghp_admin', { registrations: ['octo/app'] });
  client = clientOf(github);
});
afterEach(() => github.close());

test('a repository is the same under the name that it had before', async () => {
  github.renameRepository('octo/app', 'octo/other');

  expect(await isSameRepository(client, repository, other)).toBe(true);
  expect(github.requests.every(({ method }) => method === 'GET')).toBe(true);
});

test('two repositories are not the same', async () => {
  github.addRepository('octo/other', { visibility: 'public' });

  expect(await isSameRepository(client, repository, other)).toBe(false);
});

test('repositories that the token cannot see are not known to be the same', async () => {
  expect(await isSameRepository(client, { ...repository, repo: 'gone' }, other)).toBe(false);
});

test('a question that GitHub does not answer is an error that names the repository', async () => {
  github.intercept = (_request, response) => {
    github.send(response, { status: 500 });
    return true;
  };

  const failure = await failureOf(() => isSameRepository(client, repository, repository));

  expect(failure.message).toMatch(/^Could not look up the repository octo\/app: GitHub answered 500/);
});

test.each([{}, [], { id: null }])('an answer without an id says nothing: %j', async (body) => {
  github.intercept = (_request, response) => {
    github.send(response, { status: 200, body });
    return true;
  };

  expect(await isSameRepository(client, repository, other)).toBe(false);
});

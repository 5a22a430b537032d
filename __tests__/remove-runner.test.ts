import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { GitHub } from '../sandbox/github.ts';
import type { CandidateRunner } from '../src/candidate.ts';
import type { Client } from '../src/github/client.ts';
import { lookUp } from '../src/remove-runner.ts';
import { clientOf, repository, silentLog } from './support.ts';

const runner: CandidateRunner = {
  registration: repository,
  source: 'the inputs',
  id: 7,
  name: 'box',
  ephemeral: false,
  deregistersItself: true,
  executesThisJob: false,
};
let github: GitHub;
let client: Client;
beforeEach(async () => {
  github = await GitHub.start();
  github.addRepository('octo/app');
  github.addAdminToken('ghp_admin', { registrations: ['octo/app'] });
  client = clientOf(github);
});
afterEach(() => github.close());

test('a runner that GitHub knows by its id is not looked for by its name', async () => {
  github.addRunner('octo/app', { id: 7, name: 'box' });

  expect(await lookUp(runner, { client, log: silentLog })).toMatchObject({
    registered: { id: 7 },
    namesakes: [],
  });
  expect(github.requests).toHaveLength(1);
});

test('a runner that GitHub lists, and says it does not know by its id, is registered', async () => {
  github.addRunner('octo/app', { id: 7, name: 'Box' });
  github.intercept = ({ url }, response) => {
    const isById = url?.endsWith('/runners/7') ?? false;
    if (isById) {
      github.send(response, { status: 404, body: { message: 'Not Found' } });
    }
    return isById;
  };

  expect(await lookUp(runner, { client, log: silentLog })).toMatchObject({
    registered: { id: 7, name: 'Box' },
    namesakes: [],
  });
});

test('another runner of the same name is told apart', async () => {
  github.addRunner('octo/app', { id: 8, name: 'box' });

  expect(await lookUp(runner, { client, log: silentLog })).toMatchObject({
    registered: undefined,
    namesakes: [{ id: 8 }],
  });
});

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startGitHub } from '../support.ts';
import {
  adminToken,
  classicToken,
  expectFailure,
  expectNoSecret,
  isRoot,
  ordinaryUser,
  organization,
  repository,
  World,
} from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.end());

test.each(isRoot ? ['an ordinary user', 'root'] : ['an ordinary user'])(
  'run as %s, a step creates a token of the current repository with one request, and masks it first',
  async (who) => {
    const result = await world.run({}, isRoot && who !== 'root' ? { user: ordinaryUser } : {});

    expect(result.conclusion).toBe('success');
    expect(world.requests).toEqual([`POST /repos/${repository}/actions/runners/remove-token`]);
    const [issued] = world.github.issuedTokens;
    expect(issued?.registration).toBe(repository);
    expect(result.outputs).toEqual({ 'remove-token': issued?.token, 'expires-at': expect.any(String) });
    expect(new Date(result.outputs['expires-at'] ?? '')).toEqual(issued?.expiresAt);
    expect(result.log).toContain(
      `Created a remove token for repository ${repository} (from the current repository). It expires at ${result.outputs['expires-at']}.`,
    );
    expect(result.summary).toBe('');

    const [first, ...lines] = result.stdout.split(/\r?\n/);
    // What is logged before GitHub responds cannot contain the token.
    const [second] = lines.filter((line) => !/^::debug::(Inputs|Requesting a remove token)/.test(line));
    expect(first).toBe(`::add-mask::${adminToken}`);
    expect(second).toBe(`::add-mask::${issued?.token}`);
    expect(result.masks).toEqual([adminToken, issued?.token]);
    expectNoSecret(world, result);
  },
);

test.each([
  [{ repo: 'OCTO-ORG/Other-Repo.git' }, `${organization}/other-repo`, 'POST /repos/OCTO-ORG/Other-Repo'],
  [
    { owner: organization, repo: 'other-repo' },
    `${organization}/other-repo`,
    'POST /repos/octo-org/other-repo',
  ],
  [{ organization }, organization, 'POST /orgs/octo-org'],
  [{ token: classicToken, enterprise: 'acme' }, 'enterprises/acme', 'POST /enterprises/acme'],
])('the token is for the registration in the inputs: %j', async (inputs, registration, request) => {
  const result = await world.run(inputs);

  expect(result.conclusion).toBe('success');
  expect(world.requests).toEqual([`${request}/actions/runners/remove-token`]);
  expect(world.github.issuedTokens).toMatchObject([{ registration, token: result.outputs['remove-token'] }]);
  expect(result.log).toContain('(from the inputs)');
});

test.each([
  ['GitHub.com', ''],
  ['GitHub Enterprise Server', '/api/v3'],
])('github-api-url names another server, with an API root as on %s', async (_, path) => {
  const other = await startGitHub();
  const apiUrl = `${other.serverUrl}${path}`;

  const result = await world.run({ token: 'ghp_admin', repo: 'octo/app', 'github-api-url': apiUrl });

  expect(result.conclusion).toBe('success');
  expect(world.requests).toEqual([]);
  expect(other.requests).toHaveLength(1);
});

test('a teardown that removes nothing is a warning that says what to add', async () => {
  const result = await world.run({ 'runner-directory': '/opt/actions-runner', 'dry-run': 'true' });

  expect(result.conclusion).toBe('success');
  expect(result.annotations).toMatchObject(
    ['runner-directory', 'dry-run'].map((input) => ({
      level: 'warning',
      message: expect.stringMatching(
        new RegExp(`"${input}" has no effect: "remove" is "false".* set "remove" to "true"`),
      ),
    })),
  );
});

test('a process that ends before the step has ended fails the step', async () => {
  // Nothing is left to wait for, and nothing reports an error.
  const noResponse = `
    import http from 'node:http';
    http.request = () => ({ on() { return this; }, end() {} });
  `;
  const preloaded = `--import=data:text/javascript,${encodeURIComponent(noResponse)}`;

  const result = await world.run({}, { environment: { NODE_OPTIONS: preloaded } });

  expect(result).toMatchObject({ conclusion: 'failure', exitCode: 13, outputs: {} });
});

test('a request without a response fails after 30 seconds', async () => {
  world.github.intercept = () => true;
  // Makes the time limit pass 100 times as fast.
  const faster =
    'const { timeout } = AbortSignal; AbortSignal.timeout = (time) => timeout.call(AbortSignal, time / 100);';
  const environment = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(faster)}` };

  const result = await world.run({ retries: '0' }, { environment });

  expectFailure(result, 'timed out after 30 seconds', 'section "network"');
});

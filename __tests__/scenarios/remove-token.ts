import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  accountsFor,
  adminToken,
  classicToken,
  expectFailure,
  expectNoSecret,
  organization,
  repository,
  type Subject,
  World,
} from '../world.ts';

/** What asking for a token looks like to a user, whatever is under test. */
export function describeRemoveToken(subject: Subject): void {
  let world: World;
  beforeEach(async () => {
    world = await World.start(subject);
  });
  afterEach(() => world.end());

  describe.each(accountsFor(subject))('a step that asks for a token, run $who', ({ user }) => {
    const options = user === undefined ? {} : { user };

    test('gets the remove token of the current repository with exactly one request', async () => {
      const result = await world.run({}, options);

      expect(result.conclusion).toBe('success');
      expect(world.requests).toEqual([`POST /repos/${repository}/actions/runners/remove-token`]);
      const [issued] = world.github.issuedTokens;
      expect(issued?.registration).toBe(repository);
      expect(result.outputs).toEqual({ 'remove-token': issued?.token, 'expires-at': expect.any(String) });
      expect(new Date(result.outputs['expires-at'] ?? '')).toEqual(issued?.expiresAt);
      expect(result.log).toContain(
        `Remove token for the repository ${repository} (from the current repository), expires at ${result.outputs['expires-at']}`,
      );
      expectNoSecret(world, result);
    });

    test('has both secrets masked before any other line that could hold them', async () => {
      const result = await world.run({}, options);

      const [first, ...lines] = result.stdout.split(/\r?\n/);
      // What the debug log says before GitHub has answered cannot hold the token.
      const [second] = lines.filter((line) => !/^::debug::(Inputs|A remove token is asked for)/.test(line));
      expect(first).toBe(`::add-mask::${adminToken}`);
      expect(second).toBe(`::add-mask::${result.outputs['remove-token']}`);
      expect(result.masks).toEqual([adminToken, result.outputs['remove-token']]);
    });
  });

  test.each([
    [{ repo: 'octo-repo' }, repository, `POST /repos/octo-org/octo-repo`],
    [{ repo: 'OCTO-ORG/Other-Repo.git' }, `${organization}/other-repo`, 'POST /repos/OCTO-ORG/Other-Repo'],
    [
      { owner: organization, repo: 'other-repo' },
      `${organization}/other-repo`,
      'POST /repos/octo-org/other-repo',
    ],
    [{ organization }, organization, 'POST /orgs/octo-org'],
    [{ token: classicToken, enterprise: 'acme' }, 'enterprises/acme', 'POST /enterprises/acme'],
  ])('the inputs %j address exactly that registration', async (inputs, registration, request) => {
    const result = await world.run(inputs);

    expect(result.conclusion).toBe('success');
    expect(world.requests).toEqual([`${request}/actions/runners/remove-token`]);
    expect(world.github.issuedTokens).toMatchObject([
      { registration, token: result.outputs['remove-token'] },
    ]);
    expect(result.log).toContain('(from the inputs)');
  });

  test('with step debug logging on, the log tells which registration was chosen and why, and what GitHub answered', async () => {
    const result = await world.run({}, { environment: { ACTIONS_STEP_DEBUG: 'true' } });

    expect(result.log).toMatch(
      /##\[debug\]A remove token is asked for, for the repository octo-org\/octo-repo \(from the current repository\)\./,
    );
    expect(result.log).toMatch(
      /##\[debug\]POST \/repos\/octo-org\/octo-repo\/actions\/runners\/remove-token: 201 in \d+ ms, request id [\dA-F:]+, 4999 requests left/,
    );
    expectNoSecret(world, result);
  });

  test('the token goes to the server that github-api-url names, not to the one the workflow runs on', async () => {
    const other = await World.start();
    try {
      const result = await world.run({ 'github-api-url': other.github.apiUrl });

      expect(result.conclusion).toBe('success');
      expect(world.requests).toEqual([]);
      expect(other.requests).toHaveLength(1);
    } finally {
      await other.end();
    }
  });

  test('the repository was renamed: the request is redirected, and the token is that of the new name', async () => {
    world.github.renameRepository(repository, `${organization}/renamed`);

    const result = await world.run({});

    expect(result.conclusion).toBe('success');
    expect(world.github.issuedTokens).toMatchObject([{ registration: `${organization}/renamed` }]);
  });

  describe('when GitHub does not give the token, the step says why and what to do:', () => {
    test('a token that is not valid', async () => {
      const result = await world.run({ token: 'ghp_unknown' });

      expectFailure(
        result,
        /answered 401, "Bad credentials"/,
        /expired, revoked/,
        /Make a new token/,
        /#bad-credentials/,
      );
      expect(result.outputs).toEqual({});
      expectNoSecret(world, result);
    });

    test.each([
      [
        'ghs_workflow',
        /403, "Resource not accessible by integration"/,
        /GITHUB_TOKEN, which can never do this, or that of a GitHub App/,
        /#github-token-not-allowed/,
      ],
      [
        'github_pat_other',
        /403, "Resource not accessible by personal access token"/,
        /lacks the permission/,
        /#missing-permission/,
      ],
    ])('a token without the permission (%s)', async (token, said, cause, section) => {
      world.github.addAdminToken(token, { registrations: [] });

      const result = await world.run({ token });

      expectFailure(result, said, cause, /"Administration: write"/, /GitHub request id: \w+:/, section);
    });

    test('a repository that the token cannot see', async () => {
      world.github.addAdminToken('ghp_other', { registrations: [] });

      const result = await world.run({ token: 'ghp_other' });

      expectFailure(
        result,
        /answered 404/,
        /no admin rights on the repository octo-org\/octo-repo/,
        /spelling/,
        /#not-found/,
      );
    });

    test('a server that is not there', async () => {
      await world.github.close();

      const result = await world.run({ retries: '0' });

      expectFailure(
        result,
        /127\.0\.0\.1:\d+ did not answer \(.*ECONNREFUSED/,
        /Nothing listens there/,
        /#network/,
      );
    });

    test.each([
      ['an empty token', 201, { token: '', expires_at: '2026-11-21T10:00:00Z' }],
      ['a token with a line break', 201, { token: 'AB\nC', expires_at: '2026-11-21T10:00:00Z' }],
      ['a token that is a number', 201, { token: 1, expires_at: '2026-11-21T10:00:00Z' }],
      ['a date that is none', 201, { token: 'ABC', expires_at: 'soon' }],
      ['no date', 201, { token: 'ABC' }],
      ['another status', 200, { token: 'ABC', expires_at: '2026-11-21T10:00:00Z' }],
      ['a page to sign in', 201, '<html>Sign in</html>'],
      ['nothing', 201, undefined],
    ])('an answer that is wrong: %s', async (_, status, body) => {
      world.github.intercept = (_request, response) => {
        world.github.send(response, { status, body });
        return true;
      };

      const result = await world.run({ retries: '0' });

      expectFailure(result, /the answer cannot be used/, /#invalid-response/);
      expect(result.outputs).toEqual({});
    });

    test('a redirect to another host, which the token is not sent to', async () => {
      const other = await World.start();
      world.github.intercept = (request, response) => {
        world.github.send(response, {
          status: 307,
          headers: { location: `${other.github.serverUrl}${request.url}` },
        });
        return true;
      };
      try {
        const result = await world.run({});

        expectFailure(result, /redirected a request to .*, which was not followed/, /#invalid-response/);
        expect(other.github.requests).toEqual([]);
      } finally {
        await other.end();
      }
    });
  });
}

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

/** A step that creates a remove token, as a user sees it. */
export function describeRemoveToken(subject: Subject): void {
  let world: World;
  beforeEach(async () => {
    world = await World.start(subject);
  });
  afterEach(() => world.end());

  describe.each(accountsFor(subject))('a step without `remove`, run $who,', ({ user }) => {
    const options = user === undefined ? {} : { user };

    test('creates a remove token for the current repository with exactly one request', async () => {
      const result = await world.run({}, options);

      expect(result.conclusion).toBe('success');
      expect(world.requests).toEqual([`POST /repos/${repository}/actions/runners/remove-token`]);
      const [issued] = world.github.issuedTokens;
      expect(issued?.registration).toBe(repository);
      expect(result.outputs).toEqual({ 'remove-token': issued?.token, 'expires-at': expect.any(String) });
      expect(new Date(result.outputs['expires-at'] ?? '')).toEqual(issued?.expiresAt);
      expect(result.log).toContain(
        `Created a remove token for repository ${repository} (from the current repository). It expires at ${result.outputs['expires-at']}.`,
      );
      expectNoSecret(world, result);
    });

    test('masks both secrets before it writes any line that could contain them', async () => {
      const result = await world.run({}, options);

      const [first, ...lines] = result.stdout.split(/\r?\n/);
      // The debug log cannot contain the token before GitHub responds.
      const [second] = lines.filter((line) => !/^::debug::(Inputs|Requesting)/.test(line));
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
  ])('the inputs %j name exactly that registration', async (inputs, registration, request) => {
    const result = await world.run(inputs);

    expect(result.conclusion).toBe('success');
    expect(world.requests).toEqual([`${request}/actions/runners/remove-token`]);
    expect(world.github.issuedTokens).toMatchObject([
      { registration, token: result.outputs['remove-token'] },
    ]);
    expect(result.log).toContain('(from the inputs)');
  });

  test('with debug logging, the log shows the registration, where it was named, and the response', async () => {
    const result = await world.run({}, { environment: { ACTIONS_STEP_DEBUG: 'true' } });

    expect(result.log).toMatch(
      /##\[debug\]Requesting a remove token for repository octo-org\/octo-repo \(from the current repository\)\./,
    );
    expect(result.log).toMatch(
      /##\[debug\]POST \/api\/v3\/repos\/octo-org\/octo-repo\/actions\/runners\/remove-token: 201 in \d+ ms, request ID [\dA-F:]+, 4999 requests left/,
    );
    expectNoSecret(world, result);
  });

  test('the admin token is sent to the server in github-api-url, not to the server of the workflow', async () => {
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

  test('a renamed repository is found under its former name', async () => {
    world.github.renameRepository(repository, `${organization}/renamed`);

    const result = await world.run({});

    expect(result.conclusion).toBe('success');
    expect(world.github.issuedTokens).toMatchObject([{ registration: `${organization}/renamed` }]);
  });

  describe('if GitHub does not create the token, the step says why and what to do:', () => {
    test('an invalid admin token', async () => {
      const result = await world.run({ token: 'ghp_unknown' });

      expectFailure(
        result,
        /GitHub responded 401, "Bad credentials"/,
        /expired, revoked/,
        /Create a new token/,
        /section "bad-credentials"/,
      );
      expect(result.outputs).toEqual({});
      expectNoSecret(world, result);
    });

    test.each([
      [
        'ghs_workflow',
        /403, "Resource not accessible by integration"/,
        /GITHUB_TOKEN, which cannot manage runners, or comes from a GitHub App/,
        /section "github-token-not-allowed"/,
      ],
      [
        'github_pat_other',
        /403, "Resource not accessible by personal access token"/,
        /does not have the required permission/,
        /section "missing-permission"/,
      ],
    ])('an admin token without the permission: %s', async (token, said, cause, section) => {
      world.github.addAdminToken(token, { registrations: [] });

      const result = await world.run({ token });

      expectFailure(result, said, cause, /"Administration: write"/, /GitHub request ID: \w+:/, section);
    });

    test('a repository that the admin token cannot see', async () => {
      world.github.addAdminToken('ghp_other', { registrations: [], scopes: 'repo' });

      const result = await world.run({ token: 'ghp_other' });

      expectFailure(result, /GitHub responded 404/, /octo-org\/octo-repo/, /spelling/, /section "not-found"/);
    });

    test('a server that is down', async () => {
      await world.github.close();

      const result = await world.run({ retries: '0' });

      expectFailure(result, /127\.0\.0\.1:\d+ .*ECONNREFUSED/, /section "network"/);
    });

    test.each([
      ['an empty token', 201, { token: '', expires_at: '2026-11-21T10:00:00Z' }],
      ['a token with a line break', 201, { token: 'AB\nC', expires_at: '2026-11-21T10:00:00Z' }],
      ['a token that is a number', 201, { token: 1, expires_at: '2026-11-21T10:00:00Z' }],
      ['an invalid date', 201, { token: 'ABC', expires_at: 'soon' }],
      ['no date', 201, { token: 'ABC' }],
      ['another status', 200, { token: 'ABC', expires_at: '2026-11-21T10:00:00Z' }],
      ['a sign-in page', 201, '<html>Sign in</html>'],
      ['nothing', 201, undefined],
    ])('an invalid response: %s', async (_, status, body) => {
      world.github.intercept = (_request, response) => {
        world.github.send(response, { status, body });
        return true;
      };

      const result = await world.run({ retries: '0' });

      expectFailure(result, /response/, /section "invalid-response"/);
      expect(result.outputs).toEqual({});
    });

    test('a redirect to another host, where the admin token is not sent', async () => {
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

        expectFailure(result, /127\.0\.0\.1:\d+/, /section "invalid-response"/);
        expect(other.github.requests).toEqual([]);
      } finally {
        await other.end();
      }
    });
  });
}

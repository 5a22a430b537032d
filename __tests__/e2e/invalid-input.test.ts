import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Installation } from '../../sandbox/installation.ts';
import { adminToken, expectFailure, expectNoSecret, World } from '../world.ts';

let world: World;
let installation: Installation;
beforeAll(async () => {
  world = await World.start();
  ({ installation } = await world.install('octo-org/octo-repo', 'box'));
});
afterAll(() => world.end());

describe('an input that cannot be used fails the step before anything is requested or changed:', () => {
  test.each([
    ['an empty token', { token: '' }, 'token', /a token with admin rights/],
    ['a blank token', { token: ' \t ' }, 'token', /a token with admin rights/],
    ['a token with a line break', { token: 'ghp_first\nghp_second' }, 'token', /on one line/],
    ['an owner with a slash', { owner: 'octo/org', repo: 'app' }, 'owner', /letters, digits/],
    ['an owner without a repo', { owner: 'octo-org' }, 'owner', /organization instead of owner/],
    [
      'an owner that contradicts the repo',
      { owner: 'other', repo: 'octo-org/app' },
      'owner',
      /the same owner/,
    ],
    ['a repo that is ..', { repo: '..' }, 'repo', /letters, digits/],
    ['a repo with two slashes', { repo: 'a/b/c' }, 'repo', /owner\/name/],
    ['a repo with .. in it', { repo: 'octo-org/..' }, 'repo', /owner\/name/],
    [
      'an organization together with a repo',
      { organization: 'octo-org', repo: 'app' },
      'organization',
      /one of/,
    ],
    ['an organization and an enterprise', { organization: 'a', enterprise: 'b' }, 'organization', /one of/],
    ['an enterprise with a space', { enterprise: 'a b' }, 'enterprise', /letters, digits/],
    ['remove: maybe', { remove: 'maybe' }, 'remove', /false, true or after-job/],
    [
      'remove without a directory',
      { remove: 'true' },
      'runner-directory',
      /directories of runner installations/,
    ],
    ['a dry run that is neither', { 'dry-run': 'perhaps' }, 'dry-run', /true or false/],
    ['a negative number of retries', { retries: '-1' }, 'retries', /0 to 10/],
    ['a number of retries in words', { retries: 'many' }, 'retries', /0 to 10/],
    ['too many retries', { retries: '11' }, 'retries', /0 to 10/],
    [
      'an API URL that is none',
      { 'github-api-url': 'api.github.com' },
      'github-api-url',
      /https:\/\/api\.github/,
    ],
    ['an API URL with ftp', { 'github-api-url': 'ftp://127.0.0.1' }, 'github-api-url', /over https/],
    [
      'an API URL with http',
      { 'github-api-url': 'http://ghes.example/api/v3' },
      'github-api-url',
      /over https/,
    ],
    [
      'an API URL with a password',
      { 'github-api-url': 'https://me:hunter2@host/api/v3' },
      'github-api-url',
      /pass/,
    ],
    ['an API URL with a query', { 'github-api-url': 'https://host/api/v3?x' }, 'github-api-url', /query/],
  ] satisfies [string, Record<string, string>, string, RegExp][])(
    '%s',
    async (_, inputs: Record<string, string>, input, accepted) => {
      const before = await installation.snapshot();

      const result = await world.run(inputs);

      expectFailure(
        result,
        `The input "${input}" cannot be used`,
        accepted,
        /Nothing was requested/,
        /#invalid-input/,
      );
      expect(result.log).not.toContain('hunter2');
      expect(result.outputs).toEqual({});
      expect(world.github.requests).toEqual([]);
      expect(await installation.snapshot()).toEqual(before);
      expectNoSecret(world, result);
    },
  );

  test('a token with a line break is masked all the same', async () => {
    const result = await world.run({ token: `${adminToken}\nsecond-line` });

    expectFailure(result, /line break/);
    expectNoSecret(world, result);
    expect(result.log).not.toContain('second-line');
  });
});

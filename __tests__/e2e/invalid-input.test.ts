import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Installation } from '../../sandbox/installation.ts';
import { adminToken, expectFailure, expectNoSecret, World } from '../world.ts';

let world: World;
let installation: Installation;
beforeAll(async () => {
  world = await World.start();
  ({ installation } = await world.install('octo-org/octo-repo', 'box'));
});
afterAll(() => world.end());

// Every input is tested in inputs.test.ts.
test.each<[string, Record<string, string>, ...RegExp[]]>([
  ['an empty token', { token: '' }, /"token" is empty/, /secret does not exist/],
  ['a token with a line break', { token: `${adminToken}\nsecond-line` }, /a line break/, /on one line/],
  [
    'an API URL with a password',
    { 'github-api-url': 'https://me:hunter2@host/api/v3' },
    /"github-api-url" is invalid: "https:\/\/\*\*\*@host\/api\/v3"/,
    /user name or password/,
  ],
  ['an unknown word', { remove: 'maybe' }, /"remove" is invalid: "maybe"/, /"false", "true" or "after-job"/],
  ['no runner', { 'runner-directory': '' }, /no runner is selected/, /set "runner-directory"/],
  ['the last input', { retries: '11' }, /"retries" is invalid: "11"/, /integer from 0 to 10/],
])(
  'an input that cannot be used fails the step before anything else happens: %s',
  async (_, wrong, ...said) => {
    const before = await installation.snapshot();

    const result = await world.run({ remove: 'true', 'runner-directory': installation.directory, ...wrong });

    expectFailure(result, ...said, /Nothing was requested or changed/, 'section "invalid-input"');
    expect(result.log).not.toMatch(/hunter2|second-line/);
    expect(result.outputs).toEqual({});
    expect(world.github.requests).toEqual([]);
    expect(await installation.snapshot()).toEqual(before);
    expectNoSecret(world, result);
  },
);

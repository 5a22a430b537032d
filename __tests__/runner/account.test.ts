import { describe, expect, test } from '@jest/globals';
import { scriptAccount } from '../../src/runner/account.ts';

const directory = '/opt/actions-runner';
const ofNobody = { directory, owner: { uid: 65534, gid: 100 } };

describe('the account that runs config.sh', () => {
  test('is its own for an ordinary user', async () => {
    expect(await scriptAccount(ofNobody, 'linux', false, [])).toEqual({ prefix: [], environment: {} });
  });

  test("is root for root's own installation, and config.sh is told that this is meant", async () => {
    const installation = { directory, owner: { uid: 0, gid: 0 } };

    expect(await scriptAccount(installation, 'linux', true, [])).toEqual({
      prefix: [],
      environment: { RUNNER_ALLOW_RUNASROOT: '1' },
    });
  });

  test("is the owner, with the owner's group and home, for root on Linux", async () => {
    const { prefix, environment } = await scriptAccount(ofNobody, 'linux', true, []);

    expect(prefix).toEqual([
      'setpriv',
      '--reuid=65534',
      expect.stringMatching(/^--regid=\d+$/),
      '--init-groups',
      '--',
    ]);
    expect(environment).toEqual({ USER: 'nobody', LOGNAME: 'nobody', HOME: expect.stringMatching(/^\//) });
  });

  test('is the owner by number where the machine has no account for it', async () => {
    const installation = { directory, owner: { uid: 54321, gid: 12345 } };

    expect(await scriptAccount(installation, 'linux', true, [])).toEqual({
      prefix: ['setpriv', '--reuid=54321', '--regid=12345', '--clear-groups', '--'],
      environment: { HOME: directory },
    });
  });

  test('is the owner through sudo, with the variables that the script needs, for root on macOS', async () => {
    expect(await scriptAccount(ofNobody, 'darwin', true, ['PATH', 'LANG'])).toEqual({
      prefix: ['sudo', '-n', '-H', '-u', '#65534', '--preserve-env=PATH,LANG', '--'],
      environment: {},
    });
  });
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { scriptContext } from '../../src/runner/account.ts';
import { asOwner, runScript, type ScriptContext } from '../../src/runner/script.ts';
import { temporaryDirectory, writeScript } from '../support.ts';
import { isRoot } from '../world.ts';

const environment = { PATH: String(process.env['PATH']), LANG: 'C' };
const directory = '/opt/actions-runner';
const ofNobody = { directory, owner: { uid: 65534, gid: 100 } };

describe('the account that runs config.sh', () => {
  test('is its own for an ordinary user', async () => {
    expect(await scriptContext(ofNobody, 'linux', false, environment)).toEqual({
      directory,
      platform: 'linux',
      ownerPrefix: [],
      environment,
    });
  });

  test("is root for root's own installation, with the variable that allows it", async () => {
    const installation = { directory, owner: { uid: 0, gid: 0 } };

    expect(await scriptContext(installation, 'linux', true, environment)).toEqual({
      directory,
      platform: 'linux',
      ownerPrefix: [],
      environment: { ...environment, RUNNER_ALLOW_RUNASROOT: '1' },
    });
  });

  test("is the owner, with the owner's group and home, for root on Linux", async () => {
    expect(await scriptContext(ofNobody, 'linux', true, environment)).toEqual({
      directory,
      platform: 'linux',
      ownerPrefix: [
        'setpriv',
        '--reuid=65534',
        expect.stringMatching(/^--regid=\d+$/),
        '--init-groups',
        '--',
      ],
      environment: {
        ...environment,
        USER: 'nobody',
        LOGNAME: 'nobody',
        HOME: expect.stringMatching(/^\//),
      },
    });
  });

  test('is the owner by number where the machine has no account for it', async () => {
    expect(await scriptContext(installation, 'linux', true, environment)).toMatchObject({
      ownerPrefix: ['setpriv', '--reuid=54321', '--regid=12345', '--clear-groups', '--'],
      environment: { ...environment, HOME: directory },
    });
  });

  const installation = { directory, owner: { uid: 54321, gid: 12345 } };

  /** The account of an owner whose entry `getent` prints. */
  async function contextOf(entry: string): Promise<ScriptContext> {
    const programs = await temporaryDirectory();
    await writeScript(join(programs, 'getent'), `echo "${entry}"`);
    const PATH = `${programs}:${environment.PATH}`;
    return scriptContext(installation, 'linux', true, { PATH });
  }

  test('is what the entry of the account says', async () => {
    expect(await contextOf('box::54321:100:A box:/home/box:/bin/sh')).toMatchObject({
      ownerPrefix: ['setpriv', '--reuid=54321', '--regid=100', '--init-groups', '--'],
      environment: { USER: 'box', LOGNAME: 'box', HOME: '/home/box' },
    });
  });

  test.each(['box:x:54321:::/home/box:/bin/sh', 'box:x:54321:100:::', ':x:54321:100::/home/box:'])(
    'is the owner by number where the entry of the account lacks something: %s',
    async (entry) => {
      expect(await contextOf(entry)).toMatchObject({
        ownerPrefix: expect.arrayContaining(['--reuid=54321', '--regid=12345', '--clear-groups']),
      });
    },
  );

  test('is the owner through sudo, which passes on what the script needs, for root on macOS', async () => {
    expect(await scriptContext(ofNobody, 'darwin', true, environment)).toEqual({
      directory,
      platform: 'darwin',
      ownerPrefix: [
        ...['sudo', '-n', '-H', '-u', '#65534'],
        '--preserve-env=PATH,LANG,ACTIONS_RUNNER_INPUT_TOKEN',
        '--',
      ],
      environment,
    });
  });

  // Linux may have sudo too, which is as good as that of macOS to see what becomes of the environment.
  if (isRoot && existsSync('/usr/bin/sudo')) {
    test('is told the remove token through sudo', async () => {
      const script = await scriptContext({ ...ofNobody, directory: '/' }, 'darwin', true, environment);

      const { output } = await runScript(
        asOwner(script, ['sh', '-c', 'echo "$(id -u) $LANG $ACTIONS_RUNNER_INPUT_TOKEN"']),
        script,
        { ACTIONS_RUNNER_INPUT_TOKEN: 'the-remove-token' },
      );

      expect(output.trim()).toBe('65534 C the-remove-token');
    });
  }
});

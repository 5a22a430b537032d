import {
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  decideOutcome,
  removeLocalConfiguration,
  removeWithConfigScript,
} from '../../src/runner/config-script.ts';
import type { ScriptContext } from '../../src/runner/script.ts';
import { scriptIn, temporaryDirectory, writeScript } from '../support.ts';
import { createWindows } from './windows.ts';

let directory: string;
let context: ScriptContext;
beforeEach(async () => {
  // A name that would be several arguments, or none, to whoever does not quote it.
  directory = await temporaryDirectory("my runner '$(x)' ");
  context = scriptIn(directory);
  await writeFile(join(directory, '.runner'), '');
});

const configScript = (...lines: string[]) => writeScript(join(directory, 'config.sh'), ...lines);

function content(name: string): Promise<string> {
  return readFile(join(directory, name), 'utf8');
}

describe('how config.sh remove ended', () => {
  const line = (status: string, request: string) => `Http response code: ${status} from '${request}'`;
  const api = 'https://api.github.com';
  const deletion = `Delete ${api}/repos/octo/app/actions/runners/7`;
  const exchange = `POST ${api}/actions/runner-registration`;
  const withId = (text: string) => `${text} (Request Id: C0D0:404:NotFound)`;
  const busy = '{"message":"Bad request - Runner \\"r1\\" is still running a job\\"","status":"422"}';

  test.each([
    // The newer flow.
    ['not-found', withId(line('NotFound', deletion))],
    ['not-found', line('NotFound', 'DELETE https://ghes.test/api/v3/orgs/octo/actions/runners/404')],
    ['busy', `${withId(line('UnprocessableEntity', deletion))}\n${busy}`],
    ['busy', `${busy}\n${line('NotFound', deletion)}`],
    ['token-refused', `${line('Unauthorized', deletion)}\n{"message":"Bad credentials"}`],
    ['token-refused', line('Forbidden', deletion)],
    ['failed', `${line('Forbidden', deletion)}\n{"message":"You have exceeded a secondary rate limit"}`],
    ['failed', line('InternalServerError', `Delete ${api}/repos/octo/404/actions/runners/404`)],
    ['failed', `${line('Unauthorized', deletion)}\n${line('BadGateway', deletion)}`],
    ['failed', line('NotFound', `${deletion}/labels`)],
    // The older flow.
    ['busy', 'Failed: Removing runner from the server\nThe runner "o1" is running a job for pool Default'],
    ['token-refused', `${withId(line('NotFound', exchange))}\r\n{"message":"Not Found"}\r\n`],
    ['token-refused', line('NotFound', 'POST https://ghes.test/api/v3/actions/runner-registration')],
    ['token-refused', line('Unauthorized', exchange)],
    ['failed', line('BadGateway', exchange)],
    ['failed', line('Unauthorized', `${exchange}/7`)],
    ['failed', 'Agent 404 not found in pool 1.'],
    // Neither.
    ['failed', 'Uninstall service first'],
    ['failed', line('NotFound', `Get ${api}/repos/NotFound/404/actions/runners?name=x`)],
    ['failed', 'Access to the path /srv/404/NotFound/actions/runners/1 is denied.'],
    ['failed', ''],
  ])('%s: %s', (outcome, output) => {
    expect(decideOutcome({ exitCode: 1, output }, true)).toBe(outcome);
  });

  test.each([
    [0, false, 'removed'],
    [0, true, 'failed'],
    [1, false, 'failed'],
    [null, false, 'failed'],
  ])('exit code %s, local configuration left: %s: %s', (exitCode, isLeft, outcome) => {
    expect(decideOutcome({ exitCode, output: '√ Runner removed successfully' }, isLeft)).toBe(outcome);
  });

  test.each([
    [
      'Cannot connect to server, because config files are missing. Skipping removing runner from the server.',
      true,
    ],
    [
      'Does not exist. Skipping Removing runner from the server\n\n√ Runner removed successfully\n√ Removed .credentials',
      true,
    ],
    ['√ Runner removed successfully\nDoes not exist. Skipping Removing .credentials', false],
  ])('the server is skipped when the script says so: %s', async (output, skippedServer) => {
    await configScript('rm .runner', `echo '${output}'`);

    expect(await removeWithConfigScript(context, 'AB12')).toMatchObject({
      outcome: 'removed',
      skippedServer,
    });
  });
});

test.each(['.runner', '.runner_migrated', '.credentials', '.credentials_migrated'])(
  'a removal that leaves %s failed, whatever the script reports',
  async (name) => {
    await writeFile(join(directory, name), '');
    await configScript(`test ${name} = .runner || rm -f .runner`);

    expect(await removeWithConfigScript(context, 'AB12')).toMatchObject({ outcome: 'failed', exitCode: 0 });
    expect(await removeLocalConfiguration(context)).toMatchObject({ outcome: 'failed' });
  },
);

test('the script is run as the owner, and only a removal from the server gets the token', async () => {
  await configScript('echo "$AS $* $ACTIONS_RUNNER_INPUT_TOKEN"');
  const asSomebody = { ...context, ownerPrefix: ['env', 'AS=somebody'] };

  expect((await removeWithConfigScript(asSomebody, 'AB12'))?.output).toBe('somebody remove AB12\n');
  expect((await removeLocalConfiguration(asSomebody)).output).toBe('somebody remove --local \n');
});

describe('on Windows', () => {
  test('config.cmd is run, which takes care of the service itself', async () => {
    const environment = await createWindows(directory);
    await writeFile(join(directory, '.service'), 'unit');
    await configScript('rm -f .runner', 'echo "$* $ACTIONS_RUNNER_INPUT_TOKEN $(ls -A)"');
    await rename(join(directory, 'config.sh'), join(directory, 'config.cmd'));
    const script: ScriptContext = { ...context, platform: 'win32', environment };

    const { output = '', ...result } = (await removeWithConfigScript(script, 'AB12')) ?? {};

    expect(output.trim().split(/\s+/)).toEqual(
      expect.arrayContaining(['remove', 'AB12', '.service', 'Windows']),
    );
    expect(output).not.toContain('.lock');
    expect(result).toMatchObject({ outcome: 'removed', warnings: [] });
    expect((await removeLocalConfiguration(script)).output).toMatch(/^remove --local/);
  });

  test('a script that cannot be started failed', async () => {
    const result = await removeWithConfigScript(
      { ...context, platform: 'win32', environment: { SystemRoot: directory } },
      'AB12',
    );

    expect(result).toMatchObject({
      outcome: 'failed',
      exitCode: null,
      output: expect.stringContaining('cmd.exe'),
    });
  });
});

describe('a removal that fails', () => {
  test('restores .path, also through a link, and .env', async () => {
    await writeFile(join(directory, 'target'), '/usr/bin', { mode: 0o640 });
    await symlink('target', join(directory, '.path'));
    await configScript('echo /tmp > .path', 'echo A=1 > .env', 'exit 7');

    expect(await removeWithConfigScript(context, 'AB12')).toMatchObject({ exitCode: 7, warnings: [] });

    expect(await readlink(join(directory, '.path'))).toBe('target');
    expect(await content('target')).toBe('/usr/bin');
    expect((await stat(join(directory, 'target'))).mode & 0o777).toBe(0o640);
    expect(await readdir(directory)).toEqual(expect.not.arrayContaining(['.env']));
  });

  test('reports how it failed, and what could not be restored, each by itself', async () => {
    await writeFile(join(directory, '.path'), '/usr/bin');
    await writeFile(join(directory, '.env'), 'A=1');
    await writeFile(join(directory, '.service'), 'unit');
    await configScript(
      'echo "is still running a job"',
      'rm .path',
      'echo B=2 > .env',
      'rm .service.set-aside',
      'mkdir .service .service.set-aside',
      'exit 1',
    );

    expect(await removeWithConfigScript(context, 'AB12')).toMatchObject({
      outcome: 'busy',
      warnings: [
        expect.stringContaining(`${join(directory, '.path')} could not be restored`),
        expect.stringContaining(`The service marker of ${directory} could not be restored`),
      ],
    });
    expect(await content('.env')).toBe('A=1');
    expect((await readdir(directory)).sort()).toEqual([
      '.env',
      '.runner',
      '.service',
      '.service.set-aside',
      'config.sh',
    ]);
  });

  test('is refused before it begins when a file could not be restored', async () => {
    await writeFile(join(directory, '.path'), ' '.repeat(100_001));
    await writeFile(join(directory, '.service'), 'unit');
    await configScript('touch ran');

    await expect(removeWithConfigScript(context, 'AB12')).rejects.toMatchObject({ kind: 'removal-failed' });
    expect((await readdir(directory)).sort()).toEqual(['.path', '.runner', '.service', 'config.sh']);
  });

  test('is refused before it begins when the directory cannot be written to', async () => {
    await rm(directory, { recursive: true });

    await expect(removeWithConfigScript(context, 'AB12')).rejects.toMatchObject({
      kind: 'removal-failed',
      explanation: {
        happened: expect.stringMatching(/could not begin: ENOENT.*Nothing was changed\.$/),
        likelyCause: 'This account cannot create and rename files in the directory.',
        remedy: 'Fix the permissions of the directory, or run the step as its owner or as root.',
      },
      cause: expect.objectContaining({ code: 'ENOENT' }),
    });
  });
});

test('a removal that succeeds leaves the files as the script wrote them', async () => {
  await writeFile(join(directory, '.path'), '/usr/bin');
  await configScript('echo /tmp > .path; rm .runner');

  expect(await removeWithConfigScript(context, 'AB12')).toMatchObject({ outcome: 'removed', warnings: [] });

  expect(await content('.path')).toBe('/tmp\n');
});

describe('the marker of a service', () => {
  test.each([
    ['.service', 0],
    ['.service', 1],
    // A crash left it there.
    ['.service.set-aside', 0],
  ])('is set aside for config.sh, and in its place afterwards: %s, exit code %i', async (name, code) => {
    await writeFile(join(directory, name), 'unit');
    await configScript('test -e .service && echo "Uninstall service first"', `exit ${code}`);

    expect(await removeWithConfigScript(context, 'AB12')).toMatchObject({ exitCode: code, output: '' });
    expect(await content('.service')).toBe('unit');
  });
});

test('of two removals at once, the second has nothing left to do', async () => {
  await configScript('sleep 0.1; rm .runner; echo >> runs');

  const results = await Promise.all([
    removeWithConfigScript(context, 'AB12'),
    removeWithConfigScript(context, 'AB12'),
  ]);

  expect(results).toEqual([expect.objectContaining({ outcome: 'removed' }), undefined]);
  expect(await content('runs')).toBe('\n');
});

describe('a local removal', () => {
  test('deletes a private key that was left behind, but only when it succeeds', async () => {
    const key = join(directory, '.credentials_rsaparams');
    await writeFile(key, '');
    await configScript('exit 1');
    await removeLocalConfiguration(context);
    expect((await lstat(key)).isFile()).toBe(true);

    await configScript('rm -f .runner');
    expect(await removeLocalConfiguration(context)).toMatchObject({ outcome: 'removed', warnings: [] });
    await expect(lstat(key)).rejects.toThrow('ENOENT');
    expect(await removeLocalConfiguration(context)).toMatchObject({ outcome: 'removed', warnings: [] });
  });

  test('reports a private key that cannot be deleted', async () => {
    await mkdir(join(directory, '.credentials_rsaparams'));
    await configScript('rm .runner');

    expect(await removeLocalConfiguration(context)).toMatchObject({
      outcome: 'removed',
      warnings: [
        expect.stringContaining(`${join(directory, '.credentials_rsaparams')} could not be deleted`),
      ],
    });
  });
});

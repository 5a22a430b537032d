import { spawn } from 'node:child_process';
import { chownSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import { Installation, type InstallationOptions } from '../../sandbox/installation.ts';

const isRoot = process.getuid?.() === 0;
/** config.sh refuses to run as root. */
const nobody = isRoot ? { uid: 65534, gid: 65534 } : undefined;

let github: GitHub;
let installation: Installation;
let id: number;

beforeAll(async () => {
  github = await GitHub.start();
  github.addRepository('octo/app', { id: 42 });
  github.addAdminToken('ghp_admin', { registrations: ['octo/app'] });
});
afterAll(() => github.close());
afterEach(async () => {
  github.removeRunner('octo/app', id);
  github.intercept = undefined;
  await installation.remove();
});

/** Registers and installs a runner. Returns a remove token. */
async function install(options: Partial<InstallationOptions> = {}): Promise<string> {
  ({ id } = github.addRunner('octo/app', { name: 'box 7' }));
  installation = await Installation.create({
    agentId: id,
    agentName: 'box 7',
    gitHubUrl: `${github.serverUrl}/octo/app`,
    ...(nobody && { owner: nobody }),
    ...options,
  });
  await fetch(`${github.apiUrl}/repos/octo/app/actions/runners/remove-token`, {
    method: 'POST',
    headers: { authorization: 'token ghp_admin' },
  });
  github.requests.length = 0;
  return github.issuedTokens.at(-1)?.token ?? '';
}

async function configure(
  token: string,
  { flags = [], user = nobody, ...variables }: Record<string, unknown> & { flags?: string[] } = {},
) {
  const child = spawn(join(installation.directory, 'config.sh'), ['remove', ...flags], {
    cwd: '/',
    env: {
      PATH: process.env['PATH'],
      LANG: 'C.UTF-8',
      ACTIONS_RUNNER_INPUT_TOKEN: token,
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user as typeof nobody),
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const [output, errors, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  const requestIds = /(?<=Request Id: )[\dA-F:]+/g;
  return { exitCode, output, errors: errors.replaceAll(requestIds, 'ID') };
}

const requests = () => github.requests.map(({ method, path, status }) => `${method} ${path} ${status}`);
const configuration = () =>
  ['.runner', '.credentials', '.credentials_rsaparams'].filter((name) =>
    existsSync(join(installation.directory, name)),
  );
const removed = '√ Removed .credentials\n√ Removed .runner\n\n';

describe.each([
  { flow: 'newer', useRunnerAdminFlow: true },
  { flow: 'older', useRunnerAdminFlow: false },
])('config.sh remove in the $flow flow', ({ useRunnerAdminFlow }) => {
  const registration = 'POST /api/v3/actions/runner-registration';
  const service = '/_services/pipelines/octo/app/_apis/distributedtask/pools/0/agents';
  const runner = () => `/api/v3/repos/octo/app/actions/runners/${id}`;

  test('deregisters the runner and deletes its configuration', async () => {
    const token = await install({ useRunnerAdminFlow });
    expect(await configure(token)).toEqual({
      exitCode: 0,
      output: `\n# Runner removal\n\n\n√ Runner removed successfully\n${removed}`,
      errors: '',
    });
    expect(requests()).toEqual(
      useRunnerAdminFlow
        ? [`DELETE ${runner()} 204`]
        : [`${registration} 200`, `GET ${service}?agentName=box%207 200`, `DELETE ${service}/${id} 204`],
    );
    expect(configuration()).toEqual([]);
  });

  test('prints how GitHub refused the token', async () => {
    await install({ useRunnerAdminFlow });
    const { exitCode, errors } = await configure('AAAA');
    const [verb, url] = useRunnerAdminFlow
      ? ['Delete', github.serverUrl + runner()]
      : ['POST', `${github.apiUrl}/actions/runner-registration`];
    expect(exitCode).toBe(1);
    expect(errors.split('\n')).toEqual([
      `Http response code: NotFound from '${verb} ${url}' (Request Id: ID)`,
      expect.stringContaining('"message":"Not Found"'),
      'Failed: Removing runner from the server',
      'Response status code does not indicate success: 404 (Not Found).',
      '',
    ]);
    expect(requests()).toHaveLength(1);
    expect(configuration()).toHaveLength(3);
  });

  test('prints that the runner is busy, but has already changed .path and .env', async () => {
    const token = await install({ useRunnerAdminFlow });
    github.setBusy('octo/app', id, true);
    const { '.path': path, '.env': env, ...others } = await installation.snapshot();
    const { exitCode, errors } = await configure(token, {
      NVM_BIN: '/nvm',
      PATH: `${process.env['PATH']}:/job`,
    });
    expect(exitCode).toBe(1);
    if (useRunnerAdminFlow) {
      const refused = `Http response code: UnprocessableEntity from 'Delete ${github.serverUrl}${runner()}' (Request Id: ID)`;
      expect(errors.split('\n').filter((line) => line === refused)).toHaveLength(3);
      expect(errors).toContain('Runner box 7 is currently running a job and cannot be deleted.');
      expect(errors).toMatch(
        /Failed: Removing runner from the server\nResponse status code does not indicate success: 422 \(Unprocessable Entity\)\.\n$/,
      );
    } else {
      expect(errors).toBe(
        'Failed: Removing runner from the server\nRunner "box 7" is still running a job"\n',
      );
    }
    expect(requests()).toHaveLength(3);
    const { '.path': newPath, '.env': newEnv, ...rest } = await installation.snapshot();
    expect([newPath === path, newEnv === env, rest]).toEqual([false, false, others]);
    expect(readFileSync(join(installation.directory, '.env'), 'utf8')).toBe('LANG=C.UTF-8\nNVM_BIN=/nvm\n');
  });
});

describe('config.sh remove', () => {
  test('succeeds in the older flow if the service does not find the runner, which stays registered', async () => {
    const token = await install({ useRunnerAdminFlow: false });
    github.hideFromRunnerSide('octo/app', id);
    expect(await configure(token)).toMatchObject({
      exitCode: 0,
      output: `\n# Runner removal\n\nDoes not exist. Skipping Removing runner from the server\n\n√ Runner removed successfully\n${removed}`,
    });
    expect(github.runners('octo/app').map((runner) => runner.id)).toContain(id);
  });

  test.each(['.runner', '.credentials'])('succeeds without a request if %s is missing', async (name) => {
    const token = await install();
    rmSync(join(installation.directory, name));
    expect(await configure(token)).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining(
        'Cannot connect to server, because config files are missing. Skipping removing runner from the server.\n',
      ),
    });
    expect(requests()).toEqual([]);
    // Without credentials the private key stays.
    expect(configuration()).toEqual(name === '.credentials' ? ['.credentials_rsaparams'] : []);
  });

  test('loses its token in a redirect', async () => {
    const token = await install();
    github.renameRepository('octo/app', 'octo/new');
    const { exitCode, errors } = await configure(token);
    github.renameRepository('octo/new', 'octo/app');
    expect(exitCode).toBe(1);
    expect(errors).toMatch(`NotFound from 'Delete ${github.apiUrl}/repos/octo/app/actions/runners/${id}'`);
    expect(requests()).toEqual([
      `DELETE /api/v3/repos/octo/app/actions/runners/${id} 307`,
      `DELETE /api/v3/repositories/42/actions/runners/${id} 404`,
    ]);
  });

  test('tries again after a server error', async () => {
    const token = await install({ style: 'just-in-time' });
    github.intercept = (_, response) => {
      github.intercept = undefined;
      github.send(response, { status: 502 });
      return true;
    };
    expect((await configure(token)).exitCode).toBe(0);
    expect(requests()).toHaveLength(2);
  });

  test('refuses a service, but --local does not', async () => {
    const token = await install();
    writeFileSync(join(installation.directory, '.service'), 'actions.runner.service');
    expect(await configure(token)).toEqual({
      exitCode: 1,
      output: '\n# Runner removal\n\nRemoving service\n',
      errors: 'Failed: Removing service\nUninstall service first\n',
    });
    expect(await configure(token, { flags: ['--local'] })).toMatchObject({ exitCode: 0 });
    expect([requests(), configuration()]).toEqual([[], []]);
  });

  test('reads .env with a byte order mark or in UTF-16, which wins over the environment', async () => {
    const token = await install();
    const variable = '\uFEFFACTIONS_RUNNER_INPUT_LOCAL=true\n';
    for (const text of [Buffer.from(variable), Buffer.from(variable, 'utf16le')]) {
      writeFileSync(join(installation.directory, '.env'), text);
      expect(await configure(token, { ACTIONS_RUNNER_INPUT_LOCAL: 'false' })).toMatchObject({ exitCode: 0 });
    }
    expect([requests(), configuration()]).toEqual([[], []]);
  });

  if (isRoot) {
    test('refuses root unless it is allowed, and crashes if it cannot write to _diag', async () => {
      const token = await install();
      const user = { uid: 0, gid: 0 };
      expect(await configure(token, { user })).toMatchObject({
        exitCode: 1,
        output: 'Must not run with sudo\n',
      });
      chownSync(join(installation.directory, '_diag'), 0, 0);
      const { exitCode, errors } = await configure(token);
      expect(exitCode).toBe(134);
      expect(errors).toMatch(
        /^Unhandled exception\. System\.UnauthorizedAccessException: Access to the path '.*\/_diag' is denied/,
      );
      expect(requests()).toEqual([]);
      expect((await configure(token, { user, RUNNER_ALLOW_RUNASROOT: '1' })).exitCode).toBe(0);
    });
  }
});

test('an installation belongs to its owner, and records how config.sh was run', async () => {
  const token = await install({ selfUpdated: true });
  expect(statSync(join(installation.directory, '.runner')).uid).toBe(nobody?.uid ?? process.getuid?.());
  expect(readFileSync(join(installation.directory, '.runner'), 'utf8')).toMatch(
    /^\uFEFF\{\s+"agentId": \d+,/,
  );
  await configure(token, { flags: ['--unattended'], HTTPS_PROXY: 'http://proxy' });
  expect(await installation.invocations()).toMatchObject([
    {
      arguments: ['remove', '--unattended'],
      environment: { ACTIONS_RUNNER_INPUT_TOKEN: token, HTTPS_PROXY: 'http://proxy' },
      user: nobody?.uid ?? process.getuid?.(),
      directory: installation.directory,
      standardInput: 'ended',
      commandLines: expect.arrayContaining([
        ['/bin/bash', join(installation.directory, 'config.sh'), 'remove', '--unattended'],
      ]),
    },
  ]);
});

import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Installation, type InstallationOptions } from '../../sandbox/installation.ts';

const root = process.getuid?.() === 0;
const linux = process.platform === 'linux';
// config.sh refuses root, so that root has to become somebody else.
const ordinary = root ? { uid: 65534, gid: 65534 } : undefined;

let installation: Installation;
let server: Server;
let origin: string;
let requests: { method: string; url: string; authorization: string }[];
let answers: { status: number; body?: string }[];

beforeEach(async () => {
  requests = [];
  answers = [];
  server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    requests.push({ method, url, authorization: headers.authorization ?? '' });
    const { status, body } = answers.shift() ?? { status: 204 };
    response.writeHead(status, { 'x-github-request-id': 'ABCD:1' }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await installation.remove();
});

async function create(options: Partial<InstallationOptions> = {}) {
  const owner = ordinary && { owner: ordinary };
  const gitHubUrl = `${origin}/octo/app`;
  installation = await Installation.create({
    agentId: 7,
    agentName: 'seven',
    gitHubUrl,
    ...owner,
    ...options,
  });
  await installation.set({ pause: 1 });
  return installation;
}

interface Call {
  environment?: Record<string, string>;
  user?: { uid: number; gid: number } | undefined;
}

/** Runs config.sh with standard input closed. */
async function configure(commandLine: string, { environment = {}, user = ordinary }: Call = {}) {
  const child = spawn(join(installation.directory, 'config.sh'), commandLine.split(' '), {
    cwd: '/',
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  });
  const exited = new Promise<number | null>((exit) => child.once('exit', exit));
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { code, output, errors };
}

const withToken = { environment: { ACTIONS_RUNNER_INPUT_TOKEN: 'remove-token' } };
const has = (name: string) => existsSync(join(installation.directory, name));

describe('config.sh remove', () => {
  it.each([
    ['/octo/app', '/api/v3/repos/octo/app/actions/runners/7'],
    ['/octo', '/api/v3/orgs/octo/actions/runners/7'],
    ['/enterprises/octo/', '/api/v3/enterprises/octo/actions/runners/7'],
  ])('deletes the runner registered at %s and the local files', async (path, url) => {
    await create({ gitHubUrl: origin + path });

    const { code, output } = await configure('remove', withToken);

    expect({ code, requests }).toEqual({
      code: 0,
      requests: [{ method: 'DELETE', url, authorization: 'RemoteAuth remove-token' }],
    });
    expect(output).toMatch(/√ Runner removed successfully\n√ Removed \.credentials\n√ Removed \.runner\n/);
    expect(['.runner', '.credentials', '.credentials_rsaparams'].filter(has)).toEqual([]);
  });

  it('reads the Pascal case strings of a just-in-time configuration', async () => {
    await create({ style: 'just-in-time' });
    expect(readFileSync(join(installation.directory, '.runner'), 'utf8')).toMatch(/^\{"AgentId":"7",/);

    expect(await configure('remove', withToken)).toMatchObject({ code: 0 });
    expect(requests).toHaveLength(1);
  });

  it('fails for a configuration without a URL', async () => {
    await create({ style: 'just-in-time', gitHubUrl: undefined });

    expect(await configure('remove', withToken)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('Failed: Removing runner from the server'),
    });
    expect(requests).toEqual([]);
  });

  it('keeps the PATH and adds to .env before it contacts GitHub, even when GitHub refuses', async () => {
    await create();
    answers = Array(3).fill({ status: 422, body: 'is currently running a job' });
    const before = await installation.snapshot();

    const { code, errors } = await configure('remove', {
      environment: { ...withToken.environment, NVM_BIN: '/nvm', PATH: `${process.env['PATH']}:/of/the/job` },
    });

    expect(code).toBe(1);
    expect(requests).toHaveLength(3);
    expect(errors).toMatch(
      /^Http response code: UnprocessableEntity from 'DELETE .*\(Request Id: ABCD:1\)\nis currently/,
    );
    expect(errors).toMatch(/Failed: Removing runner from the server\n.* 422 \(Unprocessable Entity\)\.\n$/);
    const { '.path': path, '.env': variables, ...others } = await installation.snapshot();
    expect(before).toMatchObject(others);
    expect(path).not.toBe(before['.path']);
    expect(variables).not.toBe(before['.env']);
    expect(readFileSync(join(installation.directory, '.path'), 'utf8')).toMatch(/:\/of\/the\/job\n$/);
    expect(readFileSync(join(installation.directory, '.env'), 'utf8')).toBe('LANG=C.UTF-8\nNVM_BIN=/nvm\n');
  });

  it('does not try again after 404', async () => {
    await create();
    answers = [{ status: 404 }];

    expect(await configure('remove', withToken)).toMatchObject({ code: 1 });
    expect(requests).toHaveLength(1);
    expect(has('.runner')).toBe(true);
  });

  it('succeeds at another try', async () => {
    await create();
    answers = [{ status: 502 }, { status: 204 }];

    expect(await configure('remove', withToken)).toMatchObject({ code: 0 });
    expect(requests).toHaveLength(2);
  });

  it.each(['.runner', '.credentials'])(
    'succeeds without contacting GitHub when %s is missing',
    async (name) => {
      await create();
      rmSync(join(installation.directory, name));

      const { code, output } = await configure('remove', withToken);

      expect({ code, requests }).toEqual({ code: 0, requests: [] });
      expect(output).toContain('Cannot connect to server, because config files are missing.');
      expect(['.runner', '.credentials'].filter(has)).toEqual([]);
    },
  );

  it('refuses while it is installed as a service', async () => {
    await create();
    writeFileSync(join(installation.directory, '.service'), 'actions.runner.service');

    expect(await configure('remove', withToken)).toMatchObject({
      code: 1,
      errors: 'Failed: Removing service\nUninstall service first\n',
    });
    expect(requests).toEqual([]);
  });

  it('removes only the local files with --local, service or not', async () => {
    await create();
    writeFileSync(join(installation.directory, '.service'), 'actions.runner.service');

    expect(await configure('remove --local', withToken)).toMatchObject({ code: 0 });
    expect(requests).toEqual([]);
    expect(['.runner', '.credentials', '.service'].filter(has)).toEqual(['.service']);
  });

  it('fails without a token, when there is no terminal', async () => {
    await create();

    expect(await configure('remove')).toMatchObject({ code: 1 });
    expect(await configure('remove --unattended')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('Terminating unattended configuration.'),
    });
    expect(requests).toEqual([]);
  });

  it('prefers an argument to the environment, and a personal access token to the remove token', async () => {
    await create();
    await configure('remove --token argument', withToken);
    expect(requests.map(({ authorization }) => authorization)).toEqual(['RemoteAuth argument']);
    await installation.remove();

    await create();
    requests = [];
    answers = [{ status: 201, body: '{"token":"created"}' }];
    await configure('remove', {
      environment: { ...withToken.environment, ACTIONS_RUNNER_INPUT_PAT: 'secret' },
    });
    expect(requests).toEqual([
      {
        method: 'POST',
        url: '/api/v3/repos/octo/app/actions/runners/remove-token',
        authorization: `basic ${Buffer.from('github:secret').toString('base64')}`,
      },
      {
        method: 'DELETE',
        url: '/api/v3/repos/octo/app/actions/runners/7',
        authorization: 'RemoteAuth created',
      },
    ]);
  });

  it.each([
    ['LOCAL', []],
    ['HELP', ['.runner', '.credentials']],
    ['VERSION', ['.runner', '.credentials']],
  ])('does nothing on the server, with success, for a stray ACTIONS_RUNNER_INPUT_%s', async (name, left) => {
    await create();

    const environment = { ...withToken.environment, [`ACTIONS_RUNNER_INPUT_${name}`]: 'True' };
    expect(await configure('remove', { environment })).toMatchObject({ code: 0 });
    expect(requests).toEqual([]);
    expect(['.runner', '.credentials'].filter(has)).toEqual(left);
  });

  it('lets .env replace what the caller set', async () => {
    await create();
    writeFileSync(join(installation.directory, '.env'), 'ACTIONS_RUNNER_INPUT_TOKEN=stray\n');

    await configure('remove', withToken);
    expect(requests.map(({ authorization }) => authorization)).toEqual(['RemoteAuth stray']);
  });

  describe('in the older flow', () => {
    it('looks for the name first', async () => {
      await create({ useRunnerAdminFlow: false, agentName: 'a b' });
      answers = [{ status: 200, body: '{"total_count":1,"runners":[{"id":7}]}' }];

      expect(await configure('remove', withToken)).toMatchObject({ code: 0 });
      expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
        'GET /api/v3/repos/octo/app/actions/runners?name=a%20b',
        'DELETE /api/v3/repos/octo/app/actions/runners/7',
      ]);
    });

    it('reports success for a runner that is not listed', async () => {
      await create({ useRunnerAdminFlow: false });
      answers = [{ status: 200, body: '{"total_count":0,"runners":[]}' }];

      const { code, output } = await configure('remove', withToken);

      expect({ code, requests: requests.length }).toEqual({ code: 0, requests: 1 });
      expect(output).toContain('Does not exist. Skipping Removing runner from the server');
      expect(has('.runner')).toBe(false);
    });
  });

  (root ? it : it.skip)('refuses root unless it is allowed', async () => {
    await create();
    const user = { uid: 0, gid: 0 };

    expect(await configure('remove', { ...withToken, user })).toMatchObject({
      code: 1,
      output: 'Must not run with sudo\n',
    });
    expect(await installation.invocations()).toEqual([]);

    const environment = { ...withToken.environment, RUNNER_ALLOW_RUNASROOT: '1' };
    expect(await configure('remove', { environment, user })).toMatchObject({ code: 0 });
  });
});

describe('Installation', () => {
  it('records how the listener was started', async () => {
    await create();

    await configure('remove --unattended', {
      environment: { ...withToken.environment, HTTPS_PROXY: 'http://proxy' },
    });

    const [invocation, ...others] = await installation.invocations();
    expect(others).toEqual([]);
    expect(invocation).toMatchObject({
      arguments: ['remove', '--unattended'],
      environment: { ACTIONS_RUNNER_INPUT_TOKEN: 'remove-token', HTTPS_PROXY: 'http://proxy' },
      user: ordinary?.uid ?? process.getuid?.(),
      directory: installation.directory,
      standardInput: 'ended',
    });
    if (linux) {
      const [own, parent] = invocation?.commandLines ?? [];
      expect(own).toEqual(['./bin/Runner.Listener', './bin/Runner.Listener.mjs', 'remove', '--unattended']);
      expect(parent).toEqual([
        '/bin/bash',
        join(installation.directory, 'config.sh'),
        'remove',
        '--unattended',
      ]);
    }
  });

  it('can be told to print something, and to fail', async () => {
    await create();
    await installation.set({ output: '::error::hostile', exitCode: 2, message: 'An error occurred' });

    expect(await configure('remove', withToken)).toMatchObject({
      code: 2,
      output: expect.stringContaining('\n::error::hostile\n'),
      errors: 'Failed: Removing runner from the server\nAn error occurred\n',
    });
    expect(requests).toEqual([]);
  });

  it('can have updated itself', async () => {
    await create({ selfUpdated: true });

    expect(readlinkSync(join(installation.directory, 'externals'))).toBe('externals.2.336.0');
    expect(await configure('remove', withToken)).toMatchObject({ code: 0 });
  });

  it('belongs to its owner, but not the Node.js that it shares', async () => {
    const before = statSync(process.execPath).uid;
    await create();

    expect(statSync(join(installation.directory, '.runner')).uid).toBe(ordinary?.uid ?? process.getuid?.());
    expect(statSync(process.execPath).uid).toBe(before);
    expect(readFileSync(join(installation.directory, '.runner'), 'utf8')).toMatch(
      /^\uFEFF\{\s+"agentId": 7,/,
    );
  });

  it('shows every change in its snapshot', async () => {
    await create();
    const before = await installation.snapshot();
    expect(await installation.snapshot()).toEqual(before);
    expect(before).toMatchObject({ _diag: expect.stringMatching(/^755 \d+:\d+ directory$/) });
    expect(Object.keys(before).filter((name) => /^(bin|externals|\.sandbox|_work)/.test(name))).toEqual([]);

    writeFileSync(join(installation.directory, '.path'), '/other');
    expect(await installation.snapshot()).not.toEqual(before);
  });
});

// Runs dist/ on Windows' own Node.js and cmd.exe, under Wine. PowerShell is a stand-in: it prints the processes which the
// sandbox has started, and whether the account is an administrator. A service is no more than its marker. Not shown: real
// services, the processes that a worker ends with a job, and the cancellation of a step, for which Windows sends Ctrl-C.

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { eventually } from '../support.ts';
import { configuration, expectNoSecret, repository, runnersOf } from '../world.ts';
import {
  adminToken,
  commandLines,
  configurationOf,
  diagnosticsOf,
  expectFailure,
  expectSuccess,
  Machine,
  type WindowsRunner,
} from './machine.ts';

// Wine 8 fails to start a program once in some hundred times (`spawn UNKNOWN`), on a loaded machine.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

let machine: Machine;
beforeAll(async () => {
  machine = await Machine.start();
}, 60_000);
afterAll(() => machine?.stop(), 60_000);
beforeEach(() => machine.beginTest());
afterEach(() => machine.endTest());

/** Removes runners by their directories. */
const remove = (directories: string, inputs: Record<string, string> = {}, options = {}) =>
  machine.run({ remove: 'true', 'runner-directory': directories, ...inputs }, options);

const run = (url: string) => `/repos/${repository}/actions/runners${url}`;

describe('a step without remove', () => {
  test('creates a remove token, masks it first, and sets the outputs', async () => {
    const result = await machine.run({});

    const [issued] = machine.github.issuedTokens;
    expectSuccess(result);
    expect(result.masks).toEqual([adminToken, issued?.token]);
    expect(result.outputs).toEqual({
      'remove-token': issued?.token,
      'expires-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    // Windows ends lines in its own way.
    expect(result.files['GITHUB_OUTPUT']).toMatch(/^remove-token[^\n]*\r\n/);
    expect(result.stdout.startsWith(`::add-mask::${adminToken}\r\n`)).toBe(true);
    expect(machine.requests).toEqual([`POST ${run('/remove-token')}`]);
    expectNoSecret(machine, result);
  });

  test.each([
    ['no token', { token: '' }, /"token"/],
    ['an unknown word for remove', { remove: 'maybe' }, /"remove".*"maybe"/],
    ['no directory for a removal', { remove: 'true' }, /"runner-directory"/],
  ])('refuses %s before the first request', async (_, inputs, pattern) => {
    expectFailure(await machine.run(inputs), 'invalid-input', pattern);

    expect(machine.github.requests).toEqual([]);
  });

  test('explains a token that GitHub refuses', async () => {
    expectFailure(await machine.run({ token: 'ghp_unknown' }), 'bad-credentials');
  });
});

describe('remove: true', () => {
  test('removes a runner by a real config.cmd and verifies it with GitHub', async () => {
    const runner = await machine.install('box');

    const result = await remove(runner.directory);

    expectSuccess(result);
    expect(runnersOf(result)).toEqual([
      {
        directory: runner.directory,
        name: 'box',
        id: runner.id,
        registration: `${machine.github.serverUrl}/${repository}`,
        result: 'removed',
      },
    ]);
    expect(machine.github.runners(repository)).toEqual([]);
    expect(await configurationOf(runner)).toEqual([]);
    expect(machine.requests).toEqual([
      `POST ${run('/remove-token')}`,
      `GET ${run(`/${runner.id}`)}`,
      `GET ${run(`/${runner.id}`)}`,
    ]);
    expect(result.outputs['remove-token']).toBe(machine.github.issuedTokens[0]?.token);
    expect(result.log).toMatch(
      /▾ .*box.*\n(\| .*\n)*\| √ Runner removed successfully\n(\| .*\n)*\| √ Removed \.runner/,
    );
    expect(result.summary).toContain('box');
    expectNoSecret(machine, result);
  });

  test('gives the token to config.cmd in the environment, which is an allow-list, and never as an argument', async () => {
    const { installation, directory } = await machine.install('box');
    let running: string[] = [];
    machine.github.intercept = ({ method }) => {
      if (method === 'DELETE') running = commandLines();
      return false;
    };

    const result = await remove(
      directory,
      {},
      {
        environment: {
          NODE_OPTIONS: '--no-warnings',
          ACTIONS_RUNNER_INPUT_PAT: 'stray',
          ACTIONS_RUNNER_INPUT_LOCAL: 'true',
          ACTIONS_RUNTIME_TOKEN: 'stray',
          GITHUB_TOKEN: 'stray',
          LC_PAPER: `from ${adminToken} by env`,
          PSModulePath: 'C:\\modules',
          TZ: 'UTC',
          DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1',
          DOTNET_STARTUP_HOOKS: 'C:\\hook.dll',
        },
      },
    );

    expectSuccess(result);
    const [invocation, ...more] = await installation.invocations();
    expect(more).toEqual([]);
    expect(invocation).toMatchObject({ arguments: ['remove'], directory, standardInput: 'ended' });
    expect(invocation?.environment).toMatchObject({
      ACTIONS_RUNNER_INPUT_TOKEN: result.outputs['remove-token'],
      TZ: 'UTC',
      PSModulePath: 'C:\\modules',
      DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1',
      RUNNER_TRACKING_ID: expect.stringMatching(/^github_/),
    });
    expect(unexpectedIn(invocation?.environment)).toEqual([]);
    // The command line of cmd.exe is among those that were seen, so a secret would have been as well.
    expect(running).toContainEqual(expect.stringMatching(/cmd\.exe .*config\.cmd.* remove/i));
    for (const secret of machine.secrets) {
      expect(running.filter((line) => line.includes(secret))).toEqual([]);
    }
  });

  test('changes nothing when config.cmd fails, and shows its exit code and its reason', async () => {
    const runner = await machine.install('box');
    await runner.installation.set({ exitCode: 3, message: 'The disk is full' });
    const before = await runner.installation.snapshot();

    const result = await remove(runner.directory);

    expectFailure(result, 'removal-failed', /exit code 3/, /The disk is full/);
    expect(runnersOf(result)).toMatchObject([{ name: 'box', result: 'failed' }]);
    expect(result.log).toContain('| The disk is full');
    expect(await runner.installation.snapshot()).toEqual(before);
    expect(machine.github.runners(repository)).toHaveLength(1);
    expectNoSecret(machine, result);
  });

  test('changes nothing when a job starts before GitHub gets the removal', async () => {
    const { installation, id, directory } = await machine.install('box');
    const before = await installation.snapshot();
    machine.github.afterRequest = ({ method }) => {
      if (method === 'GET') machine.github.setBusy(repository, id, true);
    };

    const result = await remove(directory);

    expectFailure(result, 'runner-busy');
    expect(runnersOf(result)).toMatchObject([{ name: 'box', result: 'failed' }]);
    expect(await installation.snapshot()).toEqual(before);
  });

  test('changes nothing when the remove token is refused', async () => {
    const { installation, directory } = await machine.install('box');
    const before = await installation.snapshot();
    machine.github.intercept = ({ method, headers }, response) => {
      if (method !== 'DELETE' || !headers.authorization?.startsWith('RemoteAuth')) return false;
      machine.github.send(response, { status: 403, body: { message: 'Forbidden' } });
      return true;
    };

    expectFailure(await remove(directory), 'removal-failed');

    expect(await installation.snapshot()).toEqual(before);
    expect(machine.github.runners(repository)).toHaveLength(1);
  });

  test('deletes the local configuration of a runner that GitHub does not know', async () => {
    const runner = await machine.install('box');
    machine.github.removeRunner(repository, runner.id);

    const result = await remove(runner.directory);

    expectSuccess(result);
    expect(runnersOf(result)).toMatchObject([{ result: 'already-removed' }]);
    expect(await configurationOf(runner)).toEqual([]);
    expect(await runner.installation.invocations()).toMatchObject([{ arguments: ['remove', '--local'] }]);
  });

  test('has nothing to do for an installation that is not configured', async () => {
    const runner = await machine.install('box');
    for (const name of configuration) await rm(join(runner.installation.directory, name));

    expect(runnersOf(await remove(runner.directory))).toMatchObject([
      { name: null, result: 'already-removed' },
    ]);
    expect(await runner.installation.invocations()).toEqual([]);
  });

  test('deletes a runner without credentials through the API', async () => {
    const runner = await machine.install('box');
    for (const name of configuration.slice(1)) await rm(join(runner.installation.directory, name));

    const result = await remove(runner.directory);

    expect(runnersOf(result)).toMatchObject([{ result: 'removed' }]);
    expect(machine.requests).toContain(`DELETE ${run(`/${runner.id}`)}`);
    expect(machine.github.runners(repository)).toEqual([]);
    expect(await configurationOf(runner)).toEqual([]);
  });

  test('deletes a runner through the API that config.cmd has left registered, with a warning', async () => {
    const runner = await machine.install('box', { useRunnerAdminFlow: false });
    machine.github.hideFromRunnerSide(repository, runner.id);

    const result = await remove(runner.directory);

    expectSuccess(result);
    expect(result.annotations).toMatchObject([{ level: 'warning' }]);
    expect(runnersOf(result)).toMatchObject([{ result: 'removed', detail: expect.any(String) }]);
    expect(machine.requests).toContain(`DELETE ${run(`/${runner.id}`)}`);
  });

  test.each(["Runner & Söhne (x86), it's", '^a=b; [c] {d} !e! +~@#$'])(
    'removes a runner in the directory %s',
    async (name) => {
      const runner = await machine.install(name);

      expectSuccess(await remove(runner.directory));

      expect(await configurationOf(runner)).toEqual([]);
    },
  );

  test.each([
    ['backslashes', '\\'],
    ['slashes', '/'],
  ])('removes two installations by a pattern with %s, and keeps those that it excludes', async (_, slash) => {
    const one = await machine.install('runner 1');
    const two = await machine.install('runner 2', { registration: 'octo-org' });
    const excluded = await machine.install('runner 3');
    const other = await machine.install('other');
    const parent = one.directory.replace(/\\[^\\]*$/, '').replaceAll('\\', slash);

    const result = await remove(`${parent}${slash}run*\n!${parent}${slash}RUNNER 3`);

    expectSuccess(result);
    expect(runnersOf(result)).toMatchObject([
      { directory: one.directory, name: 'runner 1', result: 'removed' },
      { directory: two.directory, name: 'runner 2', result: 'removed' },
    ]);
    expect(machine.github.runners(repository)).toMatchObject([{ name: 'runner 3' }, { name: 'other' }]);
    expect(await configurationOf(excluded)).toEqual(configuration);
    expect(await configurationOf(other)).toEqual(configuration);
  });

  test('finds directories however they are written, each once', async () => {
    const { directory } = await machine.install('box');
    const slashes = directory.replaceAll('\\', '/');

    const result = await remove(
      [
        directory,
        slashes,
        `${slashes}/`,
        `${directory}\\`,
        `z${directory.slice(1)}\\.`,
        directory.toUpperCase(),
      ].join('\r\n'),
      { 'dry-run': 'true' },
    );

    expect(runnersOf(result)).toMatchObject([{ directory, result: 'would-remove' }]);
  });

  test('a dry run changes nothing', async () => {
    const { installation, directory } = await machine.install('box');
    const before = await installation.snapshot();

    const result = await remove(directory, { 'dry-run': 'true' });

    expectSuccess(result);
    expect(runnersOf(result)).toMatchObject([{ name: 'box', result: 'would-remove' }]);
    expect(await installation.snapshot()).toEqual(before);
    expect(await installation.invocations()).toEqual([]);
    expect(machine.github.runners(repository)).toHaveLength(1);
  });

  test.each([
    ['does not exist', (path: string) => `${path}\\nowhere`],
    ['is no installation', (path: string) => `${path}\\_work`],
    ['matches nothing', (path: string) => `${path}-*`],
  ])('refuses a directory that %s before the first request', async (_, other) => {
    const { directory } = await machine.install('box');

    expectFailure(await remove(`${directory}\n${other(directory)}`), 'not-a-runner');

    expect(machine.github.requests).toEqual([]);
  });

  test('refuses an installation whose .env has arguments for config.cmd', async () => {
    const { installation, directory } = await machine.install('box');
    await writeFile(join(installation.directory, '.env'), 'LANG=C\r\nACTIONS_RUNNER_INPUT_LOCAL=true\r\n');

    expectFailure(await remove(directory), 'removal-failed', /ACTIONS_RUNNER_INPUT_LOCAL/);

    expect(machine.github.requests).toEqual([]);
  });

  test('refuses a runner that is registered elsewhere', async () => {
    const { installation, directory } = await machine.install('box', {
      registration: 'octo-org/other-repo',
    });

    expectFailure(await remove(directory), 'registration-mismatch');

    expect(await installation.invocations()).toEqual([]);
  });

  test('refuses a runner whose Runner.Worker.exe runs, by a stand-in for PowerShell', async () => {
    const runner = await machine.install('box');
    const other = await machine.install('other');
    await machine.startWorker(runner);

    expectFailure(await remove(`${runner.directory}\n${other.directory}`), 'runner-busy', /Runner\.Worker/);

    expect(await configurationOf(runner)).toEqual(configuration);
    expect(await configurationOf(other)).toEqual([]);
  });

  test('ends the Runner.Listener.exe of the runner, by a stand-in for PowerShell', async () => {
    const runner = await machine.install('box');
    const other = await machine.install('other');
    const listener = await machine.startListener(runner);
    const otherListener = await machine.startListener(other);
    let hasOtherEnded = false;
    void otherListener.ended.then(() => {
      hasOtherEnded = true;
    });

    expectSuccess(await remove(runner.directory));

    await listener.ended;
    expect(hasOtherEnded).toBe(false);
  });
});

describe('remove: true for a service, by stand-ins for PowerShell and for the service,', () => {
  let runner: WindowsRunner;
  beforeEach(async () => {
    runner = await machine.install('box');
    await writeFile(join(runner.installation.directory, '.service'), 'actions.runner.octo-org-octo-repo.box');
  });

  test('leaves the service to config.cmd', async () => {
    expectSuccess(await remove(runner.directory));

    expect(await configurationOf(runner)).toEqual([]);
    expect(await runner.installation.invocations()).toMatchObject([{ arguments: ['remove'] }]);
  });

  test('says that config.cmd has uninstalled the service when GitHub refuses the removal then', async () => {
    machine.github.afterRequest = ({ method }) => {
      if (method === 'GET') machine.github.setBusy(repository, runner.id, true);
    };

    expectFailure(await remove(runner.directory), 'runner-busy', /service/);

    expect(await configurationOf(runner)).toEqual(configuration);
  });

  test('is refused without an administrator, and nothing is changed', async () => {
    await machine.windows.setAdministrator(false);
    try {
      expectFailure(await remove(runner.directory), 'service-needs-administrator');
    } finally {
      await machine.windows.setAdministrator(true);
    }

    expect(machine.github.requests).toEqual([]);
    expect(await configurationOf(runner)).toEqual([...configuration, '.service']);
  });
});

describe('remove: after-job', () => {
  const inputs = { remove: 'after-job' };

  async function startJob(runner: WindowsRunner, more: Record<string, string> = {}) {
    const worker = await machine.startWorker(runner);
    machine.github.setBusy(repository, runner.id, true);
    return {
      ...(await machine.startJob({ ...inputs, ...more }, {}, runner.installation, worker)),
      worker,
    };
  }

  test('removes the runner of the job by a background process, when Runner.Worker.exe has ended', async () => {
    const runner = await machine.install('box');
    const { job, step, worker } = await startJob(runner);

    const main = await step.main();

    expectSuccess(main);
    expect(runnersOf(main)).toMatchObject([
      { directory: runner.directory, name: 'box', result: 'scheduled' },
    ]);

    const post = await step.post();

    expectSuccess(post);
    // The background process has inherited no output: a worker would wait for it.
    expect(post.outputHeldOpen).toBe(false);
    expect(post.log).toContain(`${runner.directory}\\_diag\\RunnerRemoveToken_`);
    expect(machine.github.issuedTokens).toHaveLength(2);
    const background = () =>
      commandLines().filter((line) => line.includes(runner.directory) && line.includes('remove-after-job'));
    expect(background()).not.toEqual([]);
    for (const secret of machine.secrets) {
      expect(commandLines().filter((line) => line.includes(secret))).toEqual([]);
      expect(main.log + post.log).not.toContain(secret);
    }
    expect(await runner.installation.invocations()).toEqual([]);

    // The end of a job takes the code of the action away.
    await job.end();
    machine.github.setBusy(repository, runner.id, false);
    await worker.stop();
    await eventually(() => background().length === 0);

    expect(machine.github.runners(repository)).toEqual([]);
    expect(await configurationOf(runner)).toEqual([]);
    const [invocation] = await runner.installation.invocations();
    expect(invocation).toMatchObject({ arguments: ['remove'], directory: runner.directory });
    expect(invocation?.environment).toMatchObject({
      ACTIONS_RUNNER_INPUT_TOKEN: machine.github.issuedTokens[1]?.token,
    });
    expect(invocation?.environment).not.toHaveProperty('RUNNER_TRACKING_ID');
    expect(unexpectedIn(invocation?.environment)).toEqual([]);
    const log = await diagnosticsOf(runner);
    expect(log).toContain('√ Runner removed successfully');
    for (const secret of machine.secrets) expect(log).not.toContain(secret);
  });

  test('a dry run schedules nothing, after a self-update too', async () => {
    const runner = await machine.install('box', { selfUpdated: true });
    const { job, step } = await startJob(runner, { 'dry-run': 'true' });

    expect(runnersOf(await step.main())).toMatchObject([{ result: 'would-remove' }]);
    expect((await step.post()).stdout).toBe('');
    await job.end();
  });

  test('remove: true for the runner of the job points to after-job', async () => {
    const runner = await machine.install('box');
    const { job, step } = await startJob(runner, { remove: 'true', 'runner-directory': runner.directory });

    expectFailure(await step.main(), 'runner-runs-this-job', /after-job/);
    await job.end();
  });

  test('is refused on a GitHub-hosted runner', async () => {
    expectFailure(
      await machine.run(inputs, { runner: { environment: 'github-hosted' } }),
      'github-hosted-runner',
    );
    expect(machine.github.requests).toEqual([]);
  });
});

test('runner-name selects registered runners, one line each', async () => {
  for (const name of ['gone', 'spot-1']) {
    machine.github.addRunner(repository, { name, os: 'windows', status: 'offline' });
  }
  machine.github.addRunner(repository, { name: 'spot-2', os: 'windows', status: 'online' });

  const result = await machine.run({
    remove: 'true',
    'runner-name': 'Gone\r\nnever-there\r\nspot-*\r\n',
    'offline-minutes': '0',
  });

  expectSuccess(result);
  expect(runnersOf(result)).toMatchObject([
    { directory: null, name: 'gone', result: 'removed' },
    { directory: null, name: 'never-there', result: 'already-removed' },
    { directory: null, name: 'spot-1', result: 'removed' },
  ]);
  expect(machine.github.runners(repository)).toMatchObject([{ name: 'spot-2' }]);
});

/** The variables of config.cmd that it should not have. Node.js, cmd.exe and Wine add some to what the action passes on. */
function unexpectedIn(environment: Record<string, string> = {}): string[] {
  const windows =
    /^(Path|PATHEXT|SystemRoot|SystemDrive|windir|ComSpec|OS|TEMP|TMP|(NUMBER_OF_)?PROCESSORS?(_.*)?|COMPUTERNAME|USER(NAME|DOMAIN|PROFILE)|HOME(DRIVE|PATH)|(LOCAL)?APPDATA|ProgramData|ALLUSERSPROFILE|PUBLIC|(Common)?Program(Files|W6432)(\(x86\))?|PSModulePath)$/i;
  const allowed =
    /^(TZ|DOTNET_SYSTEM_GLOBALIZATION_INVARIANT|RUNNER_TRACKING_ID|ACTIONS_RUNNER_INPUT_TOKEN)$/;
  return Object.keys(environment).filter(
    (name) => !windows.test(name) && !allowed.test(name) && !/^(LOGONSERVER|PROMPT|WINE.*)$/.test(name),
  );
}

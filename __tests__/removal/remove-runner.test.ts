import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GitHub } from '../../sandbox/github.ts';
import { systemClock } from '../../src/clock.ts';
import type { Context } from '../../src/context.ts';
import type { CheckedInstallation, InstalledRunner } from '../../src/removal/check-installation.ts';
import { findRegistered, removeLeftovers, removeRunner } from '../../src/removal/remove-runner.ts';
import type { Outcome } from '../../src/removal/result.ts';
import { createWindows } from '../runner/windows.ts';
import {
  clientOf,
  failureOf,
  recordingLog,
  repository,
  respond,
  scriptIn,
  startGitHub,
  startProgram,
  temporaryDirectory,
  writeScript,
} from '../support.ts';
import { configuration, deleteConfiguration } from '../world.ts';
import { contextOf } from './context.ts';

const runner: InstalledRunner = {
  registration: repository,
  source: 'the inputs',
  id: 7,
  name: 'box',
  ephemeral: false,
  cannotDeregister: undefined,
  runsCurrentJob: false,
};
let github: GitHub;
let context: Context;
let lines: string[];
beforeEach(async () => {
  github = await startGitHub();
  const recording = recordingLog();
  lines = recording.lines;
  const sleep = async () => undefined;
  context = contextOf(github, { log: recording.log, clock: { ...systemClock, sleep } });
});

/** GitHub lists these runners, and knows none of them by its ID. */
function listInstead(...ids: number[]): void {
  github.intercept = ({ url }, response) => {
    const runners = ids.map((id) => ({
      id,
      name: 'box',
      os: 'linux',
      status: 'online',
      busy: false,
      labels: [],
    }));
    const isById = /\/runners\/\d+$/.test(url ?? '');
    const body = isById ? { message: 'Not Found' } : { total_count: ids.length, runners };
    github.send(response, { status: isById ? 404 : 200, body });
    return true;
  };
}

describe('on GitHub', () => {
  test('a runner that is found by its ID is not searched by its name', async () => {
    github.addRunner('octo/app', { id: 7, name: 'box' });

    expect(await findRegistered(runner, context)).toMatchObject({ registered: { id: 7 }, namesakes: [] });
    expect(github.requests).toHaveLength(1);
    expect(lines).toContainEqual(
      expect.stringMatching(/^debug: GitHub on the runner with ID 7: \{"id":7,"name":"box"/),
    );
  });

  test('a runner that is listed by its name, but not found by its ID, is registered', async () => {
    listInstead(7);

    expect(await findRegistered(runner, context)).toMatchObject({
      registered: { id: 7, name: 'box' },
      namesakes: [],
    });
  });

  test('another runner with the same name is not this runner', async () => {
    github.addRunner('octo/app', { id: 8, name: 'box' });

    expect(await findRegistered(runner, context)).toMatchObject({
      registered: undefined,
      namesakes: [{ id: 8 }],
    });
    expect(lines).toContain('debug: GitHub on the runner with ID 7: not found');
    expect(lines).toContainEqual(
      expect.stringMatching(/^debug: GitHub on runners named "box": \[\{"id":8,"name":"box"/),
    );
  });
});

describe('on this machine', () => {
  let directory: string;
  let printed: string[];
  let installation: CheckedInstallation & { runner: InstalledRunner };
  beforeEach(async () => {
    directory = await temporaryDirectory();
    printed = [];
    installation = {
      directory,
      runner,
      script: scriptIn(directory),
      uninstall: undefined,
      hasService: false,
    };
    for (const name of configuration) await writeFile(join(directory, name), '');
    await configScript('echo "config.sh $*"', 'rm .runner .credentials .credentials_rsaparams');
  });

  const configScript = (...commands: string[]) => writeScript(join(directory, 'config.sh'), ...commands);

  const notFound = [
    `echo "Http response code: NotFound from 'DELETE https://github.com/api/v3/repos/octo/app/actions/runners/7'"`,
    'exit 1',
  ];
  const start = (program: string) => startProgram(join(directory, 'bin', program));

  const print = (output: string) => printed.push(output);
  const remove = (dryRun = false): Promise<Outcome> =>
    removeRunner(installation, 'AREMOVE', dryRun, print, context);
  const files = async (): Promise<string[]> =>
    (await readdir(directory)).filter((name) => /^(config\.sh|\.runner|\.credentials.*)$/.test(name));

  /** From now on, GitHub responds with errors. */
  const breakDown = () => respond(github, { status: 500, body: {} });

  /** Something happens at GitHub right after the first request. */
  function afterFirstRequest(act: () => unknown): void {
    github.afterRequest = () => {
      github.afterRequest = undefined;
      act();
    };
  }

  describe('a dry run', () => {
    test('of a registered runner says that it would be removed', async () => {
      github.addRunner('octo/app', { id: 7, name: 'box' });

      expect(await remove(true)).toEqual({ result: 'would-remove' });
    });

    test('of an unknown runner says what would be removed', async () => {
      expect(await remove(true)).toEqual({
        result: 'would-remove',
        detail: 'GitHub does not list it. Its local configuration would be removed.',
      });
    });
  });

  describe('a runner that GitHub does not know', () => {
    test('loses its local configuration', async () => {
      expect(await remove()).toEqual({ result: 'already-removed' });
      expect(printed).toEqual(['config.sh remove --local\n']);
      expect(await files()).toEqual(['config.sh']);
    });

    test('is not confused with other runners of its name', async () => {
      listInstead(8, 9);

      expect(await remove()).toEqual({
        result: 'already-removed',
        detail: 'GitHub lists another runner with this name (ID 8, 9), which was left alone.',
      });
    });

    test.each([
      ['fails', ['echo Whoops', 'rm .runner .credentials', 'exit 3'], 3, 'Whoops'],
      ['leaves the local configuration', ['echo Done'], 0, 'Done'],
    ])('is a failure if config.sh %s', async (_, commands, code, said) => {
      await configScript(...commands);

      const { kind, explanation } = await failureOf(remove);

      expect(kind).toBe('removal-failed');
      expect(explanation).toEqual({
        happened: `The local configuration in ${directory} was not removed: config.sh remove --local ended with exit code ${code}, "${said}".`,
        likelyCause: 'The runner is older than 2.301, or a file in the installation cannot be deleted.',
        remedy: `Delete .runner, .credentials and .credentials_rsaparams in ${directory}. They are not needed any more.`,
      });
    });
  });

  describe('a registered runner', () => {
    beforeEach(() => {
      github.addRunner('octo/app', { id: 7, name: 'box' });
    });
    const deregistered = () => github.removeRunner('octo/app', 7);

    test('is deregistered by config.sh, which is verified', async () => {
      afterFirstRequest(deregistered);

      expect(await remove()).toEqual({ result: 'removed' });
      expect(printed).toEqual(['config.sh remove\n']);
      for (const line of [
        `Runner.Worker processes of ${directory}: none`,
        `config.sh remove in ${directory}: exit code 0, removed`,
        'GitHub still lists the runner after the removal: false',
      ]) {
        expect(lines).toContain(`debug: ${line}`);
      }
    });

    test('that another removal has just removed is only verified', async () => {
      afterFirstRequest(() => {
        deregistered();
        for (const name of configuration) rmSync(join(directory, name));
      });

      expect(await remove()).toEqual({ result: 'removed' });
      expect(printed).toEqual([]);
    });

    test('is cleaned up if config.sh fails after GitHub removed it', async () => {
      afterFirstRequest(deregistered);
      await configScript('echo "config.sh $*"', 'rm .runner .credentials 2>/dev/null && exit 1', 'exit 0');

      expect(await remove()).toEqual({ result: 'removed' });
      expect(printed).toEqual(['config.sh remove\n', 'config.sh remove --local\n']);
      expect(await files()).toEqual(['config.sh']);
    });

    test('is cleaned up if the remove token is refused and GitHub does not list it any more', async () => {
      afterFirstRequest(deregistered);
      await configScript(
        'case "$*" in *--local) rm .runner .credentials; exit;; esac',
        `echo "Http response code: NotFound from 'POST https://github.com/api/v3/actions/runner-registration'"`,
        'exit 1',
      );

      expect(await remove()).toEqual({ result: 'removed' });
      expect(await files()).toEqual(['config.sh']);
    });

    test('is left unchanged while it runs a job', async () => {
      github.setBusy('octo/app', 7, true);

      expect((await failureOf(remove)).explanation).toEqual({
        happened: `The runner "box" in ${directory} is running a job and was left unchanged.`,
        cause: 'GitHub lists it as busy.',
        remedy: 'Re-run the step after the job, or set "wait-minutes" to the time that the job may take.',
      });
      expect(printed).toEqual([]);
    });

    test('is left unchanged by its own job, whatever GitHub says; the message names excluding it first', async () => {
      installation = { ...installation, runner: { ...runner, runsCurrentJob: true } };

      const failure = await failureOf(remove);

      expect(failure.kind).toBe('runner-runs-this-job');
      expect(failure.explanation).toEqual({
        happened: `The runner "box" in ${directory} is running this job and was left unchanged.`,
        cause: 'GitHub does not remove a runner while it runs a job.',
        remedy: `To keep the runner, add the line "!${directory}" to "runner-directory". To remove it, use "remove: after-job", or run the step on another runner.`,
      });
      expect(printed).toEqual([]);
    });

    test('is left unchanged while its worker process runs, whatever GitHub says', async () => {
      const worker = await start('Runner.Worker');

      const failure = await failureOf(remove);
      worker.kill();

      expect(failure.kind).toBe('runner-busy');
      expect(failure.explanation.cause).toBe(
        'A Runner.Worker process of its installation is running on this machine.',
      );
      expect(lines).toContain(`debug: Runner.Worker processes of ${directory}: ${worker.pid}`);
      expect(github.requests).toEqual([]);
    });

    test('is left unchanged after the step has waited for its job', async () => {
      github.setBusy('octo/app', 7, true);
      const { removal, ...inputs } = context.inputs;
      if (removal === undefined) throw new Error('No removal.');
      context = { ...context, inputs: { ...inputs, removal: { ...removal, waitMinutes: 1 } } };

      expect((await failureOf(remove)).explanation.happened).toBe(
        `The runner "box" in ${directory} is running a job (after waiting up to 1 minute) and was left unchanged.`,
      );
    });

    test.each<[string, string, () => void]>([
      ['config.sh says so, and GitHub cannot be reached', 'is running a job', breakDown],
      ['config.sh says so, and GitHub says that it is not', 'is running a job', () => undefined],
      [
        'GitHub says so after config.sh failed',
        'It did not work out',
        () => github.setBusy('octo/app', 7, true),
      ],
    ])('is busy if %s', async (_, said, change) => {
      await configScript(`echo "${said}"`, 'exit 1');
      afterFirstRequest(change);

      expect(await failureOf(remove)).toMatchObject({
        kind: 'runner-busy',
        explanation: { cause: 'GitHub refused to remove it because it is running a job.' },
      });
    });

    test('is not removed if config.sh reports success and leaves the local configuration', async () => {
      await configScript('echo Help');
      const listener = await start('Runner.Listener');

      expect((await failureOf(remove)).explanation.happened).toBe(
        `The runner "box" in ${directory} was not removed: config.sh remove ended with exit code 0, "Help".`,
      );
      expect(listener.exitCode ?? listener.signalCode).toBeNull();
      listener.kill();
    });

    test('is not removed if config.sh is terminated', async () => {
      await configScript('kill $$');

      expect((await failureOf(remove)).explanation.happened).toContain('config.sh remove was terminated');
    });

    test('whose config.sh fails is left as it was, with the reason', async () => {
      // Only on Windows does config.sh uninstall it.
      installation = { ...installation, hasService: true };
      await configScript('echo first', 'echo "No route to host"', 'exit 5');

      const failure = await failureOf(remove);

      expect(failure.kind).toBe('removal-failed');
      expect(failure.explanation).toEqual({
        happened: `The runner "box" in ${directory} was not removed: config.sh remove ended with exit code 5, "No route to host".`,
        likelyCause: 'The problem that config.sh shows in its output above.',
        remedy: 'Fix the problem shown in the output and re-run the step.',
      });
      expect(printed).toEqual(['first\nNo route to host\n']);
      expect(await files()).toContain('.runner');
    });

    test('is still registered if config.sh gets 404: GitHub refused the token', async () => {
      await configScript(...notFound);

      const failure = await failureOf(remove);

      expect(failure.kind).toBe('removal-failed');
      expect(failure.explanation).toMatchObject({
        happened: expect.stringContaining('was not removed'),
        cause: expect.stringContaining('GitHub refused the remove token'),
        remedy: expect.stringMatching(/new remove token.*settings on GitHub/),
      });
      expect(await files()).toContain('.runner');
    });

    test('may be registered or not if config.sh gets 404 and GitHub cannot be reached', async () => {
      await configScript(...notFound);
      afterFirstRequest(breakDown);

      expect((await failureOf(remove)).explanation).toMatchObject({
        happened: expect.stringMatching(
          / may not have been removed: config\.sh remove ended with exit code 1, .*\. Whether GitHub still lists it could not be checked\.$/,
        ),
        likelyCause: 'The problem that config.sh shows in its output above.',
      });
      expect(lines).toContainEqual(
        expect.stringMatching(/^debug: Could not check whether the runner is still registered: .*500/),
      );
    });

    test.each([
      [
        'the service is gone',
        'broken',
        false,
        /ended with exit code 5, "broken"\. Its Windows service is already/,
      ],
      ['the service is still there', 'broken', true, /ended with exit code 5, "broken"\.$/],
      [
        'a busy runner lost its service',
        'still running a job',
        false,
        /and was not removed\. Its Windows service/,
      ],
      ['a busy runner kept its service', 'still running a job', true, /and was left unchanged\.$/],
    ])('on Windows, a failure says whether %s', async (_, output, isLeft, said) => {
      await writeFile(join(directory, 'config.cmd'), `#!/bin/sh\necho ${output}\nexit 5\n`, { mode: 0o755 });
      if (isLeft) {
        await writeFile(join(directory, '.service'), 'actions.runner.box');
      }
      const environment = await createWindows(directory);
      const script = { ...installation.script, platform: 'win32', environment } as const;
      installation = { ...installation, hasService: true, script };
      const { env } = process;
      process.env = { ...env, ...environment };

      const { explanation } = await failureOf(remove).finally(() => {
        process.env = env;
      });

      expect(explanation.happened).toMatch(said);
    });

    test('that config.sh did not remove is deleted through the API, with a warning', async () => {
      expect(await remove()).toEqual({
        result: 'removed',
        detail: 'It was deleted through the API, because GitHub still listed it after its removal.',
      });
      expect(lines).toContain('debug: GitHub still lists the runner after the removal: true');
      expect(lines).toContain(
        `warning: The runner "box" in ${directory} (ID 7) is still registered after its removal. Deleting it through the API.`,
      );
      expect(github.runners('octo/app')).toEqual([]);
    });

    test('is verified before its service is uninstalled, which may fail', async () => {
      afterFirstRequest(deregistered);
      installation = { ...installation, uninstall: ['false'] };

      expect((await failureOf(remove)).explanation.happened).toContain('its service was not uninstalled');
      expect(lines).toContain('debug: GitHub still lists the runner after the removal: false');
    });

    test('keeps its service if it is busy when it has to be deleted through the API', async () => {
      installation = { ...installation, uninstall: ['false'] };
      await configScript('rm .runner .credentials', 'touch done');
      github.afterRequest = () => github.setBusy('octo/app', 7, existsSync(join(directory, 'done')));

      const { kind, explanation } = await failureOf(remove);
      expect(kind).toBe('runner-busy');
      expect(explanation.happened).toMatch(
        /only partly removed: its local configuration is already deleted\.$/,
      );
      expect(explanation.remedy).not.toContain('Re-running this step is not enough');
    });
  });

  describe('a registered runner that cannot deregister itself', () => {
    beforeEach(() => {
      github.addRunner('octo/app', { id: 7, name: 'box' });
      installation = { ...installation, runner: { ...runner, cannotDeregister: 'It has no credentials.' } };
    });

    test('is deleted through the API, with its local configuration', async () => {
      expect(await remove()).toEqual({ result: 'removed' });
      expect(github.runners('octo/app')).toEqual([]);
      expect(printed).toEqual(['config.sh remove --local\n']);
      expect(await files()).toEqual(['config.sh']);
    });

    test('is unconfirmed if GitHub cannot be reached after its deletion', async () => {
      github.afterRequest = ({ method }) => {
        if (method === 'DELETE') breakDown();
      };

      expect(await remove()).toEqual({
        result: 'unconfirmed',
        detail: expect.stringContaining('GitHub responded 500'),
      });
      expect(await files()).toEqual(['config.sh']);
    });

    test('is deleted by a retry after a transient error', async () => {
      const { clock, log } = context;
      context = { ...context, client: clientOf(github, { retries: 1, clock, log }) };
      github.intercept = ({ method }, response) => {
        if (method !== 'DELETE') return false;
        github.intercept = undefined;
        github.send(response, { status: 502, body: {} });
        return true;
      };

      expect(await remove()).toEqual({ result: 'removed' });
    });

    test('is not deleted by a retry while a job is running, whatever GitHub says', async () => {
      const { clock, log } = context;
      context = { ...context, client: clientOf(github, { retries: 1, clock, log }) };
      let worker: ChildProcess | undefined;
      github.intercept = async ({ method }, response) => {
        if (method !== 'DELETE' || worker !== undefined) return false;
        worker = await start('Runner.Worker');
        github.send(response, { status: 502, body: {} });
        return true;
      };

      const failure = await failureOf(remove);
      worker?.kill();

      expect(failure.kind).toBe('server-error');
      expect(github.runners('octo/app')).toHaveLength(1);
    });

    test('keeps its local configuration if it stays registered', async () => {
      respond(github, { status: 204 }, 'DELETE');

      expect(await failureOf(remove)).toMatchObject({
        kind: 'still-registered',
        explanation: {
          happened: `The runner "box" in ${directory} (ID 7) is still registered, although GitHub accepted its deletion.`,
        },
      });
      expect(await files()).toContain('.runner');
    });

    test('is left unchanged if it is busy', async () => {
      afterFirstRequest(() => github.setBusy('octo/app', 7, true));

      expect(await failureOf(remove)).toMatchObject({
        kind: 'runner-busy',
        explanation: { cause: 'GitHub refused to delete it because it is running a job.' },
      });
      expect(printed).toEqual([]);
    });
  });

  describe('a runner that starts a job at the last moment is not stopped', () => {
    beforeEach(async () => {
      await copyFile('/bin/sleep', join(directory, 'Runner.Worker'));
      await configScript(
        'mkdir bin',
        'mv Runner.Worker bin',
        'bin/Runner.Worker 60 >/dev/null 2>&1 &',
        'echo $! >worker',
        // Until then it is a copy of the shell.
        'until [ "$(readlink /proc/$!/exe)" = "$PWD/bin/Runner.Worker" ]; do :; done',
        'rm .runner .credentials',
      );
    });
    afterEach(async () => process.kill(Number(await readFile(join(directory, 'worker'), 'utf8'))));

    test('after it was deregistered', async () => {
      github.addRunner('octo/app', { id: 7, name: 'box' });

      const failure = await failureOf(remove);

      expect(failure.kind).toBe('runner-busy');
      expect(failure.explanation).toEqual({
        happened: `The runner "box" in ${directory} is deregistered but still running: it has just started a job.`,
        cause: 'GitHub dispatched the job before the deregistration and did not list the runner as busy yet.',
        remedy: 'Re-run the step after the job. It then uninstalls the service or stops the listener.',
      });
    });

    test('after its local configuration was cleaned up, without a word about GitHub', async () => {
      const failure = await failureOf(() =>
        removeLeftovers({ ...installation, runner: undefined }, false, print, context),
      );

      expect(failure.kind).toBe('runner-busy');
      expect(failure.explanation).toMatchObject({
        happened: `The runner in ${directory} is not configured any more but still running: it has just started a job.`,
        cause: expect.stringContaining('GitHub was not checked'),
      });
    });
  });

  const byName =
    'Re-running this step is not enough: the local configuration is already deleted. To remove the runner from GitHub, use "remove: true" with "runner-name: box" and "runner-status: any".';

  test('a removal is unconfirmed if GitHub cannot be reached afterwards', async () => {
    github.addRunner('octo/app', { id: 7, name: 'box' });
    afterFirstRequest(breakDown);

    expect(await remove()).toEqual({
      result: 'unconfirmed',
      detail: expect.stringContaining('GitHub responded 500'),
    });
  });

  test('a removal is unconfirmed if only the last of two checks could not reach GitHub', async () => {
    github.addRunner('octo/app', { id: 7, name: 'box' });
    await configScript('[ "$2" = --local ] || exit 1', 'rm .runner .credentials');
    afterFirstRequest(() => {
      github.removeRunner('octo/app', 7);
      afterFirstRequest(breakDown);
    });

    expect(await remove()).toMatchObject({ result: 'unconfirmed' });
  });

  test('a removal is failed if somebody else has deleted .runner, and GitHub cannot be reached', async () => {
    github.addRunner('octo/app', { id: 7, name: 'box' });
    afterFirstRequest(() => {
      for (const name of configuration) rmSync(join(directory, name));
      breakDown();
    });

    expect((await failureOf(remove)).explanation.remedy).toMatch(byName);
  });

  test('a removal that config.sh skipped is not unconfirmed if GitHub cannot be reached afterwards, but failed', async () => {
    github.addRunner('octo/app', { id: 7, name: 'box' });
    afterFirstRequest(breakDown);
    await configScript(
      'echo "Does not exist. Skipping removing runner from the server."',
      'rm .runner .credentials',
    );

    const { kind, explanation } = await failureOf(remove);

    expect(kind).toBe('server-error');
    expect(explanation.happened).toContain('Could not read the runner "box"');
    expect(explanation.remedy).toMatch(byName);
  });

  test('what could not be restored after a failure is a warning', async () => {
    github.addRunner('octo/app', { id: 7, name: 'box' });
    await writeFile(join(directory, '.env'), '');
    await configScript('rm .env', 'mkdir .env', 'exit 1');

    await failureOf(remove);

    expect(lines).toContainEqual(expect.stringMatching(/^warning: .*\.env could not be restored/));
  });

  test('a private key that cannot be deleted is a warning', async () => {
    await rm(join(directory, '.credentials_rsaparams'));
    await mkdir(join(directory, '.credentials_rsaparams'));
    await configScript('rm .runner .credentials');

    expect(await remove()).toEqual({ result: 'already-removed' });
    expect(lines).toContainEqual(
      expect.stringMatching(/^warning: The private key .*\.credentials_rsaparams could not be deleted/),
    );
  });

  test('a runner that stays registered after its deletion is reported, with what to do', async () => {
    github.addRunner('octo/app', { id: 7, name: 'box' });
    respond(github, { status: 204 }, 'DELETE');

    const failure = await failureOf(remove);

    expect(failure.kind).toBe('still-registered');
    expect(failure.explanation).toEqual({
      happened: `The runner "box" in ${directory} (ID 7) is still registered, although GitHub accepted its deletion.`,
      likelyCause: 'A problem or a delay on GitHub.',
      remedy: `Re-run the step in a few minutes. If the runner is still listed, delete it in the settings on GitHub. ${byName}`,
    });
  });

  test('a runner that config.sh did not remove, and GitHub does not delete, has to be selected by its name', async () => {
    github.addRunner('octo/app', { id: 7, name: 'box' });
    github.intercept = ({ method }, response) => {
      if (method === 'DELETE') github.send(response, { status: 500, body: {} });
      return method === 'DELETE';
    };

    const { kind, explanation } = await failureOf(remove);

    expect(kind).toBe('server-error');
    expect(explanation.remedy).toMatch(byName);
    // What another run of the step does.
    expect(await removeLeftovers({ ...installation, runner: undefined }, false, print, context)).toEqual({
      result: 'already-removed',
      detail: 'The installation is not configured.',
    });
    expect(github.runners('octo/app')).toHaveLength(1);
  });

  describe('an installation without .runner', () => {
    const removeRest = (dryRun: boolean) =>
      removeLeftovers({ ...installation, runner: undefined }, dryRun, print, context);
    const unknown =
      'Without .runner, its name and ID are unknown: GitHub was not checked and may still list the runner.';

    test('needs nothing if it was never configured', async () => {
      await deleteConfiguration(installation);

      expect(await removeRest(false)).toEqual({
        result: 'already-removed',
        detail: 'The installation is not configured.',
      });
      expect(printed).toEqual([]);
    });

    test.each([
      [
        true,
        'would-remove',
        `The installation is partly removed. The rest would be cleaned up. ${unknown}`,
        ['.credentials', '.credentials_rsaparams', 'config.sh'],
      ],
      [
        false,
        'already-removed',
        `The installation was partly removed. The rest was cleaned up. ${unknown}`,
        ['config.sh'],
      ],
    ])('is cleaned up, and GitHub may still list it (dry run: %p)', async (dryRun, result, detail, left) => {
      await rm(join(directory, '.runner'));
      await configScript('echo "config.sh $*"', 'rm .credentials');

      expect(await removeRest(dryRun)).toEqual({ result, detail });
      expect(printed).toEqual(dryRun ? [] : ['config.sh remove --local\n']);
      expect(await files()).toEqual(left);
      expect(github.requests).toEqual([]);
    });

    test('is left unchanged while a job runs in it', async () => {
      await rm(join(directory, '.runner'));
      const worker = await start('Runner.Worker');

      const failure = await failureOf(() => removeRest(false));
      worker.kill();

      expect(failure.kind).toBe('runner-busy');
      expect(failure.explanation.happened).toBe(
        `The runner in ${directory} is running a job and was left unchanged.`,
      );
      expect(await files()).toContain('.credentials');
    });

    test('loses its listener, which a dry run reports', async () => {
      await deleteConfiguration(installation);
      const listener = await start('Runner.Listener');

      expect(await removeRest(true)).toMatchObject({ result: 'would-remove' });
      expect(await removeRest(false)).toMatchObject({ result: 'already-removed' });
      expect(printed).toEqual([`Stopping the listener (process ${listener.pid}).`]);
      expect(await once(listener, 'exit')).toEqual([null, 'SIGTERM']);
    });

    test('that only has a private key left loses that too', async () => {
      await rm(join(directory, '.runner'));
      await rm(join(directory, '.credentials'));
      await configScript('exit 0');

      expect(await removeRest(false)).toMatchObject({ detail: expect.stringContaining('may still list') });
      expect(await files()).toEqual(['config.sh']);
    });

    test('is partly removed if the marker of a service is left', async () => {
      await deleteConfiguration(installation);
      await mkdir(join(directory, '.service'));

      expect(await removeRest(true)).toMatchObject({ result: 'would-remove' });
    });
  });
});

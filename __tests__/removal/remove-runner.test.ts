import { chmod, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import type { Candidate, CandidateRunner } from '../../src/candidate.ts';
import type { Client } from '../../src/github/client.ts';
import { lookUp, type Outcome, removeLeftovers, removeRunner } from '../../src/remove-runner.ts';
import { clientOf, failureOf, recordingLog, repository, silentLog } from '../support.ts';

const runner: CandidateRunner = {
  registration: repository,
  source: 'the inputs',
  id: 7,
  name: 'box',
  ephemeral: false,
  deregistersItself: true,
  executesThisJob: false,
};
let github: GitHub;
let client: Client;
beforeEach(async () => {
  github = await GitHub.start();
  github.addRepository('octo/app');
  github.addAdminToken('ghp_admin', { registrations: ['octo/app'] });
  client = clientOf(github);
});
afterEach(() => github.close());

/** GitHub lists these, whatever is asked for by id. */
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

describe('looked up at GitHub', () => {
  test('a runner that is known by its id is not looked for by its name', async () => {
    github.addRunner('octo/app', { id: 7, name: 'box' });

    expect(await lookUp(runner, { client, log: silentLog })).toMatchObject({
      registered: { id: 7 },
      namesakes: [],
    });
    expect(github.requests).toHaveLength(1);
  });

  test('a runner that is listed, and said to be unknown by its id, is registered', async () => {
    listInstead(7);

    expect(await lookUp(runner, { client, log: silentLog })).toMatchObject({
      registered: { id: 7, name: 'box' },
      namesakes: [],
    });
  });

  test('another runner of the same name is told apart', async () => {
    github.addRunner('octo/app', { id: 8, name: 'box' });

    expect(await lookUp(runner, { client, log: silentLog })).toMatchObject({
      registered: undefined,
      namesakes: [{ id: 8 }],
    });
  });
});

describe('on this machine', () => {
  let directory: string;
  let printed: string[];
  let lines: string[];
  let candidate: Candidate;
  beforeEach(async () => {
    directory = await mkdtemp(join(await realpath(tmpdir()), 'runner-'));
    printed = [];
    candidate = {
      installation: { directory, configuration: undefined, hasCredentials: true, owner: { uid: 0, gid: 0 } },
      runner,
      script: {
        directory,
        platform: process.platform,
        ownerPrefix: [],
        environment: { PATH: process.env['PATH'] ?? '' },
      },
      uninstall: undefined,
    };
    for (const name of ['.runner', '.credentials', '.credentials_rsaparams']) {
      await writeFile(join(directory, name), '');
    }
    // Removes the local configuration, and says how it was called.
    await configScript('echo "config.sh $*"', 'rm .runner .credentials');
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function configScript(...commands: string[]): Promise<void> {
    await writeFile(join(directory, 'config.sh'), ['#!/bin/sh', ...commands, ''].join('\n'));
    await chmod(join(directory, 'config.sh'), 0o755);
  }

  function tools() {
    const { log, lines: logged } = recordingLog();
    lines = logged;
    return { client, log, print: (output: string) => printed.push(output) };
  }
  const remove = (dryRun = false): Promise<Outcome> =>
    removeRunner(candidate, runner, 'AREMOVE', dryRun, tools());
  const files = (): Promise<string[]> => readdir(directory);

  /** Something happens at GitHub right after it was asked for the first time. */
  function afterFirstRequest(act: () => void): void {
    github.afterRequest = () => {
      github.afterRequest = undefined;
      act();
    };
  }

  describe('a dry run', () => {
    test('of a runner that GitHub knows has no more to say', async () => {
      github.addRunner('octo/app', { id: 7, name: 'box' });

      expect(await remove(true)).toEqual({ result: 'would-remove' });
    });

    test('of a runner that GitHub does not know says what would be removed', async () => {
      expect(await remove(true)).toEqual({
        result: 'would-remove',
        detail: 'GitHub does not know it; its local configuration would be removed.',
      });
    });
  });

  describe('a runner that GitHub does not know', () => {
    test('loses its local configuration, with its key', async () => {
      expect(await remove()).toEqual({ result: 'already-removed' });
      expect(printed).toEqual(['config.sh remove --local\n']);
      expect(await files()).toEqual(['config.sh']);
    });

    test('is told from those of its name', async () => {
      listInstead(8, 9);

      expect(await remove()).toEqual({
        result: 'already-removed',
        detail:
          'GitHub knows a runner of this name with the id 8, 9, which is not this one and was left alone.',
      });
    });

    test.each([
      ['fails', ['echo Whoops', 'rm .runner .credentials', 'exit 3'], 3, 'Whoops'],
      ['leaves the local configuration', ['echo Done'], 0, 'Done'],
    ])('fails where its own removal %s', async (_, commands, code, said) => {
      await configScript(...commands);

      expect((await failureOf(remove)).explanation).toEqual({
        happened: `GitHub does not know the runner in ${directory}, but its local configuration was not removed: config.sh remove --local ended with exit code ${code}, "${said}".`,
        cause:
          'A runner older than 2.301 does not know --local, or a file of the installation cannot be deleted.',
        remedy: `Delete .runner, .credentials and .credentials_rsaparams in ${directory} by hand: they are of no use any more.`,
      });
    });
  });

  describe('a runner that GitHub knows', () => {
    beforeEach(() => {
      github.addRunner('octo/app', { id: 7, name: 'box' });
    });
    const deregistered = () => github.removeRunner('octo/app', 7);

    test('deregisters itself, and is gone', async () => {
      afterFirstRequest(deregistered);

      expect(await remove()).toEqual({ result: 'removed' });
      expect(printed).toEqual(['config.sh remove\n']);
      expect(lines).toContain('debug: Proof: GitHub still lists the runner: false');
    });

    test('whose own removal fails at the very last file loses that too', async () => {
      afterFirstRequest(deregistered);
      await configScript('echo "config.sh $*"', 'rm .runner .credentials 2>/dev/null && exit 1', 'exit 0');

      expect(await remove()).toEqual({ result: 'removed' });
      expect(printed).toEqual(['config.sh remove\n', 'config.sh remove --local\n']);
      expect(await files()).toEqual(['config.sh']);
    });

    test('is not touched while it runs a job', async () => {
      github.setBusy('octo/app', 7, true);

      expect((await failureOf(remove)).explanation).toEqual({
        happened: `The runner "box" in ${directory} runs a job and was not touched.`,
        cause: 'GitHub lists it as busy.',
        remedy: 'Run this again when the job has ended.',
      });
      expect(printed).toEqual([]);
    });

    test('is not touched by its own job', async () => {
      github.setBusy('octo/app', 7, true);
      candidate = { ...candidate, runner: { ...runner, executesThisJob: true } };

      const failure = await failureOf(remove);

      expect(failure.kind).toBe('runner-runs-this-job');
      expect(failure.explanation).toEqual({
        happened: `The runner "box" in ${directory} runs this very job and was not touched.`,
        cause: 'GitHub does not remove a runner while it runs a job, and this step is part of one.',
        remedy:
          'Use remove: after-job, which removes it when this job has ended, or run the step on another runner.',
      });
    });

    test('is busy where GitHub says so, whatever its own removal says', async () => {
      afterFirstRequest(() => github.setBusy('octo/app', 7, true));
      await configScript('echo "It did not work out"', 'exit 1');

      expect(await failureOf(remove)).toMatchObject({
        kind: 'runner-busy',
        explanation: { cause: 'GitHub refused to remove it because it runs a job.' },
      });
    });

    test('whose own removal fails stays as it was, with the reason', async () => {
      await configScript('echo first', 'echo "No route to host"', 'exit 5');

      const failure = await failureOf(remove);

      expect(failure.kind).toBe('removal-failed');
      expect(failure.explanation).toEqual({
        happened: `The runner "box" in ${directory} was not removed: config.sh remove ended with exit code 5, "No route to host".`,
        cause: "The runner's own removal could not do its work; its output is in the log above.",
        remedy: 'Mend what the output names and run the job again: nothing has to be undone first.',
      });
      expect(printed).toEqual(['first\nNo route to host\n']);
    });

    test('whose own removal reached nobody is deleted through the API, with a warning', async () => {
      expect(await remove()).toEqual({
        result: 'removed',
        detail:
          'It was deleted through the API: its own removal had reported success and left it registered.',
      });
      expect(lines).toContain('debug: Proof: GitHub still lists the runner: true');
      expect(lines).toContain(
        `warning: The runner "box" in ${directory} (id 7) is still registered although its own removal reported success. It is deleted through the API.`,
      );
      expect(github.runners('octo/app')).toEqual([]);
    });
  });

  test('a runner that stays listed after its deletion is reported, with what to do', async () => {
    github.addRunner('octo/app', { id: 7, name: 'box' });
    github.intercept = ({ method }, response) => {
      if (method === 'DELETE') github.send(response, { status: 204 });
      return method === 'DELETE';
    };

    const failure = await failureOf(remove);

    expect(failure.kind).toBe('still-registered');
    expect(failure.explanation).toEqual({
      happened: `The runner "box" in ${directory} (id 7) is still registered, although GitHub accepted its deletion.`,
      cause: 'GitHub has a problem of its own, or its answers lag behind.',
      remedy: 'Run the job again in a few minutes; if the runner is still listed, delete it in the settings.',
    });
  });

  describe('an installation without a configuration', () => {
    const removeRest = (dryRun: boolean) =>
      removeLeftovers({ ...candidate, runner: undefined }, dryRun, tools());

    test('needs nothing', async () => {
      await Promise.all(['.runner', '.credentials'].map((name) => rm(join(directory, name))));

      expect(await removeRest(false)).toEqual({
        result: 'already-removed',
        detail: 'The installation is not configured.',
      });
      expect(printed).toEqual([]);
    });

    test.each([
      [true, 'would-remove', 'It is half-removed; the rest of it would be removed.'],
      [false, 'already-removed', 'The rest of a half-removed runner was removed.'],
    ])('loses what is left of it (dry run: %p)', async (dryRun, result, detail) => {
      await rm(join(directory, '.runner'));
      await configScript('echo "config.sh $*"', 'rm .credentials');

      expect(await removeRest(dryRun)).toEqual({ result, detail });
      expect(printed).toEqual(dryRun ? [] : ['config.sh remove --local\n']);
    });

    test('has something left where it has the mark of a service', async () => {
      await Promise.all(['.runner', '.credentials'].map((name) => rm(join(directory, name))));
      await mkdir(join(directory, '.service'));

      expect(await removeRest(true)).toMatchObject({ result: 'would-remove' });
    });
  });
});

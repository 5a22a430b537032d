import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GitHub } from '../../sandbox/github.ts';
import type { Clock } from '../../src/clock.ts';
import type { Cancellation, Context } from '../../src/context.ts';
import { Failure } from '../../src/failure.ts';
import type { InstalledRemoval } from '../../src/inputs.ts';
import { removeRunners } from '../../src/removal/removal.ts';
import type { RunnerResult } from '../../src/removal/result.ts';
import { RemoveTokens } from '../../src/remove-tokens.ts';
import {
  failureOf,
  recordingLog,
  respond,
  silentLog,
  startGitHub,
  startProgram,
  temporaryDirectory,
  writeScript,
} from '../support.ts';
import { timelessClientOf, VirtualClock } from '../virtual-clock.ts';
import { contextOf } from './context.ts';

let github: GitHub;
/** Holds the installations. */
let host: string;
let installed: { registration: string; id: number; directory: string }[];
let lines: string[];
beforeEach(async () => {
  github = await startGitHub();
  github.intercept = deregister;
  host = await temporaryDirectory();
  installed = [];
});

/** A runner with a small config.sh, which deletes the local configuration. */
async function install(name: string, registration = 'octo/app'): Promise<string> {
  const { id } = github.addRunner(registration, { name });
  const directory = join(host, name);
  await mkdir(join(directory, '_diag'), { recursive: true });
  const gitHubUrl = `${github.serverUrl}/${registration}`;
  await writeFile(join(directory, '.runner'), JSON.stringify({ agentId: id, agentName: name, gitHubUrl }));
  await writeFile(join(directory, '.credentials'), '');
  await writeScript(join(directory, 'bin/Runner.Listener'));
  await writeScript(join(directory, 'config.sh'), 'echo "Removing from $PWD"', 'rm .runner .credentials');
  installed.push({ registration, id, directory });
  return directory;
}

/** GitHub forgets the runners whose config.sh was run. */
function deregister(): boolean {
  for (const { registration, id, directory } of installed) {
    if (!existsSync(join(directory, '.runner'))) {
      github.removeRunner(registration, id);
    }
  }
  return false;
}

async function remove(
  directories: string[],
  settings: Partial<InstalledRemoval> = {},
  changes: Partial<Context> = {},
): Promise<RunnerResult[]> {
  const recording = recordingLog();
  lines = recording.lines;
  const base = contextOf(github);
  const removal: InstalledRemoval = {
    kind: 'installed',
    when: 'now',
    directories,
    waitMinutes: 0,
    dryRun: false,
    ...settings,
  };
  const machine = { ...base.machine, environment: { PATH: process.env['PATH'] }, ...changes.machine };
  const inputs = { ...base.inputs, removal };
  return removeRunners(removal, contextOf(github, { log: recording.log, inputs, ...changes, machine }));
}

const resultsOf = (results: RunnerResult[]) => results.map(({ report }) => report.result);
const requests = () => github.requests.map(({ method, path }) => `${method} ${path.replace('/api/v3', '')}`);

test('each registration needs one token, and every runner is reported in the order of the inputs', async () => {
  const directories = [await install('one', 'octo'), await install('two'), await install('three', 'octo')];

  const results = await remove(directories);

  expect(results).toEqual(
    ['octo', 'octo/app', 'octo'].map((registration, index) => ({
      report: {
        directory: directories[index],
        name: ['one', 'two', 'three'][index],
        id: installed[index]?.id,
        registration: `${github.serverUrl}/${registration}`,
        result: 'removed',
      },
    })),
  );
  expect(requests().slice(0, 2)).toEqual([
    'POST /orgs/octo/actions/runners/remove-token',
    'POST /repos/octo/app/actions/runners/remove-token',
  ]);
  expect(requests()).toHaveLength(2 + 2 * 3);
  for (const directory of directories) {
    const title = `group: Output of the runner's scripts in ${directory}`;
    expect(lines[lines.indexOf(title) + 1]).toBe(`Removing from ${directory}`);
  }
});

test('nothing is changed if a token is refused for one of the registrations', async () => {
  github.addAdminToken('ghp_admin', { registrations: ['octo/app'] });
  const directories = [await install('one'), await install('two', 'octo')];

  const failure = await failureOf(() => remove(directories));

  expect(failure.explanation.happened).toContain('Could not create a remove token for organization octo');
  expect(directories.every((directory) => existsSync(join(directory, '.runner')))).toBe(true);
});

test('nothing is requested if one of the installations cannot be used', async () => {
  const directories = [await install('one'), host];

  expect((await failureOf(() => remove(directories))).kind).toBe('not-a-runner');
  expect(github.requests).toEqual([]);
});

test('a runner that cannot be removed does not stop the others', async () => {
  const directories = [await install('one'), await install('two')];
  github.setBusy('octo/app', Number(installed[0]?.id), true);

  const [one, two] = await remove(directories);

  expect(one?.failure).toBeInstanceOf(Failure);
  expect(one?.report).toMatchObject({ name: 'one', result: 'failed', detail: one?.failure?.message });
  expect(two?.failure).toBeUndefined();
  expect(two?.report).toMatchObject({ name: 'two', result: 'removed' });
});

test('an installation that is not configured needs no request, and prints nothing', async () => {
  const directory = await install('one');
  await rm(join(directory, '.runner'));
  await rm(join(directory, '.credentials'));

  expect(await remove([directory])).toEqual([
    {
      report: {
        directory,
        name: null,
        id: null,
        registration: null,
        result: 'already-removed',
        detail: 'The installation is not configured.',
      },
    },
  ]);
  expect(github.requests).toEqual([]);
  expect(lines.filter((line) => line.startsWith('group:'))).toEqual([]);
});

test('all that the scripts of a runner print is in one group', async () => {
  const directory = await install('one');
  const commands = ['echo "$*"', 'rm .runner 2>&- && exit 1', 'rm .credentials'];
  await writeScript(join(directory, 'config.sh'), ...commands);

  expect(resultsOf(await remove([directory]))).toEqual(['removed']);
  expect(lines).toContain('remove\nremove --local');
});

test('four runners are removed in parallel', async () => {
  const directories = await Promise.all(['1', '2', '3', '4', '5', '6'].map((name) => install(name)));
  let [active, most] = [0, 0];
  github.intercept = async ({ method }) => {
    active += method === 'GET' ? 1 : 0;
    most = Math.max(most, active);
    await pause(50);
    active -= method === 'GET' ? 1 : 0;
    return false;
  };

  expect(resultsOf(await remove(directories, { dryRun: true }))).toEqual(Array(6).fill('would-remove'));
  expect(most).toBe(4);
});

test('runners are not removed from within a container, where their jobs are not visible', async () => {
  const directory = await install('one');
  const machine = { ...contextOf(github).machine, execPath: '/__e/node24/bin/node' };

  const failure = await failureOf(() => remove([directory], {}, { machine }));

  expect(failure.kind).toBe('container-job');
  expect(failure.explanation.happened).toBe(
    'runner-directory cannot be used in a container job. Nothing was changed.',
  );
  expect(github.requests).toEqual([]);
});

describe('remove: after-job', () => {
  const ownMachine = (): Context['machine'] => ({
    ...contextOf(github).machine,
    execPath: join(host, 'own/externals/node24/bin/node'),
    environment: { PATH: process.env['PATH'], RUNNER_NAME: 'own' },
  });

  test('leaves the runner of this job to the post step, and removes others now', async () => {
    const [other, own] = [await install('other'), await install('own')];
    github.setBusy('octo/app', Number(installed[1]?.id), true);

    const results = await remove([other, own], { when: 'after-job' }, { machine: ownMachine() });

    expect(results.map(({ report }) => report)).toMatchObject([
      { directory: own, name: 'own', result: 'scheduled' },
      { directory: other, name: 'other', result: 'removed' },
    ]);
    expect(existsSync(join(own, '.runner'))).toBe(true);
  });

  test('schedules nothing in a dry run', async () => {
    await install('own');

    const results = await remove([], { when: 'after-job', dryRun: true }, { machine: ownMachine() });

    expect(resultsOf(results)).toEqual(['would-remove']);
  });

  test('is refused in a container before anything is requested', async () => {
    const machine = { ...ownMachine(), execPath: '/__e/node24/bin/node' };

    expect(await failureOf(() => remove([], { when: 'after-job' }, { machine }))).toMatchObject({
      kind: 'container-job',
    });
    expect(github.requests).toEqual([]);
  });
});

describe('wait-minutes', () => {
  const minute = 60_000;
  let clock: VirtualClock;
  beforeEach(() => {
    clock = new VirtualClock();
  });

  function waitFor(
    directories: string[],
    settings: Partial<InstalledRemoval> = {},
    changes: Partial<Context> = {},
  ): Promise<RunnerResult[]> {
    const client = timelessClientOf(github, clock);
    const { secrets } = contextOf(github);
    const removeTokens = new RemoveTokens(client, secrets, silentLog, clock);
    return remove(directories, { waitMinutes: 10, ...settings }, { clock, client, removeTokens, ...changes });
  }

  async function installBusy(name: string): Promise<{ directory: string; setIdle: () => void }> {
    const directory = await install(name);
    const id = Number(installed.at(-1)?.id);
    github.setBusy('octo/app', id, true);
    return { directory, setIdle: () => github.setBusy('octo/app', id, false) };
  }

  const info = () => lines.filter((line) => line.startsWith('info: '));

  test('waits until the job has ended, without holding up other runners', async () => {
    const busy = await Promise.all(['1', '2', '3', '4'].map(installBusy));
    const other = await install('other');
    const { id } = installed[4] ?? {};
    github.afterRequest = ({ path, status }) => {
      if (path.endsWith(`/${id}`) && status === 404) {
        for (const { setIdle } of busy) setIdle();
      }
    };

    const directories = [...busy.map(({ directory }) => directory), other];
    expect(resultsOf(await waitFor(directories, { waitMinutes: 1_440 }))).toEqual(Array(5).fill('removed'));
    expect(info()[0]).toMatch(/^info: Waiting for "\d" \(busy\).*, for up to 1440 minutes\.$/);
  });

  test.each([
    ['a configured installation', true, '"one"'],
    ['an installation without .runner', false, '"/.*/one"'],
  ])('waits for a worker process too, in %s', async (_, isConfigured, name) => {
    const directory = await install('one');
    if (!isConfigured) {
      await rm(join(directory, '.runner'));
      await rm(join(directory, '.credentials'));
    }
    const worker = await startProgram(join(directory, 'bin/Runner.Worker'));
    const ended = once(worker, 'exit');
    clock.later(20_000, () => {
      clock.hold();
      worker.kill();
      void ended.then(() => clock.release());
    });

    const expected = isConfigured ? 'removed' : 'already-removed';
    expect(resultsOf(await waitFor([directory]))).toEqual([expected]);
    expect(info()[0]).toMatch(new RegExp(`^info: Waiting for ${name} \\(busy\\), for up to 10 minutes\\.$`));
  });

  test('fails when the time is up', async () => {
    const { directory } = await installBusy('one');

    const [result] = await waitFor([directory], { waitMinutes: 1 });

    expect(clock.now()).toBe(minute);
    expect(result?.failure?.kind).toBe('runner-busy');
    expect(result?.report).toMatchObject({ result: 'failed', detail: result?.failure?.message });
  });

  test('is in the result of a dry run', async () => {
    const { directory } = await installBusy('one');

    expect((await waitFor([directory], { dryRun: true }))[0]?.report).toMatchObject({
      result: 'would-remove',
      detail: 'It is busy now. The step would wait up to 10 minutes for it.',
    });
    expect(clock.now()).toBe(0);
    expect((await waitFor([directory], { dryRun: true, waitMinutes: 0 }))[0]?.failure?.kind).toBe(
      'runner-busy',
    );
  });

  test('ends when the step is cancelled', async () => {
    const { directory } = await installBusy('one');
    const requested = new AbortController();
    clock.later(minute, () => requested.abort());
    const { cancellation } = contextOf(github);

    const [result] = await waitFor(
      [directory],
      {},
      { cancellation: { ...cancellation, requested: requested.signal } },
    );

    expect(clock.now()).toBe(minute);
    expect(result?.report.result).toBe('not-attempted');
    expect(result?.failure?.kind).toBe('removal-failed');
  });

  test('does not forget a runner whose .runner config.sh deletes without deregistering it', async () => {
    const { directory, setIdle } = await installBusy('one');
    clock.later(minute, setIdle);
    respond(github, { status: 502 }, 'DELETE');
    clock.later(3 * minute, () => {
      github.intercept = undefined;
    });

    const [result] = await waitFor([directory]);

    expect(result?.report).toMatchObject({ name: 'one', id: installed[0]?.id, result: 'removed' });
    expect(github.runners('octo/app')).toEqual([]);
  });

  describe('for a job that started during the removal', () => {
    let directory: string;
    beforeEach(async () => {
      directory = await install('one');
      await copyFile('/bin/sleep', join(directory, 'Runner.Worker'));
      await writeScript(
        join(directory, 'config.sh'),
        'mv Runner.Worker bin',
        'bin/Runner.Worker 600 >/dev/null 2>&1 &',
        'echo $! >worker',
        // Until then it is a copy of the shell.
        'until [ "$(readlink /proc/$!/exe)" = "$PWD/bin/Runner.Worker" ]; do :; done',
        'rm .runner .credentials',
      );
    });
    afterEach(async () => process.kill(Number(await readFile(join(directory, 'worker'), 'utf8'))));

    test('does not say that the runner was left unchanged', async () => {
      const [result] = await waitFor([directory], { waitMinutes: 1 });

      expect(result?.failure?.kind).toBe('runner-busy');
      expect(result?.failure?.explanation).toEqual({
        happened: `The runner "one" in ${directory} is running a job (after waiting up to 1 minute) and was only partly removed: its local configuration is already deleted.`,
        cause: 'A Runner.Worker process of its installation is running on this machine.',
        remedy:
          'Re-run the step after the job. It then uninstalls the service or stops the listener. To remove the runner from GitHub if it is still listed, use "remove: true" with "runner-name: one".',
      });
    });

    test('is not reported as not attempted when the step is cancelled', async () => {
      const requested = new AbortController();
      clock.later(minute, () => requested.abort());
      const cancellation = { ...contextOf(github).cancellation, requested: requested.signal };

      const [result] = await waitFor([directory], {}, { cancellation });

      expect(result?.report.result).toBe('failed');
      expect(result?.failure?.explanation.happened).toBe(
        `The removal of the runner in ${directory} was interrupted while a job was running. Its local configuration is already deleted.`,
      );
    });
  });

  test('makes the checks again', async () => {
    const { directory, setIdle } = await installBusy('one');
    clock.later(minute, () => {
      const gitHubUrl = `${github.serverUrl}/elsewhere/app`;
      writeFileSync(join(directory, '.runner'), JSON.stringify({ agentId: 1, agentName: 'one', gitHubUrl }));
      setIdle();
    });

    expect((await waitFor([directory]))[0]?.failure?.kind).toBe('registration-mismatch');
  });

  test('does not remove a runner that is configured in the meantime', async () => {
    const { directory, setIdle } = await installBusy('one');
    const { id } = github.addRunner('octo/app', { name: 'two' });
    clock.later(minute, () => {
      const gitHubUrl = `${github.serverUrl}/octo/app`;
      writeFileSync(join(directory, '.runner'), JSON.stringify({ agentId: id, agentName: 'two', gitHubUrl }));
      setIdle();
    });

    const [result] = await waitFor([directory]);

    expect(result?.report).toMatchObject({ name: 'one', result: 'failed' });
    expect(result?.failure).toMatchObject({
      kind: 'removal-failed',
      explanation: {
        happened: `The installation in ${directory} was configured again while the step waited. The new runner was left unchanged.`,
        cause: 'The step removes only the runner that was installed there when the step started.',
        remedy: 'To remove the new runner too, re-run the step.',
      },
    });
    expect(github.runners('octo/app').map(({ name }) => name)).toEqual(['one', 'two']);
  });

  test('is not for the runner of this job', async () => {
    const { directory } = await installBusy('one');
    const machine = { ...contextOf(github).machine, environment: { ...process.env, RUNNER_NAME: 'one' } };

    expect((await waitFor([directory], {}, { machine }))[0]?.failure?.kind).toBe('runner-runs-this-job');
    expect(clock.now()).toBe(0);
  });

  test.each([
    ['outlasts transient errors', 502, 'removed'],
    ['ends when the admin token expires', 401, 'failed'],
  ])('%s', async (_, status, expected) => {
    const { directory, setIdle } = await installBusy('one');
    clock.later(minute, () => {
      respond(github, { status, body: { message: 'Bad credentials' } });
    });
    clock.later(2 * minute, () => {
      github.intercept = deregister;
      setIdle();
    });

    const [result] = await waitFor([directory]);

    expect(result?.report.result).toBe(expected);
    if (status === 401) {
      expect(result?.failure?.explanation.likelyCause).toContain('It has since expired or been revoked.');
    }
  });

  test('is no reason to repeat what fails at once', async () => {
    const directory = await install('one');
    respond(github, { status: 502 }, 'GET');

    expect((await waitFor([directory]))[0]?.failure?.kind).toBe('server-error');
    expect(clock.now()).toBe(0);
  });

  test('of more than 45 minutes needs a new remove token', async () => {
    const { directory, setIdle } = await installBusy('one');
    await writeScript(
      join(directory, 'config.sh'),
      'echo "with $ACTIONS_RUNNER_INPUT_TOKEN"',
      'rm .runner .credentials',
    );
    clock.later(50 * minute, setIdle);
    const { now, later } = clock;
    // Few polls: each of them searches all processes.
    const sleep: Clock['sleep'] = (milliseconds, signal) => clock.sleep(30 * milliseconds, signal);

    const results = await waitFor([directory], { waitMinutes: 120 }, { clock: { now, later, sleep } });

    expect(resultsOf(results)).toEqual(['removed']);
    expect(github.issuedTokens).toHaveLength(2);
    expect(lines).toContain(`with ${github.issuedTokens[1]?.token}`);
  });
});

describe('a cancelled step', () => {
  let stages: Record<keyof Cancellation, AbortController>;
  beforeEach(() => {
    stages = {
      requested: new AbortController(),
      deadline: new AbortController(),
      abandoned: new AbortController(),
    };
  });
  const cancellation = (): Cancellation => ({
    requested: stages.requested.signal,
    deadline: stages.deadline.signal,
    abandoned: stages.abandoned.signal,
  });
  const cause = 'Someone cancelled the job, or the step reached its time limit.';

  test('starts no other removal, and reports what was not attempted', async () => {
    const directories = await Promise.all(['1', '2', '3', '4', '5', '6'].map((name) => install(name)));
    github.intercept = async ({ method }) => {
      if (method === 'GET') {
        // Four are in progress.
        await pause(50);
        stages.requested.abort();
      }
      return false;
    };

    const results = await remove(directories, { dryRun: true }, { cancellation: cancellation() });

    expect(resultsOf(results)).toEqual([
      ...['would-remove', 'would-remove', 'would-remove', 'would-remove'],
      ...['not-attempted', 'not-attempted'],
    ]);
    expect(results.map(({ failure }) => failure?.explanation.happened).slice(3)).toEqual([
      undefined,
      ...directories
        .slice(4)
        .map((path) => `The runner in ${path} was not removed: the step was cancelled before its turn.`),
    ]);
    expect(results.at(-1)?.failure?.explanation.cause).toBe(cause);
  });

  test('reports an installation that is not configured as not attempted too', async () => {
    const directory = await install('one');
    await rm(join(directory, '.runner'));
    stages.requested.abort();

    expect(resultsOf(await remove([directory], {}, { cancellation: cancellation() }))).toEqual([
      'not-attempted',
    ]);
  });

  test('reports a removal that it interrupted as cancelled, with what happened', async () => {
    const directory = await install('one');
    await writeScript(join(directory, 'config.sh'), 'kill $$');
    github.afterRequest = () => stages.deadline.abort();

    const [result] = await remove([directory], {}, { cancellation: cancellation() });

    expect(result?.report.result).toBe('failed');
    expect(result?.failure?.explanation).toMatchObject({
      happened: expect.stringMatching(
        new RegExp(
          `^The removal of the runner in ${directory} was interrupted\\. The runner "one" in ${directory} was not removed: config\\.sh`,
        ),
      ),
      cause,
    });
    expect(result?.failure?.cause).toBeInstanceOf(Failure);
  });

  test('does not wait for a program that it cannot end', async () => {
    const directory = await install('one');
    github.intercept = ({ method }) => {
      if (method === 'GET') {
        stages.abandoned.abort(new Failure('removal-failed', { happened: 'H.', cause: 'C.', remedy: 'R.' }));
      }
      return method === 'GET';
    };

    const [result] = await remove([directory], {}, { cancellation: cancellation() });

    expect(result?.report).toMatchObject({ result: 'failed', detail: 'H. C. R.' });
  });
});

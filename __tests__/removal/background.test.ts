import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Installation } from '../../sandbox/installation.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import {
  type BackgroundProcess,
  createLogWriter,
  removeAfterJob,
  runInBackground,
} from '../../src/removal/background.ts';
import type { BackgroundRemoval } from '../../src/runner/background-process.ts';
import { Secrets } from '../../src/secrets.ts';
import { openFiles, scriptIn, writeScript } from '../support.ts';
import { createRemoveToken, deleteConfiguration, isRoot, repository, World } from '../world.ts';

let world: World;
let installation: Installation;
let removal: BackgroundRemoval;
let lines: string[];
beforeEach(async () => {
  world = await World.start();
  const { id, ...box } = await world.install(repository, 'box');
  installation = box.installation;
  const { directory } = installation;
  const token = await createRemoveToken(world.github);
  lines = [];
  removal = {
    id,
    script: scriptIn(directory, {
      environment: { PATH: process.env['PATH'] ?? '', ...(isRoot && { RUNNER_ALLOW_RUNASROOT: '1' }) },
    }),
    uninstall: undefined,
    hasService: false,
    removeToken: token,
    tokenLifetime: 3_600_000,
    logFile: join(directory, '_diag/log'),
  };
});
afterEach(() => world.end());

const remedy =
  'Run the action again: in another job of this runner, or with "remove: true" in a job of another runner on this machine.';
const log = async (text: string) => void lines.push(text);

/** A clock on which waiting takes no time. On the nth wait it does the nth thing, and the last one from then on. */
function clockWith(...things: (() => unknown)[]): { waits: number[]; clock: Clock } {
  const waits: number[] = [];
  let time = 0;
  const sleep = async (milliseconds: number) => {
    // Lets the event loop turn, so the end of a process can be noticed.
    await setImmediate();
    time += milliseconds;
    await things[Math.min(waits.push(milliseconds), things.length) - 1]?.();
  };
  return { waits, clock: { ...systemClock, now: () => time, sleep } };
}

/** A script in place of config.sh. */
const configScript = (...commands: string[]) =>
  writeScript(join(installation.directory, 'config.sh'), ...commands);

/** Commands of a `config.sh` that succeeds, and of one that is refused because of a job. */
const removed = ['rm .runner .credentials .credentials_rsaparams', 'echo "Runner removed successfully"'];
const busy = ['echo "Runner box is currently running a job and cannot be deleted."', 'exit 1'];
/** GitHub's response to the deletion of the runner. */
const responds = (status: string): string[] => [
  `echo "Http response code: ${status} from 'Delete https://github.com/api/v3/repos/octo/app/actions/runners/7' (Request Id: 1)"`,
  'exit 1',
];

const isConfigured = () => existsSync(join(installation.directory, '.runner'));

test('nothing is done while the job runs; afterwards the runner is removed', async () => {
  const worker = await installation.startWorker();
  const calls: number[] = [];
  const { waits, clock } = clockWith(
    async () => calls.push((await installation.invocations()).length),
    () => worker.stop(),
  );

  expect(await removeAfterJob(removal, log, clock)).toBe(true);
  expect(calls).toEqual([0]);
  expect(waits).toEqual([1_000, 1_000]);
  expect(world.github.runners(repository)).toEqual([]);
  expect(isConfigured()).toBe(false);
  expect(lines).toEqual([
    'No job is running. Removing the runner with config.sh.',
    expect.stringContaining('Runner removed successfully'),
    'config.sh removed the runner. This process has no admin token, so it cannot verify that with GitHub.',
  ]);
});

test('a second job that follows the first is waited for too', async () => {
  const first = await installation.startWorker();
  let second = first;
  const calls: number[] = [];
  const { clock } = clockWith(
    async () => {
      second = await installation.startWorker();
      await first.stop();
    },
    async () => {
      calls.push((await installation.invocations()).length);
      await second.stop();
    },
  );

  expect(await removeAfterJob(removal, log, clock)).toBe(true);
  expect(calls).toEqual([0]);
  expect(await installation.invocations()).toHaveLength(1);
});

if (process.platform === 'linux') {
  test('a job is over when its process has ended, even if the parent process does not wait for it', async () => {
    const program = join(installation.directory, 'bin/Runner.Worker');
    const script = '"$0" -e "setInterval(() => {}, 1000)" & echo $!; exec sleep 60';
    const parent = spawn('sh', ['-c', script, program], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [id] = await once(parent.stdout, 'data');
    const shown = (file: string): Promise<string> => readFile(`/proc/${Number(id)}/${file}`, 'utf8');
    while (!(await shown('cmdline')).startsWith(program));
    const { waits, clock } = clockWith(
      async () => {
        process.kill(Number(id), 'SIGKILL');
        while (!(await shown('stat')).includes(') Z '));
      },
      () => undefined,
    );
    try {
      expect(await removeAfterJob(removal, log, clock)).toBe(true);
      expect(waits).toEqual(Array.from({ length: 300 }, () => 1_000));
    } finally {
      parent.kill();
    }
  });
}

test('while GitHub says that the runner is busy, the removal is retried less and less often', async () => {
  await configScript(...busy);
  const { waits, clock } = clockWith(...Array.from({ length: 5 }, () => () => undefined), () =>
    configScript(...removed),
  );

  expect(await removeAfterJob(removal, log, clock)).toBe(true);
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  expect(lines.filter((line) => line.startsWith('Retrying'))).toEqual(
    [5, 10, 20, 40, 60, 60].map((seconds) => `Retrying in ${seconds} seconds.`),
  );
});

test('a runner that is configured between two attempts stays', async () => {
  await configScript(...busy);
  const settings = { agentId: removal.id + 1, agentName: 'new' };
  const { waits, clock } = clockWith(async () => {
    await writeFile(join(installation.directory, '.runner'), JSON.stringify(settings));
    await configScript(...removed);
  });

  expect(await removeAfterJob(removal, log, clock)).toBe(false);
  expect(waits).toEqual([5_000]);
  expect(lines.at(-1)).toBe(
    `The runner was not removed: the installation was configured again, as the runner "new". It stays in service. ${remedy}`,
  );
  expect(await isConfigured()).toBe(true);
});

test('a busy runner is given up five minutes before the remove token expires', async () => {
  await configScript(...busy);
  const { waits, clock } = clockWith();

  expect(await removeAfterJob({ ...removal, tokenLifetime: 360_000 }, log, clock)).toBe(false);
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000]);
  expect(lines.at(-1)).toBe(
    `The runner was not removed: it was busy until the remove token was about to expire. It stays in service. ${remedy}`,
  );
  expect(isConfigured()).toBe(true);
});

test('nothing is started in the last five minutes before the remove token expires', async () => {
  const worker = await installation.startWorker();
  const { waits, clock } = clockWith();

  expect(await removeAfterJob({ ...removal, tokenLifetime: 300_000 }, log, clock)).toBe(false);
  expect(waits).toEqual([]);
  expect(await installation.invocations()).toEqual([]);
  await worker.stop();
});

test('a remove token that GitHub refuses is given up at once', async () => {
  await configScript(...responds('Unauthorized'));
  const { waits, clock } = clockWith();

  expect(await removeAfterJob(removal, log, clock)).toBe(false);
  expect(waits).toEqual([]);
  expect(lines.at(-1)).toBe(
    `The runner was not removed: GitHub refused the remove token. It stays in service. ${remedy}`,
  );
  expect(isConfigured()).toBe(true);
});

describe('404 for the deletion of the runner, which can also mean a refused remove token,', () => {
  test('is retried, then the runner stays in service', async () => {
    await configScript(...responds('NotFound'));
    const { waits, clock } = clockWith();

    expect(await removeAfterJob(removal, log, clock)).toBe(false);
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000]);
    expect(lines.at(-1)).toBe(
      `The runner was not removed: GitHub responded with 404: the runner does not exist, or GitHub refused the remove token. It stays in service. ${remedy}`,
    );
    expect(isConfigured()).toBe(true);
  });

  test('needs nothing more once the listener has deleted the local configuration', async () => {
    await configScript(...responds('NotFound'));
    const { waits, clock } = clockWith(() => deleteConfiguration(installation));

    expect(await removeAfterJob(removal, log, clock)).toBe(true);
    expect(waits).toEqual([5_000]);
    expect(lines.at(-1)).toBe(
      'The local configuration is already gone: the runner was removed by another process, or on GitHub.',
    );
  });
});

test('the log shows what config.sh printed, and what could not be restored', async () => {
  await configScript('echo; echo one; echo two', 'rm .path; mkdir .path', 'exit 1');
  const { clock } = clockWith(async () => {
    await rmdir(join(installation.directory, '.path'));
    await configScript(...removed);
  });

  expect(await removeAfterJob(removal, log, clock)).toBe(true);
  expect(lines[1]).toMatch(/^one\ntwo\n\S*\/\.path could not be restored: .*\.$/);
});

test('any other failure is retried four times, then the runner stays in service', async () => {
  await configScript('echo "Failed to connect to box-404 (NotFound)"', 'exit 1');
  const { waits, clock } = clockWith();

  expect(await removeAfterJob(removal, log, clock)).toBe(false);
  expect(waits).toHaveLength(4);
  expect(lines.at(-1)).toBe(
    `The runner was not removed: config.sh failed 5 times, "Failed to connect to box-404 (NotFound)". It stays in service. ${remedy}`,
  );
  expect(isConfigured()).toBe(true);
});

test('the log says if the service is gone although the removal failed, as on Windows', async () => {
  await configScript(...responds('Unauthorized'));

  expect(await removeAfterJob({ ...removal, hasService: true }, log, clockWith().clock)).toBe(false);
  expect(lines.at(-1)).toContain('Its service is uninstalled, so it does not run any more.');
});

test('a config.sh that did not remove the runner from GitHub does not count as proof', async () => {
  await configScript('echo "Does not exist. Skipping Removing runner from the server"', ...removed);

  expect(await removeAfterJob(removal, log, clockWith().clock)).toBe(true);
  expect(lines.at(-1)).toBe(
    'config.sh removed the local configuration only (see its output). If GitHub still lists the runner, delete it in the settings on GitHub.',
  );
});

test('a job that begins during the removal is waited for before anything is stopped', async () => {
  let worker: Awaited<ReturnType<Installation['startWorker']>> | undefined;
  world.github.intercept = async ({ method }) => {
    if (method === 'DELETE') {
      worker = await installation.startWorker();
    }
    return false;
  };
  const { waits, clock } = clockWith(() => worker?.stop());

  expect(await removeAfterJob(removal, log, clock)).toBe(true);
  expect(waits).toEqual([1_000]);
});

test('a listener that was started by hand is stopped', async () => {
  const listener = await installation.startListener();

  expect(await removeAfterJob(removal, log, clockWith().clock)).toBe(true);
  expect(lines.at(-1)).toMatch(new RegExp(`process ${listener.pid}\\b.*\nconfig.sh removed the runner\\.`));
  await listener.stop();
});

test('a log that cannot be written does not end the removal', async () => {
  const full = { write: () => Promise.reject(new Error('ENOSPC: no space left on device')) };
  const writeLog = createLogWriter(full, new Secrets(() => undefined));

  expect(await removeAfterJob(removal, writeLog, clockWith().clock)).toBe(true);
  expect(world.github.runners(repository)).toEqual([]);
});

describe('as a process', () => {
  /** A process that receives the removal as soon as it listens. */
  function standIn(): BackgroundProcess & { sent: unknown[] } {
    const sent: unknown[] = [];
    const emitter = new EventEmitter();
    emitter.once('newListener', () => setImmediate().then(() => emitter.emit('message', removal)));
    return Object.assign(emitter, {
      sent,
      exitCode: undefined,
      send: (message: unknown) => sent.push(message) > 0,
    });
  }

  test('it says when it is ready, and keeps a log without the token', async () => {
    await installation.set({ output: `the token is ${removal.removeToken}` });
    const process = standIn();

    await runInBackground(process, clockWith().clock);

    expect(process.sent).toEqual(['ready']);
    expect(process.exitCode).toBe(0);
    const text = await readFile(removal.logFile, 'utf8');
    expect(text).toMatch(/^\[\d{4}-\d\d-\d\dT.*Z\] Waiting for the job to end/);
    expect(text).toContain('the token is ***');
    expect(text).toContain('config.sh removed the runner.');
    expect(text).not.toContain(removal.removeToken);
    expect(await openFiles()).not.toContain(removal.logFile);
  });

  test('it fails if the service cannot be uninstalled, and logs why', async () => {
    removal = { ...removal, uninstall: ['sh', '-c', 'echo "Failed: stop"; exit 1'] as const };
    const process = standIn();

    await runInBackground(process, clockWith().clock);

    expect(process.exitCode).toBe(1);
    expect(await readFile(removal.logFile, 'utf8')).toMatch(
      /Failed: stop\nconfig\.sh removed the runner(.|\n)*The removal failed: .*service/,
    );
  });

  test('it fails if the runner stays in service', async () => {
    removal = { ...removal, tokenLifetime: 0 };
    const process = standIn();
    delete process.send;

    await runInBackground(process, clockWith().clock);

    expect(process.exitCode).toBe(1);
  });

  test('it does not write into a file that exists', async () => {
    await writeFile(removal.logFile, 'precious');

    const process = standIn();
    await expect(runInBackground(process, clockWith().clock)).rejects.toThrow('EEXIST');
    expect(process.sent).toEqual([expect.stringContaining('EEXIST')]);
    expect(await readFile(removal.logFile, 'utf8')).toBe('precious');
  });
});

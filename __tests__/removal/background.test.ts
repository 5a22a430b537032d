import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { access, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Installation } from '../../sandbox/installation.ts';
import { type BackgroundProcess, removeAfterJob, runInBackground } from '../../src/background.ts';
import type { BackgroundRemoval } from '../../src/runner/background.ts';
import { isRoot, repository, World } from '../world.ts';

let world: World;
let installation: Installation;
let id: number;
let removal: BackgroundRemoval;
let lines: string[];
beforeEach(async () => {
  world = await World.start('src');
  ({ installation, id } = await world.install(repository, 'box'));
  const { directory } = installation;
  const token = await world.removeToken(repository);
  lines = [];
  removal = {
    script: {
      directory,
      platform: process.platform,
      ownerPrefix: [],
      environment: { PATH: process.env['PATH'] ?? '', ...(isRoot && { RUNNER_ALLOW_RUNASROOT: '1' }) },
    },
    uninstall: undefined,
    removeToken: token,
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    logFile: join(directory, '_diag/log'),
  };
});
afterEach(() => world.end());

const remedy =
  'Run the action again: in another job of this runner, or with remove: true in a job of another runner on this machine.';
const log = async (text: string) => void lines.push(text);

/** Waits no time; does the nth thing when it is waited for the nth time, and the last one from then on. */
function delays(...things: (() => unknown)[]): {
  waited: number[];
  delay: (milliseconds: number) => Promise<void>;
} {
  const waited: number[] = [];
  return {
    waited,
    delay: async (milliseconds) => {
      // Lets the event loop turn, so that the end of a process can be noticed.
      await setImmediate();
      await things[Math.min(waited.push(milliseconds), things.length) - 1]?.();
    },
  };
}

async function isConfigured(): Promise<boolean> {
  return access(join(installation.directory, '.runner')).then(
    () => true,
    () => false,
  );
}

test('nothing is done while the job runs; when it has ended, the runner is removed', async () => {
  const worker = await installation.startWorker();
  const calls: number[] = [];
  const { waited, delay } = delays(
    async () => calls.push((await installation.invocations()).length),
    () => worker.stop(),
  );

  expect(await removeAfterJob(removal, log, delay)).toBe(true);
  expect(calls).toEqual([0]);
  expect(waited).toEqual([1_000, 1_000]);
  expect(world.github.runners(repository)).toEqual([]);
  expect(await isConfigured()).toBe(false);
  expect(lines).toEqual([
    'No job is running: the runner is deregistered.',
    expect.stringContaining('Runner removed successfully'),
    'The runner was removed.',
  ]);
});

test('a second job that follows the first is waited for too', async () => {
  const first = await installation.startWorker();
  let second = first;
  const calls: number[] = [];
  const { delay } = delays(
    async () => {
      second = await installation.startWorker();
      await first.stop();
    },
    async () => {
      calls.push((await installation.invocations()).length);
      await second.stop();
    },
  );

  expect(await removeAfterJob(removal, log, delay)).toBe(true);
  expect(calls).toEqual([0]);
  expect(await installation.invocations()).toHaveLength(1);
});

if (process.platform === 'linux') {
  test('a job is over when its process has ended, also where the parent of that takes no notice', async () => {
    const program = join(installation.directory, 'bin/Runner.Worker');
    const script = '"$0" -e "setInterval(() => {}, 1000)" & echo $!; exec sleep 60';
    const parent = spawn('sh', ['-c', script, program], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [id] = await once(parent.stdout, 'data');
    const shown = (file: string): Promise<string> => readFile(`/proc/${Number(id)}/${file}`, 'utf8');
    while (!(await shown('cmdline')).startsWith(program));
    const { waited, delay } = delays(
      async () => {
        process.kill(Number(id), 'SIGKILL');
        while (!(await shown('stat')).includes(') Z '));
      },
      () => undefined,
    );
    try {
      expect(await removeAfterJob(removal, log, delay)).toBe(true);
      expect(waited).toEqual(Array.from({ length: 300 }, () => 1_000));
    } finally {
      parent.kill();
    }
  });
}

test('while GitHub says that it is busy it is tried again, less and less often', async () => {
  world.github.setBusy(repository, id, true);
  const free = () => world.github.setBusy(repository, id, false);
  const { waited, delay } = delays(...Array.from({ length: 5 }, () => () => undefined), free);

  expect(await removeAfterJob(removal, log, delay)).toBe(true);
  expect(waited).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  expect(lines.filter((line) => line.startsWith('Trying'))).toEqual(
    [5, 10, 20, 40, 60, 60].map((seconds) => `Trying again in ${seconds} seconds.`),
  );
});

test('until the token expires', async () => {
  world.github.setBusy(repository, id, true);
  const before = await installation.snapshot();
  const { now } = Date;
  const { delay } = delays(() => {
    Date.now = () => now() + 3_600_001;
  });
  try {
    expect(await removeAfterJob(removal, log, delay)).toBe(false);
  } finally {
    Date.now = now;
  }
  expect(lines.at(-1)).toBe(
    `The runner was not removed, and stays in service: the remove token has expired. ${remedy}`,
  );
  expect(await installation.snapshot()).toEqual(before);
});

test('a job that outlasts the token is left alone', async () => {
  const worker = await installation.startWorker();
  const { delay } = delays();

  expect(await removeAfterJob({ ...removal, expiresAt: new Date(0).toISOString() }, log, delay)).toBe(false);
  expect(await installation.invocations()).toEqual([]);
  await worker.stop();
});

test('what fails for another reason is tried five times, and leaves the runner in service', async () => {
  await installation.set({ exitCode: 1, message: 'No route to host' });
  const before = await installation.snapshot();
  const { waited, delay } = delays();

  expect(await removeAfterJob(removal, log, delay)).toBe(false);
  expect(waited).toHaveLength(4);
  expect(lines.at(-1)).toBe(
    `The runner was not removed, and stays in service: "No route to host". ${remedy}`,
  );
  expect(await installation.snapshot()).toEqual(before);
});

test('a removal that says it succeeded and has done nothing is tried again, and leaves the runner in service', async () => {
  await writeFile(join(installation.directory, 'config.sh'), '#!/bin/sh\necho Help');
  const { waited, delay } = delays();

  expect(await removeAfterJob(removal, log, delay)).toBe(false);
  expect(waited).toHaveLength(4);
  expect(lines.at(-1)).toBe(`The runner was not removed, and stays in service: "Help". ${remedy}`);
});

test('a removal that fails when the files are gone already is tried again, and then has nothing left to do', async () => {
  const script = [
    '#!/bin/sh',
    'test ! -e .runner || exit_code=1',
    'rm -f .runner .credentials',
    'exit $exit_code',
  ];
  await writeFile(join(installation.directory, 'config.sh'), script.join('\n'));
  const { waited, delay } = delays();

  expect(await removeAfterJob(removal, log, delay)).toBe(true);
  expect(waited).toEqual([5_000]);
});

test('a runner that GitHub does not know any more loses its local configuration', async () => {
  world.github.removeRunner(repository, id);
  const { waited, delay } = delays();

  expect(await removeAfterJob(removal, log, delay)).toBe(true);
  expect(waited).toEqual([]);
  expect(await isConfigured()).toBe(false);
  expect(lines).toContain('GitHub does not know the runner any more: its local configuration is removed.');
  expect(lines.at(-1)).toBe('The runner was removed.');
});

test('a job that begins at the moment of the removal is waited for before anything is stopped', async () => {
  let worker: Awaited<ReturnType<Installation['startWorker']>> | undefined;
  const starting: Promise<unknown>[] = [];
  world.github.afterRequest = ({ method }) => {
    if (method === 'DELETE') {
      starting.push(
        installation.startWorker().then((started) => {
          worker = started;
        }),
      );
    }
  };
  await installation.set({ delay: 0 });
  const { waited, delay } = delays(() => worker?.stop());

  expect(await removeAfterJob(removal, log, delay)).toBe(true);
  await Promise.all(starting);
  expect(waited.length).toBeGreaterThan(0);
});

test('a listener that is still running is asked to stop', async () => {
  const listener = await installation.startListener();

  expect(await removeAfterJob(removal, log, delays().delay)).toBe(true);
  expect(lines.at(-1)).toBe(
    `The listener, process ${listener.pid}, is asked to stop.\nThe runner was removed.`,
  );
  await listener.stop();
});

describe('as a process of its own', () => {
  /** What this process has open. */
  async function openFiles(): Promise<string[]> {
    const descriptors = await readdir('/proc/self/fd');
    return Promise.all(descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
  }

  /** A process that is told what to do as soon as it listens. */
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

  test('it says when it is ready, and keeps a log without the token in it', async () => {
    await installation.set({ output: `the token is ${removal.removeToken}` });
    const process = standIn();

    await runInBackground(process, delays().delay);

    expect(process.sent).toEqual(['ready']);
    expect(process.exitCode).toBe(0);
    const text = await readFile(removal.logFile, 'utf8');
    expect(text).toMatch(/^\[\d{4}-\d\d-\d\dT.*Z\] Waiting for the job to end/);
    expect(text).toContain('the token is ***');
    expect(text).toContain('The runner was removed.');
    expect(text).not.toContain(removal.removeToken);
    expect(text).not.toMatch(/\n\n\[/);
    expect(await openFiles()).not.toContain(removal.logFile);
  });

  test('it fails with what stood in the way', async () => {
    removal = { ...removal, uninstall: ['false'] };
    const process = standIn();

    await runInBackground(process, delays().delay);

    expect(process.exitCode).toBe(1);
    expect(await readFile(removal.logFile, 'utf8')).toMatch(
      /was not removed: .*its service was not uninstalled/,
    );
  });

  test('it fails when the runner stays in service', async () => {
    removal = { ...removal, expiresAt: new Date(0).toISOString() };
    const process = standIn();
    delete process.send;

    await runInBackground(process, delays().delay);

    expect(process.exitCode).toBe(1);
  });

  test('it writes into no file that is there already', async () => {
    await writeFile(removal.logFile, 'precious');

    await expect(runInBackground(standIn(), delays().delay)).rejects.toThrow('EEXIST');
    expect(await readFile(removal.logFile, 'utf8')).toBe('precious');
  });
});

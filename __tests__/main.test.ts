import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { run } from '../src/main.ts';
import { freshCore, outputUntilDone, temporaryDirectory } from './support.ts';
import { adminToken, isRoot, processWith, repository, runnersOf, World } from './world.ts';

const { env } = process;

let world: World;
beforeEach(async () => {
  world = await World.start('src');
});
afterEach(async () => {
  process.env = env;
  await world.end();
});

/** What a step with these variables writes. */
async function outputOf(variables: NodeJS.ProcessEnv, step?: () => Promise<unknown>): Promise<string> {
  process.env = { PATH: env['PATH'], ...variables };
  const program = '/action/dist/index.js';
  return outputUntilDone(step ?? (() => run(processWith(isRoot, program), freshCore())));
}

describe('a step without a registration', () => {
  const noRegistration = /^::error::The registration of the runners is unknown\./m;

  test('shows its inputs in the debug log, but not the token', async () => {
    const output = await outputOf({ INPUT_TOKEN: 'ghp_admin', INPUT_RETRIES: '5' });

    const [mask, inputs = '', ...rest] = output.split(/\r?\n/);
    expect(mask).toBe('::add-mask::ghp_admin');
    expect(JSON.parse(inputs.replace('::debug::Inputs: ', ''))).toEqual({
      server: { apiUrl: 'https://api.github.com', webUrl: 'https://github.com' },
      retries: 5,
      warnings: [],
      tokenKind: 'classic',
    });
    expect(rest.join('\n')).toMatch(noRegistration);
    expect(rest.join('\n')).not.toContain('ghp_admin');
  });

  test('warns of inputs without effect first', async () => {
    const output = await outputOf({ INPUT_TOKEN: 'ghp_admin', 'INPUT_DRY-RUN': 'true' });

    expect(output).toMatch(
      /^::warning::The input "dry-run" has no effect.*To remove runners, set "remove"(.|\n)*^::error::/m,
    );
  });
});

describe('the entry of', () => {
  const noToken = /^::error::The input "token" is empty\./m;
  beforeEach(() => {
    jest.resetModules();
  });

  /** Entries do not tell when the step has ended. Until then, the exit code is 13. */
  async function untilEnded(entry: Promise<unknown>): Promise<void> {
    await entry;
    while (process.exitCode === 13) await setImmediate();
  }

  test('the main step runs it, and keeps the exit code of a failure', async () => {
    const action = async () => {
      await untilEnded(import('../src/index.ts'));
      await setImmediate();
      expect(process.exitCode).toBe(1);
    };
    expect(await outputOf({}, action)).toMatch(noToken);
  });

  test('the main step ends with 0 if nothing failed', async () => {
    const { apiUrl } = world.github;
    const variables = {
      INPUT_TOKEN: adminToken,
      'INPUT_GITHUB-API-URL': apiUrl,
      GITHUB_REPOSITORY: repository,
    };
    const action = async () => {
      await untilEnded(import('../src/index.ts'));
      expect(process.exitCode).toBe(0);
    };
    expect(await outputOf(variables, action)).toContain('Created a remove token');
  });

  test('the post step runs it if the main step has left it something to do', async () => {
    const variables = { 'STATE_after-job': '/nowhere' };
    expect(await outputOf(variables, () => untilEnded(import('../src/post.ts')))).toMatch(noToken);
  });

  test('the post step does nothing otherwise', async () => {
    const loadAll = async () => {
      await import('../src/post.ts');
      // The entry would have been loaded, and have begun, before this one.
      await import('../src/main.ts');
      await setImmediate();
    };
    expect(await outputOf({}, loadAll)).toBe('');
  });
});

test('a process with the argument remove-after-job is the background process', async () => {
  const background = processWith(isRoot, '/action/dist/index.js', 'remove-after-job');
  const running = run(background, freshCore());
  // Its code has to be loaded before it listens.
  while (background.listenerCount('message') === 0) await setImmediate();
  background.emit('message', { removeToken: 'AREMOVE', logFile: '/nowhere/log' }, undefined);

  await expect(running).rejects.toThrow('/nowhere/log');
});

if (process.platform === 'linux') {
  describe('with remove', () => {
    // Only root can run config.sh as another account.
    test.each(isRoot ? [true, false] : [false])(
      'the outputs are set although the step fails for a runner that cannot be removed (as root: %p)',
      async (claim) => {
        await world.end();
        world = await World.start('src', claim);
        const { installation: idle } = await world.install(repository, 'idle');
        const { installation: busy, id } = await world.install(repository, 'busy');
        world.github.setBusy(repository, id, true);
        const directories = `${idle.directory}\n${busy.directory}`;

        const result = await world.run(
          { remove: 'true', 'runner-directory': directories, 'dry-run': 'true' },
          { environment: { ACTIONS_STEP_DEBUG: 'true' } },
        );

        expect(result).toMatchObject({ conclusion: 'failure', exitCode: 1 });
        expect(result.annotations).toMatchObject([
          { level: 'error', message: expect.stringContaining('"busy"') },
        ]);
        expect(result.outputs['remove-token']).toBe(world.github.issuedTokens[0]?.token);
        expect(runnersOf(result)).toMatchObject([
          { name: 'idle', result: 'would-remove' },
          { name: 'busy', result: 'failed' },
        ]);
        expect(result.summary).toContain('<td>busy</td>');
        expect(result.log).toContain(`"isRoot":${claim}`);
      },
    );

    test("the post step starts the main step's program in the background", async () => {
      const { installation } = await world.install(repository, 'box');
      const directory = await temporaryDirectory();
      await writeFile(
        join(directory, 'index.js'),
        `process.once('message', () => {
            require('node:fs').writeFileSync(__dirname + '/arguments', process.argv.slice(2).join());
            process.send('ready');
          });`,
      );
      const output = await outputOf(
        {
          INPUT_TOKEN: adminToken,
          INPUT_REMOVE: 'after-job',
          'INPUT_RUNNER-STATUS': 'any',
          'INPUT_GITHUB-API-URL': world.github.apiUrl,
          GITHUB_REPOSITORY: repository,
          RUNNER_NAME: 'box',
          'STATE_after-job': installation.directory,
        },
        () => run(processWith(isRoot, join(directory, 'post.js')), freshCore()),
      );

      expect(output).toMatch(/^The runner "box" will be removed after this job/m);
      // The main step has warned already.
      expect(output).not.toContain('::warning::');
      expect(await readFile(join(directory, 'arguments'), 'utf8')).toBe('remove-after-job');
    });
  });
}

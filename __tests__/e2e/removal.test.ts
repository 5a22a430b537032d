import { access, chown, copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Installation } from '../../sandbox/installation.ts';
import type { JobOptions } from '../../sandbox/launcher.ts';
import { startGitHub } from '../support.ts';
import {
  accounts,
  adminToken,
  classicToken,
  configuration,
  expectFailure,
  expectNoSecret,
  fastTime,
  isRoot,
  ordinaryUser,
  organization,
  repository,
  runnersOf,
  World,
} from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.end());

function remove(
  { directory }: Installation,
  inputs: Record<string, string> = {},
  options: Partial<JobOptions> = {},
) {
  return world.run({ remove: 'true', 'runner-directory': directory, ...inputs }, options);
}

async function left({ directory }: Installation, ...names: string[]): Promise<string[]> {
  const found = names.map((name) =>
    access(join(directory, name)).then(
      () => [name],
      () => [],
    ),
  );
  return (await Promise.all(found)).flat();
}

/** The runner becomes busy between the check and its removal. */
function startJobAfterCheck(id: number): void {
  world.github.afterRequest = ({ method }) => {
    if (method === 'GET') {
      world.github.setBusy(repository, id, true);
    }
  };
}

describe.each(accounts)('remove: true, run $who,', ({ user, owner }) => {
  const options = user === undefined ? {} : { user };

  test('removes the runner, verifies that it is gone, and gives config.sh what it needs and no more', async () => {
    const { installation, id } = await world.install(repository, 'box', owner && { owner });
    const stray = {
      NODE_OPTIONS: '--no-warnings',
      BASH_ENV: '/dev/null',
      ACTIONS_RUNNER_INPUT_PAT: 'stray',
      ACTIONS_RUNNER_INPUT_LOCAL: 'true',
      ACTIONS_RUNTIME_TOKEN: 'stray',
      GITHUB_TOKEN: 'stray',
      LC_PAPER: `from ${adminToken} by env`,
      DOTNET_STARTUP_HOOKS: '/tmp/hook.dll',
    };
    const needed = { LC_ALL: 'C.UTF-8', TZ: 'UTC', DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' };

    const result = await remove(installation, {}, { ...options, environment: { ...stray, ...needed } });

    expect(result.conclusion).toBe('success');
    expect(result.annotations).toEqual([]);
    expect(world.github.runners(repository)).toEqual([]);
    expect(await left(installation, ...configuration)).toEqual([]);
    const registration = `${world.github.serverUrl}/${repository}`;
    const { directory } = installation;
    expect(runnersOf(result)).toEqual([{ directory, name: 'box', id, registration, result: 'removed' }]);
    const token = world.github.issuedTokens[0]?.token;
    expect(result.outputs['remove-token']).toBe(token);
    expect(world.requests).toEqual([
      `POST /repos/${repository}/actions/runners/remove-token`,
      `GET /repos/${repository}/actions/runners/${id}`,
      `GET /repos/${repository}/actions/runners/${id}`,
    ]);
    expect(result.log).toContain("(from the runner's installation)");
    expect(result.log).toContain('| √ Runner removed successfully');
    expectNoSecret(world, result);

    const [invocation, ...more] = await installation.invocations();
    expect(more).toEqual([]);
    expect(invocation).toMatchObject({
      arguments: ['remove'],
      standardInput: 'ended',
      directory,
      user: owner?.uid ?? process.getuid?.(),
      group: owner?.gid ?? process.getgid?.(),
      environment: { ...needed, ACTIONS_RUNNER_INPUT_TOKEN: token, RUNNER_TRACKING_ID: expect.any(String) },
    });
    const allowed = [...Object.keys(needed), 'PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'RUNNER_TRACKING_ID'];
    const own = ['ACTIONS_RUNNER_INPUT_TOKEN', 'RUNNER_ALLOW_RUNASROOT'];
    // The shell that runs config.sh adds these.
    const shell = ['PWD', 'OLDPWD', 'SHLVL', '_'];
    const given = Object.keys(invocation?.environment ?? {});
    expect(given.filter((name) => ![...allowed, ...own, ...shell].includes(name))).toEqual([]);
    const arguments_ = invocation?.commandLines.flat().join(' ');
    expect(arguments_).not.toContain(token);
    expect(arguments_).not.toContain(adminToken);
  });

  test('leaves the installation unchanged if GitHub refuses, also a .env that is a link', async () => {
    const { installation, id } = await world.install(repository, 'box', owner && { owner });
    const { directory } = installation;
    const shared = join(directory, '_work/shared.env');
    await writeFile(shared, 'JAVA_HOME=/opt/java\n');
    await (owner && chown(shared, owner.uid, owner.gid));
    await rm(join(directory, '.env'));
    await symlink(shared, join(directory, '.env'));
    const before = await installation.snapshot();
    startJobAfterCheck(id);

    const result = await remove(installation, {}, options);

    expectFailure(result, /"box" .* is running a job and was left unchanged/, 'section "runner-busy"');
    expect(runnersOf(result)).toMatchObject([{ name: 'box', result: 'failed', detail: expect.any(String) }]);
    expect(world.github.runners(repository)).toHaveLength(1);
    expect(await installation.invocations()).toHaveLength(1);
    expect(await installation.snapshot()).toEqual(before);
    expect(await readFile(shared, 'utf8')).toBe('JAVA_HOME=/opt/java\n');
    expectNoSecret(world, result);
  });
});

test('a dry run makes every check, says what would happen, and changes nothing', async () => {
  const { installation, id } = await world.install(repository, 'box');
  const before = await installation.snapshot();

  const result = await remove(installation, { 'dry-run': 'true' });

  expect(result.conclusion).toBe('success');
  expect(runnersOf(result)).toMatchObject([{ name: 'box', id, result: 'would-remove' }]);
  expect(runnersOf(result)).not.toMatchObject([{ detail: expect.anything() }]);
  expect(world.requests).toHaveLength(2);
  expect(world.github.runners(repository)).toHaveLength(1);
  expect(await installation.snapshot()).toEqual(before);
  expect(await installation.invocations()).toEqual([]);
  expect(result.log).not.toContain('Output of');
});

describe('the registration of a runner', () => {
  test('can be the organization that owns the current repository', async () => {
    const { installation } = await world.install(organization, 'box');
    const migrated = ['.runner', '.credentials'];
    for (const name of migrated) {
      const path = join(installation.directory, name);
      await copyFile(path, `${path}_migrated`);
    }

    const result = await remove(installation);

    expect(result.conclusion).toBe('success');
    expect(world.github.runners(organization)).toEqual([]);
    expect(world.github.issuedTokens).toMatchObject([{ registration: organization }]);
    expect(await left(installation, ...migrated.map((name) => `${name}_migrated`))).toEqual([]);
  });

  test('can be the enterprise in the inputs', async () => {
    const { installation } = await world.install('enterprises/acme', 'box');

    const result = await remove(installation, { token: classicToken, enterprise: 'ACME' });

    expect(result.conclusion).toBe('success');
    expect(world.github.runners('enterprises/acme')).toEqual([]);
  });

  test.each([
    ['that the inputs do not name', {}, /neither the current repository nor the organization that owns it/],
    [
      'other than the one in the inputs',
      { repo: 'octo-repo' },
      /but the inputs name repository octo-org\/octo-repo/,
    ],
  ])('cannot be a repository %s', async (_, inputs, said) => {
    const { installation } = await world.install(`${organization}/other-repo`, 'box');
    const before = await installation.snapshot();

    const result = await remove(installation, inputs);

    expectFailure(result, said, /Nothing was changed/, 'section "registration-mismatch"');
    // Whether a repository was renamed is the only question to GitHub.
    expect(world.requests.filter((request) => !/^GET \/repos\/[^/]+\/[^/]+$/.test(request))).toEqual([]);
    expect(await installation.snapshot()).toEqual(before);
  });

  test('cannot be on another host, and nothing is sent there', async () => {
    const other = await startGitHub();
    const gitHubUrl = `${other.serverUrl}/${repository}`;
    const { installation } = await world.install(repository, 'box', { gitHubUrl });

    const result = await remove(installation);

    expectFailure(
      result,
      /is registered on 127\.0\.0\.1:\d+, but the token is for/,
      'section "registration-mismatch"',
    );
    expect([...world.github.requests, ...other.requests]).toEqual([]);
  });
});

describe('nothing is requested or changed if', () => {
  async function expectRefusal(
    installation: Installation,
    options: Partial<JobOptions>,
    ...said: (string | RegExp)[]
  ): Promise<void> {
    const before = await installation.snapshot();

    const result = await remove(installation, {}, options);

    expectFailure(result, /Nothing was changed/, ...said);
    expect(world.github.requests).toEqual([]);
    expect(await installation.invocations()).toEqual([]);
    expect(await installation.snapshot()).toEqual(before);
  }

  test.each([
    [
      '.runner is damaged',
      '.runner',
      'agentId: 1',
      /\/\.runner cannot be used: .* is not valid JSON/,
      'not-a-runner',
    ],
    [
      '.env changes what config.sh does',
      '.env',
      '\uFEFFACTIONS_RUNNER_INPUT_LOCAL=true\n',
      /\.env sets ACTIONS_RUNNER_INPUT_LOCAL/,
      'removal-failed',
    ],
    [
      '.path is too large to be restored',
      '.path',
      '/bin:'.repeat(30_000),
      /\.path cannot be read: .* at most 100 kB/,
      'removal-failed',
    ],
  ])('%s', async (_, name, content, said, section) => {
    const { installation } = await world.install(repository, 'box');
    await writeFile(join(installation.directory, name), content);

    await expectRefusal(installation, {}, said, `section "${section}"`);
  });

  test('the directory does not exist', async () => {
    const { installation } = await world.install(repository, 'box');
    const directory = join(installation.directory, 'nowhere');

    const result = await remove(installation, { 'runner-directory': directory });

    expectFailure(
      result,
      /cannot be read \(ENOENT/,
      /directory that contains config\.sh/,
      'section "not-a-runner"',
    );
    expect(world.github.requests).toEqual([]);
  });

  (isRoot ? describe : describe.skip)('with several accounts,', () => {
    test("the installation is another account's", async () => {
      const { installation } = await world.install(repository, 'box');

      await expectRefusal(
        installation,
        { user: ordinaryUser },
        /The account that runs config\.sh cannot write to/,
        /run the step as root or as the owner/,
        'section "removal-failed"',
      );
    });

    test('the owner, as whom root runs config.sh, cannot write to _diag', async () => {
      const { installation } = await world.install(repository, 'box', { owner: ordinaryUser });
      await chown(join(installation.directory, '_diag'), 0, 0);

      await expectRefusal(
        installation,
        {},
        /The account that runs config\.sh cannot write to .*_diag/,
        'section "removal-failed"',
      );
    });
  });
});

(isRoot ? test : test.skip)(
  'a runner that was configured with sudo is removed by its own account',
  async () => {
    const { installation } = await world.install(repository, 'box', { owner: ordinaryUser });
    for (const name of ['.runner', '.credentials', '.env', '.path']) {
      await chown(join(installation.directory, name), 0, 0);
    }

    const result = await remove(installation, {}, { user: ordinaryUser });

    expect(runnersOf(result)).toMatchObject([{ result: 'removed' }]);
    expect(await left(installation, ...configuration)).toEqual([]);
  },
);

test('step debug logging shows every decision and no secret', async () => {
  const { installation, id } = await world.install(repository, 'box');

  const result = await remove(installation, {}, { environment: { ACTIONS_STEP_DEBUG: 'true' } });

  const debug = result.log.split('\n').filter((line) => line.startsWith('##[debug]'));
  const { directory } = installation;
  const route = `/repos/${repository}/actions/runners`;
  for (const words of [
    // the inputs
    '"currentRepository":{"kind":"repository"',
    // the installation
    `runner-directory "${directory}" matches ${directory}`,
    // its registration
    `"source":"the runner's installation"`,
    `Requesting a remove token for repository ${repository} (from the runner's installation).`,
    // the checks
    '"hasCredentials":true',
    `Runner.Worker processes of ${directory}: none`,
    // the responses
    `${route}/remove-token: 201 in `,
    `${route}/${id}: 200 in `,
    `GitHub on the runner with ID ${id}: {"id":${id},"name":"box","status":"online","busy":false`,
    // the result
    `config.sh remove in ${directory}: exit code 0, removed`,
    `${route}/${id}: 404 in `,
    'GitHub still lists the runner after the removal: false',
  ]) {
    expect(debug).toContainEqual(expect.stringContaining(words));
  }
  expectNoSecret(world, result);
});

describe('a busy runner is left unchanged', () => {
  test('that GitHub lists as busy', async () => {
    const { installation, id } = await world.install(repository, 'box');
    world.github.setBusy(repository, id, true);
    const before = await installation.snapshot();

    const result = await remove(installation);

    expectFailure(
      result,
      /is running a job and was left unchanged/,
      /GitHub lists it as busy/,
      /Re-run the step after the job/,
      'section "runner-busy"',
    );
    expect(await installation.snapshot()).toEqual(before);
    expect(await installation.invocations()).toEqual([]);
  });

  test('that only its worker process shows, after a self-update too', async () => {
    const { installation } = await world.install(repository, 'box', { selfUpdated: true });
    const worker = await installation.startWorker();
    try {
      const result = await remove(installation);

      expectFailure(
        result,
        /A Runner\.Worker process of its installation is running on this machine/,
        'section "runner-busy"',
      );
      expect(world.github.runners(repository)).toHaveLength(1);
      expect(await installation.invocations()).toEqual([]);
    } finally {
      await worker.stop();
    }
  });

  test('until it is idle, with wait-minutes', async () => {
    const { installation, id } = await world.install(repository, 'box');
    world.github.setBusy(repository, id, true);
    world.github.afterRequest = ({ method }) => {
      if (method === 'GET') {
        world.github.setBusy(repository, id, false);
      }
    };

    const result = await remove(installation, { 'wait-minutes': '1440' }, { environment: fastTime });

    expect(runnersOf(result)).toMatchObject([{ name: 'box', result: 'removed' }]);
    expect(result.log).toMatch(/Waiting for "box" \(busy\), for up to 14\d\d minutes\./);
    expect(await installation.invocations()).toHaveLength(1);
  });
});

describe('what is left of a runner is cleaned up:', () => {
  test('another runner has its name now, and is left alone', async () => {
    const { installation, id } = await world.install(repository, 'box');
    world.github.removeRunner(repository, id);
    const { id: another } = world.github.addRunner(repository, { name: 'Box' });

    const result = await remove(installation);

    expect(runnersOf(result)).toMatchObject([
      { id, result: 'already-removed', detail: expect.stringContaining(`(ID ${another})`) },
    ]);
    expect(world.github.runners(repository)).toMatchObject([{ id: another }]);
  });

  test.each([
    ['its settings are missing', ['.runner']],
    ['only its private key is left', ['.runner', '.credentials']],
  ])('%s, so GitHub may still list it', async (_, missing) => {
    const { installation } = await world.install(repository, 'box');
    await Promise.all(missing.map((name) => rm(join(installation.directory, name))));

    const result = await remove(installation);

    expect(runnersOf(result)).toMatchObject([
      {
        result: 'already-removed',
        detail: expect.stringMatching(/GitHub was not checked and may still list the runner/),
      },
    ]);
    expect(await left(installation, ...configuration)).toEqual([]);
    expect(world.github.requests).toEqual([]);
  });

  test('an installation that is not configured needs nothing, not even a request', async () => {
    const { installation } = await world.install(repository, 'box');
    await Promise.all(configuration.map((name) => rm(join(installation.directory, name))));

    const result = await remove(installation);

    const { directory } = installation;
    const unknown = { name: null, id: null, registration: null };
    expect(runnersOf(result)).toEqual([
      { directory, ...unknown, result: 'already-removed', detail: 'The installation is not configured.' },
    ]);
    expect(world.github.requests).toEqual([]);
    expect(await installation.invocations()).toEqual([]);
  });

  test('its listener still runs, and is stopped', async () => {
    const { installation } = await world.install(repository, 'box');
    const listener = await installation.startListener();
    await Promise.all(configuration.map((name) => rm(join(installation.directory, name))));

    const result = await remove(installation);

    expect(runnersOf(result)).toMatchObject([{ result: 'already-removed' }]);
    expect(result.log).toContain(`| Stopping the listener (process ${listener.pid}).`);
    await listener.ended;
  });
});

describe('a runner that cannot deregister itself is deleted through the API:', () => {
  test('it is a just-in-time runner without a URL, whose registration the inputs name', async () => {
    const options = { style: 'just-in-time', gitHubUrl: undefined } as const;
    const { installation, id } = await world.install(repository, 'box', options);

    const refused = await remove(installation);
    expectFailure(refused, /contains no URL/, /Name its registration in the inputs/);
    const result = await remove(installation, { repo: repository });

    expect(runnersOf(result)).toMatchObject([{ id, result: 'removed' }]);
    expect(world.github.runners(repository)).toEqual([]);
  });

  test('it becomes busy before that, and is left unchanged', async () => {
    const { installation, id } = await world.install(repository, 'box');
    await rm(join(installation.directory, '.credentials'));
    const before = await installation.snapshot();
    startJobAfterCheck(id);

    const result = await remove(installation);

    expectFailure(result, /GitHub refused to delete it because it is running a job/, 'section "runner-busy"');
    expect(await installation.snapshot()).toEqual(before);
  });
});

describe('a removal that does not go as it should:', () => {
  test('config.sh reports success and GitHub still lists the runner: it is deleted, with a warning', async () => {
    const { installation, id } = await world.install(repository, 'box', { useRunnerAdminFlow: false });
    world.github.hideFromRunnerSide(repository, id);

    const result = await remove(installation);

    expect(result.conclusion).toBe('success');
    expect(runnersOf(result)).toMatchObject([
      { id, result: 'removed', detail: expect.stringContaining('deleted through the API') },
    ]);
    expect(result.annotations).toMatchObject([
      { level: 'warning', message: expect.stringMatching(/still registered after its removal/) },
    ]);
    expect(world.github.runners(repository)).toEqual([]);
  });

  test('GitHub cannot be reached afterwards: the result is unconfirmed, with the reason', async () => {
    const { installation, id } = await world.install(repository, 'box');
    world.github.intercept = ({ method }, response) => {
      const isVerification = method === 'GET' && world.github.runners(repository).length === 0;
      if (isVerification) {
        world.github.send(response, { status: 500, body: {} });
      }
      return isVerification;
    };

    const result = await remove(installation, { retries: '0' });

    expect(result.conclusion).toBe('success');
    expect(runnersOf(result)).toMatchObject([
      { id, result: 'unconfirmed', detail: expect.stringContaining('responded 500') },
    ]);
  });

  test('config.sh fails: the step says why, and the installation is unchanged', async () => {
    const { installation } = await world.install(repository, 'box');
    await installation.set({ exitCode: 3, message: 'The SSL connection could not be established' });
    const before = await installation.snapshot();

    const result = await remove(installation);

    expectFailure(
      result,
      /config\.sh remove ended with exit code 3, "The SSL connection could not be established"/,
      /in its output above/,
      'section "removal-failed"',
    );
    expect(await installation.snapshot()).toEqual(before);
    expect(world.github.runners(repository)).toHaveLength(1);
  });

  test('a job starts at the same moment: it is not ended', async () => {
    const { installation } = await world.install(repository, 'box');
    world.github.intercept = async ({ method }) => {
      if (method === 'DELETE') {
        await installation.startWorker();
      }
      return false;
    };

    const result = await remove(installation);

    expectFailure(
      result,
      /is deregistered but still running: it has just started a job/,
      /Re-run the step after the job/,
      'section "runner-busy"',
    );
    expect(world.github.runners(repository)).toEqual([]);
  });

  test('GitHub still lists a runner that it has deleted', async () => {
    const { installation, id } = await world.install(repository, 'box');
    world.github.intercept = ({ method }, response) => {
      if (method === 'DELETE') {
        world.github.send(response, { status: 204 });
      }
      return method === 'DELETE';
    };

    const result = await remove(installation);

    expectFailure(
      result,
      /still registered, although GitHub accepted its deletion/,
      'section "still-registered"',
    );
    expect(runnersOf(result)).toMatchObject([{ id, result: 'failed' }]);
  });

  test('a file that is left cannot be deleted: the step names it', async () => {
    const { installation, id } = await world.install(repository, 'box');
    world.github.removeRunner(repository, id);
    // config.sh deletes no directories.
    await rm(join(installation.directory, '.credentials'));
    await mkdir(join(installation.directory, '.credentials/x'), { recursive: true });

    const result = await remove(installation);

    expectFailure(
      result,
      /The local configuration in .* was not removed/,
      /Delete \.runner, \.credentials/,
      'section "removal-failed"',
    );
  });

  test('config.sh prints workflow commands: they are not executed', async () => {
    const { installation } = await world.install(repository, 'box');
    const commands = [
      '::error::injected',
      '  ::add-mask::Runner',
      'x\r::warning::injected',
      'see ##[error]injected',
    ];
    await installation.set({ output: commands.join('\n') });

    const result = await remove(installation);

    expect(result.conclusion).toBe('success');
    expect(result.annotations).toEqual([]);
    expect(result.masks).toHaveLength(2);
    expect(result.log).toContain('| ::error::injected');
  });
});

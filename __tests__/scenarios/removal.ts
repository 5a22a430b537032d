import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Installation } from '../../sandbox/installation.ts';
import type { StepResult } from '../../sandbox/launcher.ts';
import {
  accountsFor,
  adminToken,
  classicToken,
  expectFailure,
  expectNoSecret,
  isRoot,
  ordinaryUser,
  organization,
  repository,
  type Subject,
  World,
} from '../world.ts';

/** The output `runners`. */
function runnersOf(result: StepResult): unknown {
  return JSON.parse(result.outputs['runners'] ?? 'null');
}

async function isThere(installation: Installation, ...names: string[]): Promise<boolean[]> {
  return Promise.all(
    names.map((name) =>
      access(join(installation.directory, name)).then(
        () => true,
        () => false,
      ),
    ),
  );
}

const changing = /^(DELETE|PATCH|PUT)|remove-token$/;

/** What removing a runner looks like to a user, whatever is under test. */
export function describeRemoval(subject: Subject): void {
  let world: World;
  beforeEach(async () => {
    world = await World.start(subject);
  });
  afterEach(() => world.end());

  /** Removes the runner of an installation, with the inputs given. */
  function remove(installation: Installation, inputs: Record<string, string> = {}, options = {}) {
    return world.run({ remove: 'true', 'runner-directory': installation.directory, ...inputs }, options);
  }

  describe.each(accountsFor(subject))('remove: true, run $who', ({ user, owner }) => {
    const options = user === undefined ? {} : { user };

    test('takes the runner out of service and proves it', async () => {
      const { installation, id } = await world.install(repository, 'box', owner && { owner });

      const result = await remove(installation, {}, options);

      expect(result.conclusion).toBe('success');
      expect(world.github.runners(repository)).toEqual([]);
      expect(await isThere(installation, '.runner', '.credentials', '.credentials_rsaparams')).toEqual([
        false,
        false,
        false,
      ]);
      expect(runnersOf(result)).toEqual([
        {
          directory: installation.directory,
          name: 'box',
          id,
          registration: `${world.github.serverUrl}/${repository}`,
          result: 'removed',
        },
      ]);
      expect(result.outputs['remove-token']).toBe(world.github.issuedTokens[0]?.token);
      expect(world.requests).toEqual([
        `POST /repos/${repository}/actions/runners/remove-token`,
        `GET /repos/${repository}/actions/runners/${id}`,
        `GET /repos/${repository}/actions/runners/${id}`,
      ]);
      expect(result.log).toContain("(from the runner's installation)");
      expect(result.log).toContain('| √ Runner removed successfully');
      expectNoSecret(world, result);
    });

    test('gives the token to config.sh in its environment only, which is otherwise an allow-list', async () => {
      const { installation } = await world.install(repository, 'box', owner && { owner });

      const result = await remove(
        installation,
        {},
        {
          ...options,
          environment: {
            NODE_OPTIONS: '--no-warnings',
            BASH_ENV: '/dev/null',
            ACTIONS_RUNNER_INPUT_PAT: 'stray',
            ACTIONS_RUNNER_INPUT_LOCAL: 'true',
            ACTIONS_RUNTIME_TOKEN: 'stray',
            GITHUB_TOKEN: 'stray',
            LC_ALL: 'C.UTF-8',
            LC_PAPER: `from ${adminToken} by env`,
            TZ: 'UTC',
            DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1',
            DOTNET_STARTUP_HOOKS: '/tmp/hook.dll',
          },
        },
      );

      expect(result.conclusion).toBe('success');
      const [invocation, ...more] = await installation.invocations();
      expect(more).toEqual([]);
      expect(invocation?.arguments).toEqual(['remove']);
      expect(invocation?.standardInput).toBe('ended');
      expect(invocation?.directory).toBe(installation.directory);
      expect(invocation?.user).toBe(owner?.uid ?? process.getuid?.());
      expect(invocation?.group).toBe(owner?.gid ?? process.getgid?.());
      const token = result.outputs['remove-token'];
      // The shell that config.sh is written for adds these itself.
      const { PWD, OLDPWD, SHLVL, _, ...environment } = invocation?.environment ?? {};
      expect(environment).toMatchObject({
        ACTIONS_RUNNER_INPUT_TOKEN: token,
        LC_ALL: 'C.UTF-8',
        TZ: 'UTC',
        DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1',
        RUNNER_TRACKING_ID: expect.any(String),
      });
      const allowed =
        /^(PATH|HOME|USER|LOGNAME|LANG|LC_ALL|TZ|DOTNET_SYSTEM_GLOBALIZATION_INVARIANT|RUNNER_TRACKING_ID)$/;
      const own = /^(ACTIONS_RUNNER_INPUT_TOKEN|RUNNER_ALLOW_RUNASROOT)$/;
      expect(Object.keys(environment).filter((name) => !allowed.test(name) && !own.test(name))).toEqual([]);
      for (const commandLine of invocation?.commandLines ?? []) {
        expect(commandLine.join(' ')).not.toContain(token);
        expect(commandLine.join(' ')).not.toContain(adminToken);
      }
    });

    test('a dry run makes every check, says what would happen, and changes nothing', async () => {
      const { installation, id } = await world.install(repository, 'box', owner && { owner });
      const before = await installation.snapshot();

      const result = await remove(installation, { 'dry-run': 'true' }, options);

      expect(result.conclusion).toBe('success');
      expect(runnersOf(result)).toMatchObject([{ name: 'box', id, result: 'would-remove' }]);
      expect(runnersOf(result)).not.toMatchObject([{ detail: expect.anything() }]);
      expect(world.requests).toHaveLength(2);
      expect(world.github.runners(repository)).toHaveLength(1);
      expect(await installation.snapshot()).toEqual(before);
      expect(await installation.invocations()).toEqual([]);
      expect(result.log).not.toContain('What the scripts');
    });

    test('a removal that GitHub refuses leaves the installation as it was', async () => {
      const { installation, id } = await world.install(repository, 'box', owner && { owner });
      const before = await installation.snapshot();
      // A job begins between the check and the removal.
      world.github.afterRequest = ({ method }) => {
        if (method === 'GET') {
          world.github.setBusy(repository, id, true);
        }
      };

      const result = await remove(installation, {}, options);

      expectFailure(result, /"box" .* runs a job and was not touched/, /#runner-busy/);
      expect(runnersOf(result)).toMatchObject([
        { name: 'box', result: 'failed', detail: expect.any(String) },
      ]);
      expect(world.github.runners(repository)).toHaveLength(1);
      expect(await installation.snapshot()).toEqual(before);
      expectNoSecret(world, result);
    });
  });

  describe('which registration is meant:', () => {
    test("the organization that owns the current repository is taken from the runner's own installation", async () => {
      const { installation } = await world.install(organization, 'box');

      const result = await remove(installation);

      expect(result.conclusion).toBe('success');
      expect(world.github.runners(organization)).toEqual([]);
      expect(world.github.issuedTokens).toMatchObject([{ registration: organization }]);
    });

    test('an enterprise is taken from the inputs, which agree with the installation', async () => {
      const { installation } = await world.install('enterprises/acme', 'box');

      const result = await remove(installation, { token: classicToken, enterprise: 'ACME' });

      expect(result.conclusion).toBe('success');
      expect(world.github.runners('enterprises/acme')).toEqual([]);
    });

    test.each([
      ['of another repository', `${organization}/other-repo`, {}, /neither the current repository nor/],
      ['of an enterprise', 'enterprises/acme', {}, /neither the current repository nor/],
      ['of another organization', 'elsewhere', {}, /neither the current repository nor/],
      [
        'of another repository than the inputs name',
        `${organization}/other-repo`,
        { repo: 'octo-repo' },
        /not with the repository octo-org\/octo-repo that the inputs name/,
      ],
      [
        'of a repository where the inputs name its organization',
        repository,
        { organization },
        /not with the organization octo-org/,
      ],
    ])('a runner %s is left alone', async (_, registration, inputs, said) => {
      world.github.addOrganization('elsewhere');
      const { installation } = await world.install(registration, 'box');
      const before = await installation.snapshot();

      const result = await remove(installation, inputs);

      expectFailure(result, said, /Nothing was changed/, /#registration-mismatch/);
      // Whether a repository was renamed is the only thing that GitHub is asked.
      expect(world.requests.filter((request) => !/^GET \/repos\/[^/]+\/[^/]+$/.test(request))).toEqual([]);
      expect(await installation.snapshot()).toEqual(before);
    });

    test('a runner of another host is left alone, and nothing is sent there', async () => {
      const other = await World.start();
      const { installation } = await world.install(repository, 'box', {
        gitHubUrl: `${other.github.serverUrl}/${repository}`,
      });
      try {
        const result = await remove(installation);

        expectFailure(
          result,
          /is registered on 127\.0\.0\.1:\d+, but the token is for/,
          /#registration-mismatch/,
        );
        expect([...world.github.requests, ...other.github.requests]).toEqual([]);
      } finally {
        await other.end();
      }
    });
  });

  describe('a directory that cannot be used fails the step before anything is requested:', () => {
    test.each([
      ['does not exist', 'nowhere', /cannot be read \(ENOENT/],
      ['is no runner installation', '_work', /has no config\.sh/],
    ])('one that %s', async (_, name, said) => {
      const { installation } = await world.install(repository, 'box');

      const result = await remove(installation, { 'runner-directory': join(installation.directory, name) });

      expectFailure(
        result,
        /"runner-directory"/,
        said,
        /directory that holds the config\.sh/,
        /#not-a-runner/,
      );
      expect(world.github.requests).toEqual([]);
    });

    test.each([
      ['is no JSON', 'agentId: 1'],
      ['is no object', '7'],
      ['has no name', '{"agentId": 1}'],
      ['has no id', '{"agentName": "box"}'],
      ['is far too long', ' '.repeat(200_000)],
    ])('one with a .runner that %s', async (_, content) => {
      const { installation } = await world.install(repository, 'box');
      await writeFile(join(installation.directory, '.runner'), content);

      const result = await remove(installation);

      expectFailure(result, /a file \.runner that cannot be used/, /#not-a-runner/);
      expect(world.github.requests).toEqual([]);
    });

    test('one whose .env would change what config.sh does', async () => {
      const { installation } = await world.install(repository, 'box');
      await writeFile(join(installation.directory, '.env'), 'LANG=C\nACTIONS_RUNNER_INPUT_LOCAL=true\n');

      const result = await remove(installation);

      expectFailure(result, /\.env sets ACTIONS_RUNNER_INPUT_LOCAL/, /Delete the line/, /#removal-failed/);
      expect(world.github.requests).toEqual([]);
    });

    if (isRoot && subject === 'dist') {
      (isRoot && subject === 'dist' ? test : test.skip)(
        "one of another account, to an ordinary user's step",
        async () => {
          const { installation } = await world.install(repository, 'box');
          const before = await installation.snapshot();

          const result = await remove(installation, {}, { user: ordinaryUser });

          expectFailure(result, /This account may not change/, /or as root/, /#removal-failed/);
          expect(world.github.requests).toEqual([]);
          expect(await installation.snapshot()).toEqual(before);
        },
      );
    }
  });

  describe('with step debug logging on, the log tells', () => {
    const debugging = { environment: { ACTIONS_STEP_DEBUG: 'true' } };

    test('every decision of a removal, and no secret', async () => {
      const { installation, id } = await world.install(repository, 'box');

      const result = await remove(installation, {}, debugging);

      const debug = result.log.split('\n').filter((line) => line.startsWith('##[debug]'));
      const route = `/repos/${repository}/actions/runners`;
      for (const words of [
        // which directory, and why
        `runner-directory "${installation.directory}" names ${installation.directory}`,
        // which registration, and why
        `"currentRepository":{"kind":"repository"`,
        '"source":"the runner\'s installation"',
        `A remove token is asked for, for the repository ${repository} (from the runner's installation)`,
        // which checks were made
        '"hasCredentials":true',
        `Processes Runner.Worker of ${installation.directory}: none`,
        'config.sh is run behind: nothing; its service is uninstalled by: nothing',
        // what GitHub answered
        `POST ${route}/remove-token: 201 in `,
        `GET ${route}/${id}: 200 in `,
        `GET ${route}/${id}: 404 in `,
        `GitHub on the runner with the id ${id}: {"id":${id},"name":"box","busy":false`,
        // what was done
        `config.sh remove begins in ${installation.directory}; .service is there: false`,
        'config.sh remove ended: exit code 0, local configuration left: false',
        // what the proof said
        'Proof: GitHub still lists the runner: false',
      ]) {
        expect(debug).toContainEqual(expect.stringContaining(words));
      }
      expect(debug).toContainEqual(
        expect.stringMatching(/: 404 in \d+ ms, request id [\dA-F:]+, \d+ requests left$/),
      );
      expectNoSecret(world, result);
    });

    test('that GitHub does not know the runner, and what else it has by that name', async () => {
      const { installation, id } = await world.install(repository, 'box');
      world.github.removeRunner(repository, id);

      const result = await remove(installation, {}, debugging);

      expect(result.log).toContain(`##[debug]GitHub on the runner with the id ${id}: not known`);
      expect(result.log).toContain('##[debug]GitHub on runners named "box": []');
      expect(result.log).toContain(
        `##[debug]config.sh remove --local in ${installation.directory} ended: exit code 0`,
      );
    });

    test('which process shows that a job runs', async () => {
      const { installation } = await world.install(repository, 'box');
      const workers = [await installation.startWorker(), await installation.startWorker()];
      try {
        const result = await remove(installation, {}, debugging);

        expect(result.log).toMatch(/^##\[debug\]Processes Runner\.Worker of .*: \d+, \d+$/m);
      } finally {
        await Promise.all(workers.map((worker) => worker.stop()));
      }
    });
  });

  describe('a busy runner is not touched:', () => {
    test('GitHub says so', async () => {
      const { installation, id } = await world.install(repository, 'box');
      world.github.setBusy(repository, id, true);
      const before = await installation.snapshot();

      const result = await remove(installation);

      expectFailure(result, /runs a job and was not touched/, /GitHub lists it as busy/, /#runner-busy/);
      expect(world.requests.filter((request) => changing.test(request))).toHaveLength(1);
      expect(await installation.snapshot()).toEqual(before);
      expect(await installation.invocations()).toEqual([]);
    });

    test.each([false, true])(
      'only the worker process gives it away (self-updated: %s)',
      async (selfUpdated) => {
        const { installation } = await world.install(repository, 'box', { selfUpdated });
        const worker = await installation.startWorker();
        try {
          const result = await remove(installation);

          expectFailure(result, /A process Runner\.Worker of its installation/, /#runner-busy/);
          expect(world.github.runners(repository)).toHaveLength(1);
          expect(await installation.invocations()).toEqual([]);
        } finally {
          await worker.stop();
        }
      },
    );

    test('an installation that lost its configuration meanwhile is not touched either', async () => {
      const { installation } = await world.install(repository, 'box');
      await rm(join(installation.directory, '.runner'));
      const worker = await installation.startWorker();
      try {
        expectFailure(await remove(installation), /The runner in .* runs a job/, /#runner-busy/);
        expect(await isThere(installation, '.credentials')).toEqual([true]);
      } finally {
        await worker.stop();
      }
    });

    test("another installation's worker is none of its business", async () => {
      const { installation } = await world.install(repository, 'box');
      const { installation: other } = await world.install(repository, 'other');
      const worker = await other.startWorker();
      try {
        expect((await remove(installation)).conclusion).toBe('success');
      } finally {
        await worker.stop();
      }
    });
  });

  describe('what was left behind is finished:', () => {
    test('GitHub does not know the runner any more: its local configuration goes', async () => {
      const { installation, id } = await world.install(repository, 'box');
      world.github.removeRunner(repository, id);

      const result = await remove(installation);

      expect(result.conclusion).toBe('success');
      expect(runnersOf(result)).toMatchObject([{ name: 'box', id, result: 'already-removed' }]);
      expect(await isThere(installation, '.runner', '.credentials')).toEqual([false, false]);
      expect((await installation.invocations()).map((call) => call.arguments)).toEqual([
        ['remove', '--local'],
      ]);
      expect(world.requests.at(-1)).toBe(`GET /repos/${repository}/actions/runners?name=box&per_page=100`);
    });

    test('a dry run says so, and leaves it', async () => {
      const { installation, id } = await world.install(repository, 'box');
      world.github.removeRunner(repository, id);

      const result = await remove(installation, { 'dry-run': 'true' });

      expect(runnersOf(result)).toMatchObject(
        [{ result: 'would-remove', detail: /does not know it/ }].map((r) => ({
          ...r,
          detail: expect.stringMatching(r.detail),
        })),
      );
      expect(await isThere(installation, '.runner')).toEqual([true]);
    });

    test('another runner of the same name is left alone', async () => {
      const { installation, id } = await world.install(repository, 'box');
      world.github.removeRunner(repository, id);
      const { id: another } = world.github.addRunner(repository, { name: 'Box' });

      const result = await remove(installation);

      expect(runnersOf(result)).toMatchObject([
        { id, result: 'already-removed', detail: expect.stringContaining(`with the id ${another}`) },
      ]);
      expect(world.github.runners(repository)).toMatchObject([{ id: another }]);
    });

    test('another runner that has its id is left alone', async () => {
      const { installation, id } = await world.install(repository, 'box');
      world.github.removeRunner(repository, id);
      world.github.addRunner(repository, { name: 'stranger', id });

      const result = await remove(installation);

      expect(runnersOf(result)).toMatchObject([{ id, result: 'already-removed' }]);
      expect(world.github.runners(repository)).toMatchObject([{ id, name: 'stranger' }]);
    });

    test('an installation that is not configured needs nothing, not even a request', async () => {
      const { installation } = await world.install(repository, 'box');
      await Promise.all(['.runner', '.credentials'].map((name) => rm(join(installation.directory, name))));

      const result = await remove(installation);

      expect(runnersOf(result)).toEqual([
        {
          directory: installation.directory,
          name: null,
          id: null,
          registration: null,
          result: 'already-removed',
          detail: 'The installation is not configured.',
        },
      ]);
      expect(world.github.requests).toEqual([]);
      expect(await installation.invocations()).toEqual([]);
    });

    test('a listener that still runs although nothing is configured any more is asked to stop', async () => {
      const { installation } = await world.install(repository, 'box');
      const listener = await installation.startListener();
      await Promise.all(['.runner', '.credentials'].map((name) => rm(join(installation.directory, name))));

      const foreseen = await remove(installation, { 'dry-run': 'true' });
      expect(runnersOf(foreseen)).toMatchObject([{ result: 'would-remove' }]);
      expect(listener.running()).toBe(true);

      const result = await remove(installation);
      expect(runnersOf(result)).toMatchObject([{ result: 'already-removed' }]);
      expect(result.log).toContain(`The listener, process ${listener.pid}, is asked to stop.`);
      expect(await installation.invocations()).toEqual([]);
      await listener.ended;
    });

    test.each(['true', 'false'])('credentials without a runner (dry run: %s)', async (dryRun) => {
      const { installation } = await world.install(repository, 'box');
      await rm(join(installation.directory, '.runner'));

      const result = await remove(installation, { 'dry-run': dryRun });

      expect(runnersOf(result)).toMatchObject([
        dryRun === 'true'
          ? { result: 'would-remove', detail: expect.stringContaining('would be removed') }
          : { result: 'already-removed', detail: 'The rest of a half-removed runner was removed.' },
      ]);
      expect(await isThere(installation, '.credentials')).toEqual([dryRun === 'true']);
    });

    test('a runner without credentials is removed through the API', async () => {
      const { installation, id } = await world.install(repository, 'box');
      await rm(join(installation.directory, '.credentials'));

      const result = await remove(installation);

      expect(runnersOf(result)).toMatchObject([{ id, result: 'removed' }]);
      expect(world.requests).toContain(`DELETE /repos/${repository}/actions/runners/${id}`);
      expect(world.github.runners(repository)).toEqual([]);
      expect(await isThere(installation, '.runner')).toEqual([false]);
    });

    test('a just-in-time runner without an address is removed through the API, where the inputs say', async () => {
      const { installation, id } = await world.install(repository, 'box', {
        style: 'just-in-time',
        gitHubUrl: undefined,
      });

      expectFailure(
        await remove(installation),
        /does not say where its runner is registered/,
        /Name the repository/,
      );
      const result = await remove(installation, { repo: repository });

      expect(runnersOf(result)).toMatchObject([{ id, result: 'removed' }]);
      expect(world.github.runners(repository)).toEqual([]);
    });

    test('the migrated copies of its files are gone afterwards too', async () => {
      const { installation } = await world.install(repository, 'box');
      for (const name of ['.runner', '.credentials']) {
        const content = await readFile(join(installation.directory, name));
        await writeFile(join(installation.directory, `${name}_migrated`), content);
      }

      expect((await remove(installation)).conclusion).toBe('success');
      expect(await isThere(installation, '.runner_migrated', '.credentials_migrated')).toEqual([
        false,
        false,
      ]);
    });
  });

  describe('when the removal does not go as it should:', () => {
    test('config.sh says that it succeeded and GitHub still lists the runner: it is deleted, with a warning', async () => {
      const { installation, id } = await world.install(repository, 'box', { useRunnerAdminFlow: false });
      world.github.hideFromRunnerSide(repository, id);

      const result = await remove(installation);

      expect(result.conclusion).toBe('success');
      expect(runnersOf(result)).toMatchObject([
        { id, result: 'removed', detail: expect.stringContaining('deleted through the API') },
      ]);
      expect(result.annotations).toMatchObject([
        { level: 'warning', message: expect.stringMatching(/still registered although/) },
      ]);
      expect(world.github.runners(repository)).toEqual([]);
    });

    test('GitHub cannot be asked afterwards: unconfirmed, and the step says why', async () => {
      const { installation, id } = await world.install(repository, 'box');
      world.github.intercept = (request, response) => {
        const gone = world.github.runners(repository).length === 0;
        if (gone && request.method === 'GET') {
          world.github.send(response, { status: 500, body: {} });
        }
        return gone;
      };

      const result = await remove(installation, { retries: '0' });

      expect(result.conclusion).toBe('success');
      expect(runnersOf(result)).toMatchObject([
        { id, result: 'unconfirmed', detail: expect.stringContaining('answered 500') },
      ]);
    });

    test('config.sh fails: the step says with what, and the installation is as it was', async () => {
      const { installation } = await world.install(repository, 'box');
      await installation.set({ exitCode: 3, message: 'The SSL connection could not be established' });
      const before = await installation.snapshot();

      const result = await remove(installation);

      expectFailure(
        result,
        /config\.sh remove ended with exit code 3, "The SSL connection could not be established"/,
        /output is in the log above/,
        /#removal-failed/,
      );
      expect(await installation.snapshot()).toEqual(before);
      expect(world.github.runners(repository)).toHaveLength(1);
    });

    test('config.sh fails although GitHub has deregistered the runner: what is left goes too', async () => {
      const { installation, id } = await world.install(repository, 'box');
      // The answer gets lost, and the next try finds nothing.
      world.github.intercept = (request, response) => {
        const removes = request.method === 'DELETE' && world.github.runners(repository).length > 0;
        if (removes) {
          world.github.removeRunner(repository, id);
          response.destroy();
        }
        return removes;
      };

      const result = await remove(installation);

      expect(result.conclusion).toBe('success');
      expect(runnersOf(result)).toMatchObject([{ id, result: 'removed' }]);
      expect(await isThere(installation, '.runner', '.credentials')).toEqual([false, false]);
    });

    test('config.sh fails and GitHub does not say why: what the script said has to do', async () => {
      const { installation } = await world.install(repository, 'box');
      await installation.set({ exitCode: 1, message: 'Something is wrong' });
      world.github.afterRequest = ({ method }) => {
        if (method === 'GET') {
          world.github.intercept = (_request, response) => {
            response.destroy();
            return true;
          };
        }
      };

      const result = await remove(installation, { retries: '0' });

      expectFailure(result, /exit code 1, "Something is wrong"/, /#removal-failed/);
    });

    test('a job begins at the very moment of the removal: what runs it is not stopped', async () => {
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
        /was deregistered, and is still running/,
        /GitHub had handed out the job/,
        /when the job has ended/,
        /#runner-busy/,
      );
      expect(world.github.runners(repository)).toEqual([]);
    });

    test('GitHub accepts the deletion and lists the runner all the same', async () => {
      const { installation, id } = await world.install(repository, 'box');
      world.github.intercept = ({ method }, response) => {
        if (method === 'DELETE') {
          world.github.send(response, { status: 204 });
        }
        return method === 'DELETE';
      };

      const result = await remove(installation);

      expectFailure(result, /still registered, although GitHub accepted its deletion/, /#still-registered/);
      expect(runnersOf(result)).toMatchObject([{ id, result: 'failed' }]);
    });

    test('a runner without credentials becomes busy before it is deleted', async () => {
      const { installation, id } = await world.install(repository, 'box');
      await rm(join(installation.directory, '.credentials'));
      const before = await installation.snapshot();
      world.github.afterRequest = ({ method }) => {
        if (method === 'GET') {
          world.github.setBusy(repository, id, true);
        }
      };

      const result = await remove(installation);

      expectFailure(result, /GitHub refused to delete it because it runs a job/, /#runner-busy/);
      expect(await installation.snapshot()).toEqual(before);
    });

    test('the local configuration of a runner that is gone cannot be removed', async () => {
      const { installation, id } = await world.install(repository, 'box');
      world.github.removeRunner(repository, id);
      // Not even --local deletes a directory.
      await rm(join(installation.directory, '.credentials'));
      await mkdir(join(installation.directory, '.credentials/x'), { recursive: true });

      const result = await remove(installation);

      expectFailure(result, /its local configuration was not removed/, /by hand/, /#removal-failed/);
    });

    test('what config.sh prints cannot act as a workflow command', async () => {
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
}

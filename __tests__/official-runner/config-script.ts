import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRemoveToken, isRoot, ordinaryUser, repository } from '../world.ts';
import { type InstalledRunner, type Kind, Site } from './site.ts';

const configuration = ['.credentials', '.credentials_rsaparams', '.runner'];
const agents = `/_services/pipelines/${repository}/_apis/distributedtask/pools/0/agents`;

const removed = ['√ Removed .credentials', '√ Removed .runner'];
const deregistered = ['# Runner removal', '√ Runner removed successfully', ...removed];

/** What `config.sh remove` prints, requests and leaves. The action depends on it. */
export function describeConfigScript(kind: Kind): void {
  let site: Site;
  let runner: InstalledRunner;
  let token: string;
  beforeEach(async () => {
    site = await Site.open(kind);
    token = await createRemoveToken(site.github);
  });
  afterEach(() => site.close());

  const remove = (environment: Record<string, string> = {}) =>
    site.runConfigScript(runner, { environment: { ACTIONS_RUNNER_INPUT_TOKEN: token, ...environment } });

  /** What is printed for a response with an error status. */
  const refused = (phrase: string) => [
    `Http response code: ${phrase} from 'Delete API/repos/${repository}/actions/runners/${runner.id}' (Request Id: ID)`,
    expect.stringMatching(/^\{"message":/),
  ];
  const failed = (reason: string) => ['Failed: Removing runner from the server', reason];
  const deleteRequest = (status: number) =>
    `DELETE /repos/${repository}/actions/runners/${runner.id} ${status}`;

  describe(`config.sh remove of the ${kind} runner, in the newer flow`, () => {
    beforeEach(async () => {
      runner = await site.install('box 7');
    });

    test('deletes the runner, then its configuration', async () => {
      expect(await remove()).toEqual({
        exitCode: 0,
        output: deregistered,
        errors: [],
        requests: [deleteRequest(204)],
        left: [],
      });
    });

    test('tries three times while the runner is busy', async () => {
      site.github.setBusy(repository, runner.id, true);

      const attempt = refused('UnprocessableEntity');
      expect(await remove()).toEqual({
        exitCode: 1,
        output: ['# Runner removal'],
        errors: [
          ...[...attempt, ...attempt, ...attempt],
          ...failed('Response status code does not indicate success: 422 (Unprocessable Entity).'),
        ],
        requests: [deleteRequest(422), deleteRequest(422), deleteRequest(422)],
        left: configuration,
      });
    });

    test.each([
      ['a token that GitHub refuses with 404', () => token.replace('A', 'B')],
      [
        'a runner that GitHub does not know',
        () => {
          site.github.removeRunner(repository, runner.id);
          return token;
        },
      ],
    ])('tries once with %s', async (_, prepare) => {
      token = prepare();

      expect(await remove()).toEqual({
        exitCode: 1,
        output: ['# Runner removal'],
        errors: [
          ...refused('NotFound'),
          ...failed('Response status code does not indicate success: 404 (Not Found).'),
        ],
        requests: [deleteRequest(404)],
        left: configuration,
      });
    });

    test('tries three times with a token that GitHub refuses with 401', async () => {
      site.github.refusedTokenStatus = 401;
      token = token.replace('A', 'B');

      const attempt = refused('Unauthorized');
      expect(await remove()).toMatchObject({
        exitCode: 1,
        errors: [
          ...[...attempt, ...attempt, ...attempt],
          ...failed('Response status code does not indicate success: 401 (Unauthorized).'),
        ],
        requests: [deleteRequest(401), deleteRequest(401), deleteRequest(401)],
        left: configuration,
      });
    });

    test('succeeds after a server error', async () => {
      let failures = 1;
      site.github.intercept = (_, response) => {
        failures -= 1;
        if (failures >= 0) site.github.send(response, { status: 502, body: { message: 'Bad Gateway' } });
        return failures >= 0;
      };

      expect(await remove()).toMatchObject({
        exitCode: 0,
        output: deregistered,
        requests: [deleteRequest(502), deleteRequest(204)],
      });
    });

    test('loses its token in a redirect', async () => {
      site.github.renameRepository(repository, 'octo-org/renamed');

      expect(await remove()).toMatchObject({
        exitCode: 1,
        errors: [...refused('NotFound'), ...failed(expect.stringContaining('404') as unknown as string)],
        requests: [deleteRequest(307), expect.stringMatching(/^DELETE \/repositories\/\d+\/.* 404$/)],
        left: configuration,
      });
    });

    test.each([
      {
        missing: '.credentials',
        output: ['Does not exist. Skipping Removing .credentials', '√ Removed .runner'],
        left: ['.credentials_rsaparams'],
      },
      {
        missing: '.runner',
        output: ['√ Removed .credentials', 'Does not exist. Skipping Removing .runner'],
        left: [],
      },
    ])('succeeds without a request if $missing is missing', async ({ missing, output, left }) => {
      await rm(join(runner.directory, missing));

      expect(await remove()).toEqual({
        exitCode: 0,
        output: [
          '# Runner removal',
          'Cannot connect to server, because config files are missing. Skipping removing runner from the server.',
          ...output,
        ],
        errors: [],
        requests: [],
        left,
      });
    });

    test('fails without a request if there is no token', async () => {
      expect(await remove({ ACTIONS_RUNNER_INPUT_TOKEN: '' })).toMatchObject({
        exitCode: 1,
        errors: failed(expect.stringMatching(/^Cannot read keys when/) as unknown as string),
        requests: [],
        left: configuration,
      });
    });

    test.each([
      ['the option --local', ['--local'], {}],
      ['the variable ACTIONS_RUNNER_INPUT_LOCAL', [], { ACTIONS_RUNNER_INPUT_LOCAL: 'true' }],
    ])('with %s, only deletes the configuration', async (_, flags, environment) => {
      expect(await site.runConfigScript(runner, { flags, environment })).toEqual({
        exitCode: 0,
        output: removed,
        errors: [],
        requests: [],
        left: [],
      });
      expect(await site.runConfigScript(runner, { flags, environment })).toMatchObject({
        exitCode: 0,
        output: [
          'Does not exist. Skipping Removing .credentials',
          'Does not exist. Skipping Removing .runner',
        ],
      });
    });

    if (process.platform !== 'win32') {
      test('fails before its first request while there is a service, which --local ignores', async () => {
        await writeFile(join(runner.directory, '.service'), 'actions.runner.box.service\n');

        expect(await remove()).toEqual({
          exitCode: 1,
          output: ['# Runner removal', 'Removing service'],
          errors: ['Failed: Removing service', 'Uninstall service first'],
          requests: [],
          left: [...configuration, '.service'],
        });
        expect(await remove({ ACTIONS_RUNNER_INPUT_LOCAL: 'true' })).toMatchObject({
          exitCode: 0,
          output: removed,
          left: ['.service'],
        });
      });

      test('changes .path and .env even if it fails', async () => {
        const read = (name: string) => readFile(join(runner.directory, name), 'utf8');
        await writeFile(join(runner.directory, '.env'), 'LANG=de_DE.UTF-8\n');
        const path = `/opt/job/bin:${process.env['PATH']}`;

        await remove({
          ACTIONS_RUNNER_INPUT_TOKEN: 'BAD',
          PATH: path,
          LANG: 'C.UTF-8',
          GRADLE_HOME: '/opt/g',
        });

        expect(await read('.path')).toBe(`${path}\n`);
        expect(await read('.env')).toBe('LANG=de_DE.UTF-8\nGRADLE_HOME=/opt/g\n');
      });

      test('crashes if it cannot write to _diag', async () => {
        // As root, the runner has to belong to somebody else to be refused.
        if (isRoot) runner = await site.install('box 8', { owner: ordinaryUser });
        const diagnostics = join(runner.directory, '_diag');
        // A log of the same second would be opened again.
        await rm(diagnostics, { recursive: true });
        await mkdir(diagnostics, { mode: 0o555 });

        expect(await remove()).toMatchObject({
          exitCode: 134,
          errors: expect.arrayContaining([expect.stringMatching(/^Unhandled exception\. System\.Unauth/)]),
          requests: [],
          left: configuration,
        });
      });
    }

    test.each([
      ['a byte order mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
      ['UTF-16', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ])('reads .env with %s, which wins over the environment', async (_, encode) => {
      await writeFile(
        join(runner.directory, '.env'),
        encode(`LANG=C.UTF-8\nACTIONS_RUNNER_INPUT_TOKEN=${token}\n`),
      );

      expect(await remove({ ACTIONS_RUNNER_INPUT_TOKEN: 'BAD' })).toMatchObject({ exitCode: 0, left: [] });
    });

    if (isRoot) {
      test('refuses to run as root unless it is allowed', async () => {
        expect(await remove({ RUNNER_ALLOW_RUNASROOT: '' })).toEqual({
          exitCode: 1,
          output: ['Must not run with sudo'],
          errors: [],
          requests: [],
          left: configuration,
        });
      });
    }
  });

  describe(`config.sh remove of the ${kind} runner, in the older flow`, () => {
    beforeEach(async () => {
      runner = await site.install('box 7', { flow: 'older' });
    });
    const connected = 'POST /actions/runner-registration 200';

    test('deletes the runner, then its configuration', async () => {
      expect(await remove()).toEqual({
        exitCode: 0,
        output: deregistered,
        errors: [],
        requests: [connected, `GET ${agents} 200`, `DELETE ${agents}/${runner.id} 204`],
        left: [],
      });
    });

    test('tries once while the runner is busy, and prints no status', async () => {
      site.github.setBusy(repository, runner.id, true);

      expect(await remove()).toEqual({
        exitCode: 1,
        output: ['# Runner removal'],
        errors: failed(expect.stringMatching(/^[^{]*box 7.* running a job/) as unknown as string),
        requests: [connected, `GET ${agents} 200`, `DELETE ${agents}/${runner.id} 400`],
        left: configuration,
      });
    });

    test('tries once with a token that GitHub refuses', async () => {
      token = token.replace('A', 'B');

      expect(await remove()).toEqual({
        exitCode: 1,
        output: ['# Runner removal'],
        errors: [
          "Http response code: NotFound from 'POST API/actions/runner-registration' (Request Id: ID)",
          expect.stringMatching(/^\{"message":/),
          ...failed('Response status code does not indicate success: 404 (Not Found).'),
        ],
        requests: ['POST /actions/runner-registration 404'],
        left: configuration,
      });
    });

    test('succeeds if it does not find the runner, which can stay registered', async () => {
      site.github.hideFromRunnerSide(repository, runner.id);

      expect(await remove()).toEqual({
        exitCode: 0,
        output: [
          '# Runner removal',
          'Does not exist. Skipping Removing runner from the server',
          ...deregistered.slice(1),
        ],
        errors: [],
        requests: [connected, `GET ${agents} 200`],
        left: [],
      });
      expect(site.github.runners(repository)).toHaveLength(1);
    });

    test('fails if there is another runner of that name', async () => {
      site.github.removeRunner(repository, runner.id);
      site.github.addRunner(repository, { name: 'box 7' });

      expect(await remove()).toEqual({
        exitCode: 1,
        output: ['# Runner removal'],
        errors: failed(expect.stringContaining('agent') as unknown as string),
        requests: [connected, `GET ${agents} 200`, `DELETE ${agents}/${runner.id} 404`],
        left: configuration,
      });
    });
  });

  test(`the ${kind} runner deletes its configuration and ends when GitHub does not know it any more`, async () => {
    runner = await site.install('box 7');
    const { ended } = await runner.start();

    site.github.removeRunner(repository, runner.id);

    expect(await ended).toBe(0);
    expect(await remove()).toMatchObject({
      output: expect.arrayContaining(['Does not exist. Skipping Removing .runner']),
    });
  });
}

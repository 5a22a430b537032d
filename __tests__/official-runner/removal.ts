import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JobOptions, StepResult } from '../../sandbox/launcher.ts';
import { processesIn } from '../../sandbox/programs/processes.ts';
import {
  adminToken,
  configurationOf,
  type InstalledRunner,
  isRoot,
  type Kind,
  ordinaryUser,
  organization,
  repository,
  Site,
} from './site.ts';

const isWindows = process.platform === 'win32';

const accounts: { who: string; user?: typeof ordinaryUser; owner?: typeof ordinaryUser }[] = isRoot
  ? [
      { who: 'as an ordinary user', user: ordinaryUser, owner: ordinaryUser },
      { who: 'as root, with an installation of an ordinary user', owner: ordinaryUser },
      { who: 'as root, with an installation of root' },
    ]
  : [{ who: 'as an ordinary user' }];

const flows = ['newer', 'older'] as const;

/** What the action does with a real or stand-in `config.sh`. */
export function describeRemovalOf(kind: Kind): void {
  let site: Site;
  beforeEach(async () => {
    site = await Site.open(kind);
  });
  afterEach(() => site.close());

  const remove = ({ directory }: InstalledRunner, options: Partial<JobOptions> = {}) =>
    site.run({ remove: 'true', 'runner-directory': directory }, options);

  const runnersOf = ({ outputs }: StepResult): { result: string; detail?: string }[] =>
    JSON.parse(outputs['runners'] ?? '[]');
  const expectResult = (step: StepResult, result: string) =>
    expect(runnersOf(step)).toMatchObject([{ result }]);
  const runnerFiles = async ({ directory }: InstalledRunner) =>
    Object.keys(await configurationOf(directory)).filter((name) => /^\.(runner|credentials)/.test(name));
  const expectNoSecret = (step: StepResult) => {
    for (const { token } of [...site.github.issuedTokens, { token: adminToken }]) {
      expect(step.log).not.toContain(token);
    }
  };

  describe.each(kind === 'official' ? accounts : accounts.slice(0, 0))(
    `remove: true, run $who, with the ${kind} runner`,
    ({ user, owner }) => {
      const options = user ? { user } : {};

      test.each(flows)('deregisters it in the %s flow', async (flow) => {
        const runner = await site.install('box', { owner, flow });

        const step = await remove(runner, options);

        expectResult(step, 'removed');
        expect(step.conclusion).toBe('success');
        expect(step.log).toContain('√ Runner removed successfully');
        expect(site.github.runners(repository)).toEqual([]);
        expect(await runnerFiles(runner)).toEqual([]);
        expectNoSecret(step);
      });
    },
  );

  describe(`remove: true, with the ${kind} runner`, () => {
    let runner: InstalledRunner;
    let before: Record<string, string>;
    const install = async (flow: 'newer' | 'older' = 'newer') => {
      runner = await site.install('box', { flow });
      // A service or a user can have left these; config.sh changes them.
      await writeFile(join(runner.directory, '.path'), '/usr/bin:/bin\n');
      await writeFile(join(runner.directory, '.env'), 'HTTPS_PROXY=\n');
      before = await configurationOf(runner.directory);
    };
    /** Called after a request of the action or of `config.sh`, before the next one. */
    const afterRequest = (method: string, part: string, act: () => void) => {
      site.github.afterRequest = (request) => {
        if (request.method === method && request.path.includes(part)) act();
      };
    };
    const deletions = () => site.requests('DELETE').map((request) => Number(request.split(' ').at(-1)));

    test.each([
      ['an organization', { registration: organization }],
      ['a repository in another letter case', { registration: repository.toUpperCase() }],
    ])('deregisters a runner of %s', async (_, options) => {
      runner = await site.install('box', options);

      expectResult(await remove(runner), 'removed');

      expect(site.github.runners(options.registration)).toEqual([]);
      expect(await runnerFiles(runner)).toEqual([]);
    });

    test('deregisters a runner in a directory with a space and a letter that is not ASCII', async () => {
      const parent = await mkdtemp(join(await realpath(tmpdir()), 'actions runner é-'));
      runner = await site.install('box', { directory: join(parent, 'ça va') });

      expectResult(await remove(runner), 'removed');

      expect(site.github.runners(repository)).toEqual([]);
      await rm(parent, { recursive: true });
    });

    test.each([
      { flow: 'newer', statuses: [422, 422, 422] },
      { flow: 'older', statuses: [400] },
    ] as const)(
      'leaves a runner unchanged that becomes busy at the last moment, in the $flow flow',
      async ({ flow, statuses }) => {
        await install(flow);
        afterRequest('GET', `/runners/${runner.id}`, () => site.github.setBusy(repository, runner.id, true));

        const step = await remove(runner);

        expectResult(step, 'failed');
        expect(step.conclusion).toBe('failure');
        expect(step.log).toContain('#runner-busy');
        expect(deletions()).toEqual(statuses);
        expect(await configurationOf(runner.directory)).toEqual(before);
        expect(site.github.runners(repository)).toMatchObject([{ id: runner.id }]);
      },
    );

    test.each(flows)('leaves a runner unchanged if its token is refused, in the %s flow', async (flow) => {
      await install(flow);
      afterRequest('POST', 'remove-token', () => {
        for (const issued of site.github.issuedTokens) issued.expiresAt = new Date(0);
      });

      const step = await remove(runner);

      expectResult(step, 'failed');
      expect(step.log).toContain('#removal-failed');
      expect(await configurationOf(runner.directory)).toEqual(before);
      expect(site.github.runners(repository)).toMatchObject([{ id: runner.id }]);
    });

    test('cleans up a runner that GitHub does not know', async () => {
      await install();
      site.github.removeRunner(repository, runner.id);

      expectResult(await remove(runner), 'already-removed');

      expect(deletions()).toEqual([]);
      expect(await runnerFiles(runner)).toEqual([]);
    });

    test.each(flows)(
      'finishes a removal during which the runner disappears, in the %s flow',
      async (flow) => {
        await install(flow);
        afterRequest('GET', `/runners/${runner.id}`, () => site.github.removeRunner(repository, runner.id));

        const step = await remove(runner);

        expect(step.conclusion).toBe('success');
        expect(await runnerFiles(runner)).toEqual([]);
      },
    );

    test('deletes a runner that config.sh does not find, in the older flow', async () => {
      await install('older');
      site.github.hideFromRunnerSide(repository, runner.id);

      expectResult(await remove(runner), 'removed');

      expect(site.github.runners(repository)).toEqual([]);
      expect(deletions()).toEqual([204]);
    });

    test('cleans up what a removal without .runner has left', async () => {
      await install();
      site.github.removeRunner(repository, runner.id);
      await rm(join(runner.directory, '.runner'));

      expectResult(await remove(runner), 'already-removed');

      expect(await runnerFiles(runner)).toEqual([]);
    });

    test('deletes a runner whose credentials are gone', async () => {
      await install();
      await rm(join(runner.directory, '.credentials'));

      expectResult(await remove(runner), 'removed');

      expect(site.github.runners(repository)).toEqual([]);
      expect(deletions()).toEqual([204]);
      expect(await runnerFiles(runner)).toEqual([]);
    });

    test('ends a listener that was started by hand', async () => {
      await install();
      const { ended } = await runner.start();

      const step = await remove(runner);

      expectResult(step, 'removed');
      await ended;
      expect(processesIn(runner.directory)).toEqual([]);
      expect(await runnerFiles(runner)).toEqual([]);
    });

    if (!isWindows) {
      test('puts the marker of a service back if the runner becomes busy', async () => {
        await install();
        await writeFile(join(runner.directory, '.service'), 'actions.runner.box.service\n');
        before = await configurationOf(runner.directory);
        afterRequest('GET', `/runners/${runner.id}`, () => site.github.setBusy(repository, runner.id, true));

        const step = await remove(runner);

        expectResult(step, 'failed');
        expect(await configurationOf(runner.directory)).toEqual(before);
      });
    }

    // The stand-in does not say more here than the tests of cancellation do.
    if (kind === 'official') {
      test.each([
        ['finishes the removal if GitHub responds in time', 1_000, 'removed'],
        ['ends config.sh and leaves the runner unchanged if GitHub does not', 60_000, 'failed'],
      ])('a step that is cancelled during the DELETE request %s', async (_, delay, result) => {
        await install();
        let cancel = () => {};
        const ended = new AbortController();
        site.github.intercept = async ({ method }, response) => {
          if (method !== 'DELETE') return false;
          cancel();
          await pause(delay, undefined, ended).catch(() => response.destroy());
          return response.destroyed;
        };
        const onStart = (cancelStep: () => void) => {
          cancel = cancelStep;
        };

        const step = await site.run({ remove: 'true', 'runner-directory': runner.directory }, { onStart });

        ended.abort();
        expectResult(step, result);
        expect(step).toMatchObject({ conclusion: 'cancelled', signal: null });
        expect(processesIn(runner.directory)).toEqual([]);
        const isRemoved = result === 'removed';
        expect(site.github.runners(repository)).toHaveLength(isRemoved ? 0 : 1);
        if (isRemoved) expect(await runnerFiles(runner)).toEqual([]);
        else expect(await configurationOf(runner.directory)).toEqual(before);
      });
    }
  });
}

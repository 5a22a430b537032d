import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  currentJobInstallation,
  type JobContext,
  requireCurrentJobInstallation,
  runsCurrentJob,
} from '../../src/runner/current-job.ts';
import { failureOf, temporaryDirectory } from '../support.ts';

const node = 'externals/node24/bin/node';
const context = (changes: Partial<JobContext>): JobContext => ({
  platform: 'linux',
  argv0: 'node',
  execPath: '/usr/bin/node',
  environment: {},
  ...changes,
});

let root: string;
beforeEach(async () => {
  root = await temporaryDirectory();
});

async function install(directory: string, name?: string): Promise<string> {
  await mkdir(join(root, directory, 'bin'), { recursive: true });
  for (const file of ['config.sh', 'bin/Runner.Listener']) {
    await writeFile(join(root, directory, file), '');
  }
  if (name !== undefined) {
    await writeFile(join(root, directory, '.runner'), JSON.stringify({ agentId: 1, agentName: name }));
  }
  return join(root, directory);
}

test.each([
  ['/opt/runner/externals/node24/bin/node', 'linux', '/opt/runner'],
  ['/opt/runner/externals.2.336.0/node24/bin/node', 'linux', '/opt/runner'],
  ['/Users/me/runner/externals/node20/bin/node', 'darwin', '/Users/me/runner'],
  ['C:\\runner\\externals\\node24\\bin\\node.exe', 'win32', 'C:\\runner'],
  ['/usr/bin/node', 'linux', undefined],
  ['/opt/runner/externally/node24/bin/node', 'linux', undefined],
  ['/opt/runner/my-externals/node24/bin/node', 'linux', undefined],
  ['/opt/runner/externals-old/node24/bin/node', 'linux', undefined],
] as const)('%s (%s) belongs to the installation %s', (execPath, platform, expected) => {
  expect(currentJobInstallation(context({ execPath, platform }))).toBe(expected);
});

test.each([
  ['/opt/b/externals/node24/bin/node', '/opt/b'],
  // Started by hand, not by a runner.
  ['externals/node24/bin/node', '/opt/a'],
  ['/usr/bin/node', '/opt/a'],
])('"externals" can link to another installation: started as %s', (argv0, expected) => {
  expect(currentJobInstallation(context({ argv0, execPath: '/opt/a/externals/node24/bin/node' }))).toBe(
    expected,
  );
});

describe('whether a runner executes the current job', () => {
  const runner = { directory: '/opt/runner', name: 'box' };

  test.each([
    ['it has the directory and the name', '/opt/runner', 'box', true],
    ['the name differs in case', '/opt/runner', 'BOX', true],
    ['another installation has the same name', '/opt/other', 'box', false],
    ['the directory belongs to a runner of another name', '/opt/runner', 'other', false],
  ])('%s', (_, directory, RUNNER_NAME, expected) => {
    const execPath = join(directory, node);

    expect(runsCurrentJob(runner, context({ execPath, environment: { RUNNER_NAME } }))).toBe(expected);
  });

  test.each([
    ['box', true],
    ['other', false],
    [undefined, false],
  ])('the directory is unknown, RUNNER_NAME is %s', (RUNNER_NAME, expected) => {
    expect(runsCurrentJob(runner, context({ environment: { RUNNER_NAME } }))).toBe(expected);
  });

  test('the directory is reached through a link', async () => {
    const directory = await install('runner');
    await symlink(directory, join(root, 'link'));
    const job = context({ execPath: join(root, 'link', node), environment: { RUNNER_NAME: 'box' } });

    expect(runsCurrentJob({ directory, name: 'box' }, job)).toBe(true);
  });

  test('on Windows, case is not significant', () => {
    const execPath = 'c:\\Runner\\externals\\node24\\bin\\node.exe';
    const job = context({ platform: 'win32', execPath, environment: { RUNNER_NAME: 'box' } });

    expect(runsCurrentJob({ directory: 'C:\\runner', name: 'box' }, job)).toBe(true);
  });
});

describe('remove: after-job', () => {
  test('finds the installation by its Node.js and its name', async () => {
    const directory = await install('runner', 'Box');
    await symlink(directory, join(root, 'link'));
    const argv0 = join(root, 'link', node);

    expect(await requireCurrentJobInstallation(context({ argv0, environment: { RUNNER_NAME: 'box' } }))).toBe(
      directory,
    );
  });

  test.each([
    [
      'another',
      { RUNNER_NAME: 'box' },
      /^The runner "box" .*ROOT\/runner, belongs to the runner "another"\. Nothing/,
    ],
    ['another', {}, /^The runner "" .*"another"/],
    [undefined, { RUNNER_NAME: 'box' }, /ROOT\/runner, is not configured\./],
  ])(
    'refuses the installation of the runner %j where %j executes the job',
    async (name, environment, happened) => {
      const execPath = join(await install('runner', name), node);

      const failure = await failureOf(() =>
        requireCurrentJobInstallation(context({ execPath, environment })),
      );

      expect(failure.kind).toBe('not-a-runner');
      expect(failure.explanation.happened.replace(root, 'ROOT')).toMatch(happened);
      expect(failure.explanation.likelyCause).toContain('share files through a link');
      expect(failure.explanation.remedy).toContain('remove: true with "runner-directory"');
    },
  );

  test.each([
    [
      'on a GitHub-hosted runner',
      {
        environment: { RUNNER_ENVIRONMENT: 'github-hosted' },
        argv0: '/opt/hosted/externals/node24/bin/node',
      },
      'github-hosted-runner',
      /cannot be used on a GitHub-hosted runner\..*This job runs on a GitHub-hosted runner\..*"runs-on" to the self-hosted runner/,
    ],
    [
      'in a container job',
      { argv0: '/__e/node24/bin/node' },
      'container-job',
      /cannot be used in a container job\..*not accessible from the container.*without "container:"/,
    ],
    ['in an Alpine container', { execPath: '/__e/node24_alpine/bin/node' }, 'container-job', /same runner/],
    [
      "with another Node.js than the runner's",
      {},
      'not-a-runner',
      /installation of the runner .* could not be found\..*\/usr\/bin\/node.*remove: true/,
    ],
  ])('is an error %s', async (_, changes, kind, message) => {
    const failure = await failureOf(() => requireCurrentJobInstallation(context(changes)));

    expect(failure.kind).toBe(kind);
    expect(failure.explanation.happened).toContain('Nothing was changed');
    expect(failure.message).toMatch(message);
  });
});

import { describe, expect, test } from '@jest/globals';
import {
  executesThisJob,
  installationOfThisJob,
  requireInstallationOfThisJob,
} from '../../src/runner/this-job.ts';
import { failureOf } from '../support.ts';

const context = (execPath: string, environment = {}, platform: NodeJS.Platform = 'linux') => ({
  execPath,
  environment,
  platform,
});

test.each([
  ['/opt/runner/externals/node24/bin/node', 'linux', '/opt/runner'],
  ['/opt/runner/externals.2.336.0/node24/bin/node', 'linux', '/opt/runner'],
  ['/Users/me/runner/externals/node20/bin/node', 'darwin', '/Users/me/runner'],
  ['C:\\runner\\externals\\node24\\bin\\node.exe', 'win32', 'C:\\runner'],
  ['/usr/bin/node', 'linux', undefined],
  ['/opt/runner/externally/node24/bin/node', 'linux', undefined],
  ['/opt/runner/my-externals/node24/bin/node', 'linux', undefined],
  ['/opt/runner/externals-old/node24/bin/node', 'linux', undefined],
] as const)('%s belongs to the installation %s', (execPath, platform, expected) => {
  expect(installationOfThisJob(context(execPath, {}, platform))).toBe(expected);
});

describe('a runner executes this very job', () => {
  const runner = { directory: '/opt/runner', name: 'box' };
  const named = { RUNNER_NAME: 'box' };

  test.each([
    [
      'when it is the installation whose Node.js runs this',
      '/opt/runner/externals/node24/bin/node',
      {},
      true,
    ],
    [
      'not when another installation of the same name does',
      '/opt/other/externals/node24/bin/node',
      named,
      false,
    ],
    ['when it has the name of the one that does, and its directory is unknown', '/usr/bin/node', named, true],
    ['not when it has another name', '/usr/bin/node', { RUNNER_NAME: 'other' }, false],
    ['not when nothing is known', '/usr/bin/node', {}, false],
  ])('%s', (_, execPath, environment, expected) => {
    expect(executesThisJob(runner, context(execPath, environment))).toBe(expected);
  });
});

describe('remove: after-job', () => {
  test('finds the installation that runs the job', () => {
    expect(requireInstallationOfThisJob(context('/opt/runner/externals/node24/bin/node'))).toBe(
      '/opt/runner',
    );
  });

  test.each([
    [
      'on a runner that GitHub hosts',
      '/opt/hosted/externals/node24/bin/node',
      { RUNNER_ENVIRONMENT: 'github-hosted' },
      'github-hosted-runner',
      /"runs-on".*the self-hosted runner/,
    ],
    [
      'in a container job',
      '/__e/node24/bin/node',
      {},
      'container-job',
      /inside the container.*without "container:"/,
    ],
    ['in a container job with Alpine', '/__e/node24_alpine/bin/node', {}, 'container-job', /same runner/],
    [
      "with a Node.js that is not the runner's",
      '/usr/bin/node',
      {},
      'not-a-runner',
      /own Node\.js.*remove: true/,
    ],
  ])('is an error %s', async (_, execPath, environment, kind, remedy) => {
    const failure = await failureOf(() => requireInstallationOfThisJob(context(execPath, environment)));

    expect(failure.kind).toBe(kind);
    expect(failure.explanation.happened).toContain('Nothing was changed');
    expect(failure.message).toMatch(remedy);
  });
});

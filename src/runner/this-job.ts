import { posix, win32 } from 'node:path';
import { Failure } from '../failure.ts';

/** What the runner tells a step about itself. */
export interface JobContext {
  readonly platform: NodeJS.Platform;
  /** The path of the Node.js that runs this step. */
  readonly execPath: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The root of the installation that runs this step: its Node.js comes from `ROOT/externals/node24/bin/node`, after a
 * self-update from `ROOT/externals.VERSION/...`.
 *
 * @returns `undefined` when this step is run with another Node.js
 */
export function installationOfThisJob({ platform, execPath }: JobContext): string | undefined {
  const path = platform === 'win32' ? win32 : posix;
  const externals = path.resolve(execPath, '../../..');
  return /^externals(\.[\w.-]+)?$/i.test(path.basename(externals)) ? path.dirname(externals) : undefined;
}

/** Whether a runner is the one that executes this very job: by its directory or, where that is unknown, by its name. */
export function executesThisJob(runner: { directory: string; name: string }, context: JobContext): boolean {
  const own = installationOfThisJob(context);
  return own === undefined ? context.environment['RUNNER_NAME'] === runner.name : own === runner.directory;
}

/**
 * The installation that `remove: after-job` is about.
 *
 * @throws Failure `github-hosted-runner`, `container-job`, `not-a-runner`
 */
export function requireInstallationOfThisJob(context: JobContext): string {
  if (context.environment['RUNNER_ENVIRONMENT'] === 'github-hosted') {
    throw new Failure('github-hosted-runner', {
      happened: 'remove: after-job was used on a runner that GitHub hosts. Nothing was changed.',
      cause: 'The job runs on another runner than it should: look at its "runs-on".',
      remedy: 'Use remove: after-job in a job of the self-hosted runner that is to be removed.',
    });
  }
  if (context.execPath.startsWith('/__e/')) {
    throw new Failure('container-job', {
      happened: 'remove: after-job was used in a container job. Nothing was changed.',
      cause:
        "The step runs inside the container, where the runner's installation and processes are out of reach.",
      remedy: 'Move the step to a job without "container:", on the same runner.',
    });
  }
  const installation = installationOfThisJob(context);
  if (installation === undefined) {
    throw new Failure('not-a-runner', {
      happened: `The installation of the runner that executes this job was not found from ${context.execPath}. Nothing was changed.`,
      cause: "The step is not run with the runner's own Node.js.",
      remedy: 'Use remove: true with "runner-directory", in a job of another runner on this machine.',
    });
  }
  return installation;
}

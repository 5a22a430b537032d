import { Failure } from '../failure.ts';
import { readInstallation } from './installation.ts';
import { isSameDirectory, pathsOf } from './paths.ts';

/** What a step knows about the runner that executes it. */
export interface JobContext {
  readonly platform: NodeJS.Platform;
  /** The path of this step's Node.js, without links. */
  readonly execPath: string;
  /** The path that the runner started this step's Node.js with. */
  readonly argv0: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The root of the installation that runs this step. The runner starts `ROOT/externals/node24/bin/node`; `externals` can
 * link to `externals.VERSION` (after a self-update) or to another installation's, so the path without links comes second.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/NodeScriptActionHandler.cs
 * @returns `undefined` when this step is run with another Node.js
 */
export function currentJobInstallation({ platform, argv0, execPath }: JobContext): string | undefined {
  const { basename, dirname, isAbsolute, resolve } = pathsOf(platform);
  return [argv0, execPath]
    .filter((program) => isAbsolute(program))
    .map((program) => resolve(program, '../../..'))
    .filter((externals) => /^externals(\.[\w.-]+)?$/i.test(basename(externals)))
    .map(dirname)[0];
}

/** Whether a runner executes the current job: by its name and its directory, or by its name if the directory is unknown. */
export function runsCurrentJob(runner: { directory: string; name: string }, context: JobContext): boolean {
  const own = currentJobInstallation(context);
  return (
    isCurrentRunnerName(runner.name, context) &&
    (own === undefined || isSameDirectory(own, runner.directory, context.platform))
  );
}

/**
 * Finds the installation that `remove: after-job` is about.
 *
 * @returns its root, without links
 * @throws Failure `github-hosted-runner`, `container-job`, `not-a-runner`
 */
export async function requireCurrentJobInstallation(context: JobContext): Promise<string> {
  const { platform, execPath, environment } = context;
  if (environment['RUNNER_ENVIRONMENT'] === 'github-hosted') {
    throw new Failure('github-hosted-runner', {
      happened: 'remove: after-job cannot be used on a GitHub-hosted runner. Nothing was changed.',
      cause: 'This job runs on a GitHub-hosted runner.',
      remedy: 'Set "runs-on" to the self-hosted runner that you want to remove.',
    });
  }
  refuseContainer('remove: after-job', context);
  const own = currentJobInstallation(context);
  if (own === undefined) {
    throw new Failure('not-a-runner', {
      happened: `The installation of the runner that executes this job could not be found. Nothing was changed.`,
      cause: `The step runs with ${execPath}, which is not a Node.js of a runner.`,
      remedy: 'Use remove: true with "runner-directory" in a job of another runner on this machine.',
    });
  }
  const { directory, configuration } = await readInstallation(own, platform);
  if (configuration === undefined || !isCurrentRunnerName(configuration.name, context)) {
    const found =
      configuration === undefined ? 'is not configured' : `belongs to the runner "${configuration.name}"`;
    throw new Failure('not-a-runner', {
      happened: `The runner "${environment['RUNNER_NAME'] ?? ''}" executes this job, but the installation of the step's Node.js, ${directory}, ${found}. Nothing was changed.`,
      likelyCause:
        'Two installations share files through a link, or the runner was configured again during this job.',
      remedy:
        'Use remove: true with "runner-directory" set to the directory of the runner that you want to remove, in a job of another runner on this machine.',
    });
  }
  return directory;
}

/**
 * Refuses a container job. Even where the installation is mounted into it, the step does not see the processes of the
 * machine: not the worker of a running job, and not the listener.
 *
 * @param what cannot be used
 * @throws Failure `container-job`
 */
export function refuseContainer(what: string, { argv0, execPath }: JobContext): void {
  if ([argv0, execPath].some((program) => program.startsWith('/__e/'))) {
    throw new Failure('container-job', {
      happened: `${what} cannot be used in a container job. Nothing was changed.`,
      cause: "The runner's installation and processes are not accessible from the container.",
      remedy: 'Move the step to a job without "container:" on the same runner.',
    });
  }
}

/** Whether a name is that of the runner that executes this job. */
export function isCurrentRunnerName(name: string, { environment }: Pick<JobContext, 'environment'>): boolean {
  return name.toLowerCase() === environment['RUNNER_NAME']?.toLowerCase();
}

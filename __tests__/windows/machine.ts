import { readdirSync, readFileSync } from 'node:fs';
import { access, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import type { Installation, InstallationOptions } from '../../sandbox/installation.ts';
import { Job, type JobOptions, type Step, type StepResult } from '../../sandbox/launcher.ts';
import { Windows } from '../../sandbox/windows.ts';
import type { Worker } from '../../sandbox/worker.ts';
import { filesBelow, repository } from '../world.ts';

export const adminToken = 'github_pat_11WINDOWS0000000000_adminTokenOfTheTests';

/** A runner on the machine. */
export interface WindowsRunner {
  installation: Installation;
  id: number;
  /** Its directory as Windows names it. */
  directory: string;
}

/** A Windows machine with a runner that executes the jobs of the tests, and a new stand-in for GitHub for each test. */
export class Machine {
  readonly windows: Windows;
  readonly #host: Installation;
  readonly #worker: Worker;
  #github: GitHub | undefined;
  #directory = '';
  #cleanUp: (() => Promise<unknown>)[] = [];

  private constructor(windows: Windows, host: Installation, worker: Worker) {
    this.windows = windows;
    this.#host = host;
    this.#worker = worker;
  }

  static async start(): Promise<Machine> {
    const windows = await Windows.start();
    const host = await windows.install({ agentId: 1, agentName: 'host' });
    return new Machine(windows, host, await windows.startWorker(host));
  }

  async stop(): Promise<void> {
    await this.#worker.stop();
    await this.windows.stop();
    await this.#host.remove();
  }

  async beginTest(): Promise<void> {
    const github = await GitHub.start();
    github.addOrganization('octo-org');
    github.addRepository(repository);
    github.addRepository('octo-org/other-repo');
    github.addAdminToken(adminToken, { registrations: [repository, 'octo-org', 'octo-org/other-repo'] });
    this.#github = github;
    this.#directory = await mkdtemp(join(await realpath(tmpdir()), 'Läufer für Windows '));
    this.#cleanUp = [() => rm(this.#directory, { recursive: true, force: true }), () => github.close()];
  }

  async endTest(): Promise<void> {
    for (const cleanUp of this.#cleanUp.reverse()) await cleanUp();
  }

  get github(): GitHub {
    if (!this.#github) throw new Error('No test has begun.');
    return this.#github;
  }

  /** The requests of the action as `METHOD path`, without the root of the API. */
  get requests(): string[] {
    return this.github.actionRequests.map(({ method, path }) => `${method} ${path.replace('/api/v3', '')}`);
  }

  get secrets(): string[] {
    return [adminToken, ...this.github.issuedTokens.map(({ token }) => token)];
  }

  /** Registers a runner and installs it below a directory whose name has a space and a letter beyond ASCII. */
  async install(
    name: string,
    { registration = repository, ...options }: { registration?: string } & Partial<InstallationOptions> = {},
  ): Promise<WindowsRunner> {
    const { id } = this.github.addRunner(registration, { name, os: 'windows' });
    const installation = await this.windows.install({
      directory: join(this.#directory, name),
      agentId: id,
      agentName: name,
      gitHubUrl: `${this.github.serverUrl}/${registration}`,
      ...options,
    });
    this.#cleanUp.push(() => installation.remove());
    return { installation, id, directory: this.windows.path(installation.directory) };
  }

  /** Runs a step that uses the action, in a job of its own. */
  async run(
    inputs: Record<string, string>,
    options: Partial<JobOptions> = {},
  ): Promise<StepResult & { written: Map<string, string> }> {
    const { job, step } = await this.startJob(inputs, options);
    try {
      const result = await step.main();
      return { ...result, written: await filesBelow(job.directory) };
    } finally {
      await job.end();
    }
  }

  /** Starts a job with a step that uses the action, on the runner of the machine or on another. */
  async startJob(
    inputs: Record<string, string>,
    options: Partial<JobOptions> = {},
    installation = this.#host,
    worker = this.#worker,
  ): Promise<{ job: Job; step: Step }> {
    const job = await Job.start({
      github: { apiUrl: this.github.apiUrl, serverUrl: this.github.serverUrl, repository },
      platform: 'win32',
      runner: { name: installation.agentName },
      ...options,
    });
    const node = join(installation.directory, 'externals/node24/bin/node.exe');
    const step = await job.step({
      inputs: { token: adminToken, ...inputs },
      execute: this.windows.execute(worker, node),
    });
    return { job, step };
  }

  /** Starts the process that executes a job on an installation. */
  async startWorker({ installation }: WindowsRunner): Promise<Worker> {
    const worker = await this.windows.startWorker(installation);
    this.#cleanUp.push(() => worker.stop());
    return worker;
  }

  async startListener({ installation }: WindowsRunner): Promise<{ ended: Promise<void> }> {
    return this.windows.startListener(installation, this.#worker);
  }
}

/** The command lines of all processes of this machine. Those of Windows programs are among them. */
export function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((id) => {
      try {
        return readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      } catch {
        return [];
      }
    });
}

/** The files that are there of those which the configuration of a runner leaves. */
export async function configurationOf({ installation }: WindowsRunner): Promise<string[]> {
  const names = ['.runner', '.credentials', '.credentials_rsaparams', '.service', '.path', '.env'];
  const found = await Promise.all(
    names.map((name) =>
      access(join(installation.directory, name)).then(
        () => name,
        () => [],
      ),
    ),
  );
  return found.flat();
}

export async function diagnosticsOf({ installation }: WindowsRunner): Promise<string> {
  const directory = join(installation.directory, '_diag');
  const names = (await readdir(directory)).filter((name) => name.startsWith('RunnerRemoveToken_'));
  return (await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')))).join('');
}

export function expectSuccess({ conclusion, log }: StepResult): void {
  // The log is what one wants to see otherwise.
  if (conclusion !== 'success') throw new Error(`The step ended with ${conclusion}:\n${log}`);
}

/** The step failed with one message, which names a section of docs/troubleshooting.md and matches the patterns. */
export function expectFailure(result: StepResult, section: string, ...patterns: RegExp[]): void {
  expect(result.conclusion).toBe('failure');
  expect(result.exitCode).toBe(1);
  const errors = result.annotations.filter(({ level }) => level === 'error');
  expect(errors).toHaveLength(1);
  expect(errors[0]?.message).toContain(`section "${section}"`);
  for (const pattern of patterns) expect(errors[0]?.message).toMatch(pattern);
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { GitHub } from '../../sandbox/github.ts';
import { Installation } from '../../sandbox/installation.ts';
import { Job, type JobOptions, type StepResult } from '../../sandbox/launcher.ts';
import { OfficialInstallation } from '../../sandbox/official-installation.ts';
import type { RegistrationPath } from '../../sandbox/registrations.ts';
import { listenOnPort80 } from '../../sandbox/runner-protocol/port-80.ts';
import type { JobReport, RunningJob } from '../../sandbox/runner-protocol/run-service.ts';
import { RunnerProtocol } from '../../sandbox/runner-protocol/runner-protocol.ts';
import type { WorkflowJob } from '../../sandbox/runner-protocol/workflow-job.ts';
import { adminToken, organization, repository } from '../world.ts';

/** The stand-in of the sandbox, or the official runner. */
export type Kind = 'stand-in' | 'official';

/** How `config.sh remove` talks to GitHub. A runner keeps the flow that it was registered with. */
export type Flow = 'newer' | 'older';

export interface InstallOptions {
  /** As in the address that was typed at registration. */
  registration?: RegistrationPath;
  flow?: Flow;
  /** A new temporary directory by default. */
  directory?: string;
  owner?: { uid: number; gid: number } | undefined;
  /** On Windows, the official runner is registered as a service or not. */
  asService?: boolean;
}

/** An installed and registered runner. */
export interface InstalledRunner {
  readonly name: string;
  readonly id: number;
  readonly directory: string;
  readonly owner: { uid: number; gid: number } | undefined;
  /** Starts the process that waits for jobs; its exit code is not the same for both kinds. */
  start(): Promise<{ ended: Promise<number | null> }>;
}

export interface ScriptOutcome {
  exitCode: number | null;
  /** Without empty lines, and without what differs from run to run. */
  output: string[];
  errors: string[];
  /** `METHOD path status` below the API root. */
  requests: string[];
  left: string[];
}

/** A stand-in for GitHub with runners of one kind on this machine. */
export class Site {
  readonly github: GitHub;
  readonly kind: Kind;
  readonly #protocol: RunnerProtocol;
  readonly #installations: (Installation | OfficialInstallation)[] = [];

  private constructor(kind: Kind, github: GitHub) {
    this.kind = kind;
    this.github = github;
    this.#protocol = new RunnerProtocol(github);
    github.addOrganization(organization);
    github.addRepository(repository);
    github.addAdminToken(adminToken, { registrations: [repository, organization] });
  }

  static async open(kind: Kind): Promise<Site> {
    // The official runner drops the port of its address.
    return new Site(kind, await (kind === 'official' ? listenOnPort80() : GitHub.start()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#installations.map((installation) => installation.remove()));
    await this.github.close();
  }

  async install(name: string, options: InstallOptions = {}): Promise<InstalledRunner> {
    const { registration = repository, flow = 'newer', owner, asService = false, ...rest } = options;
    const url = `${this.github.serverUrl}/${registration}`;
    if (this.kind === 'stand-in') {
      const { id } = this.github.addRunner(registration, { name });
      const installation = await Installation.create({
        agentId: id,
        agentName: name,
        gitHubUrl: url,
        useRunnerAdminFlow: flow === 'newer',
        ...(owner && { owner }),
        ...rest,
      });
      this.#installations.push(installation);
      const start = async () => {
        await installation.set({ noticesRemoval: true });
        return installation.startListener();
      };
      return { name, id, owner, directory: installation.directory, start };
    }
    const installation = await OfficialInstallation.create(releaseDirectory(), { owner, ...rest });
    this.#installations.push(installation);
    this.#protocol.registration.useRunnerAdminFlow = flow === 'newer';
    const { token } = this.#protocol.registration;
    await installation.register({ url, name, token, asService });
    const id = await installation.id();
    return { name, id, owner, directory: installation.directory, start: () => installation.start() };
  }

  startJob(runner: InstalledRunner, job: Omit<WorkflowJob, 'repository'>): RunningJob {
    return this.#protocol.startJob(runner.id, { repository, ...job });
  }

  /** Runs `config.sh remove` as the owner of the installation. */
  async runConfigScript(
    { directory, owner }: InstalledRunner,
    { flags = [], environment = {} }: { flags?: string[]; environment?: Record<string, string> } = {},
  ): Promise<ScriptOutcome> {
    const before = this.github.requests.length;
    const script = process.platform === 'win32' ? ['cmd.exe', '/c', 'config.cmd'] : ['./config.sh'];
    const [program = '', ...first] = script;
    const running = spawn(program, [...first, 'remove', ...flags], {
      cwd: directory,
      env: {
        ...(process.platform === 'win32' && process.env),
        PATH: process.env['PATH'],
        RUNNER_ALLOW_RUNASROOT: '1',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...owner,
    });
    const [[exitCode], output, errors] = await Promise.all([
      once(running, 'close'),
      text(running.stdout),
      text(running.stderr),
    ]);
    const requests = this.github.requests
      .slice(before)
      .map(({ method, path, status }) => `${method} ${path.replace(/\?.*/, '')} ${status}`);
    return {
      exitCode,
      output: this.#lines(output),
      errors: this.#lines(errors),
      requests: requests.map((request) => request.replace('/api/v3', '')),
      left: await runnerFilesOf({ directory }),
    };
  }

  #lines(output: string): string[] {
    return output
      .replaceAll(this.github.apiUrl, 'API')
      .replaceAll(/\(Request Id: [^)]*\)/g, '(Request Id: ID)')
      .split(/\r?\n/)
      .map((line) => line.trimEnd())
      .filter((line) => line !== '');
  }

  /** Runs a step with `remove: true`, from `dist`. */
  async remove(
    { directory }: InstalledRunner,
    { onStart, ...options }: Partial<JobOptions> & { onStart?: (cancel: () => void) => void } = {},
  ): Promise<StepResult> {
    const { apiUrl, serverUrl } = this.github;
    const job = await Job.start({
      github: { apiUrl, serverUrl, repository },
      ...(this.kind === 'official' && { node: officialNode() }),
      ...options,
    });
    try {
      const inputs = { token: adminToken, remove: 'true', 'runner-directory': directory };
      const step = await job.step({ inputs });
      onStart?.(() => step.cancel());
      return await step.main();
    } finally {
      await job.end();
    }
  }

  /** Calls back after each such request, and before the next one. */
  afterRequest(method: string, part: string, act: () => void): void {
    this.github.afterRequest = (request) => {
      if (request.method === method && request.path.includes(part)) act();
    };
  }

  /** The statuses of the responses to the requests with this method. */
  statuses(method: string): number[] {
    return this.github.requests
      .filter((request) => request.method === method)
      .map((request) => request.status);
  }
}

/** The `result` of each runner in the output. */
export function resultsOf({ outputs }: StepResult): string[] {
  return JSON.parse(outputs['runners'] ?? '[]').map(({ result }: { result: string }) => result);
}

/** What a step printed, as GitHub shows it. */
export function logOf({ steps }: JobReport, name: string): string {
  return steps.find((step) => step.name === name)?.log ?? `There is no step "${name}".`;
}

/** The files that are left of a registration or a service. */
export async function runnerFilesOf({ directory }: Pick<InstalledRunner, 'directory'>): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter((name) => /^\.(runner|credentials|service)/.test(name)).sort();
}

/** The content of every file of the configuration, without what the runner logs. */
export async function configurationOf(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).filter((name) => /^\.(?!sandbox)/.test(name));
  return Object.fromEntries(
    await Promise.all(
      names.sort().map(async (name) => [name, await readFile(join(directory, name), 'base64')]),
    ),
  );
}

function releaseDirectory(): string {
  const directory = process.env['RUNNER_PACKAGE'];
  if (!directory) throw new Error('RUNNER_PACKAGE is not set.');
  return directory;
}

function officialNode(): string {
  return join(releaseDirectory(), `externals/node24/bin/node${process.platform === 'win32' ? '.exe' : ''}`);
}

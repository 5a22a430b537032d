import { EventEmitter } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { GitHub } from '../sandbox/github.ts';
import { Installation, type InstallationOptions } from '../sandbox/installation.ts';
import { Job, type JobOptions, type StepOptions, type StepResult } from '../sandbox/launcher.ts';
import type { Clock } from '../src/clock.ts';
import { run } from '../src/main.ts';
import { problemsOfRunners } from './runners-schema.ts';
import { freshCore, withOutput } from './support.ts';

export const adminToken = 'github_pat_11ENDTOEND0000000_adminTokenOfTheTests';
/** No other kind of token can manage the runners of an enterprise. */
export const classicToken = 'ghp_classicTokenOfTheTests000000000000000';
export const repository = 'octo-org/octo-repo';
export const organization = 'octo-org';

/** The files of a registration. */
export const configuration = ['.runner', '.credentials', '.credentials_rsaparams'];

export const isRoot = process.getuid?.() === 0;
/** An account that every Unix has. Root can run the action as this one too. */
export const ordinaryUser = { uid: 65534, gid: 65534, name: 'nobody', home: '/' };

/**
 * What is tested: `dist`, the bundle, in a process of its own as the runner starts it; or `src`, the source, in this
 * process, which measures its coverage.
 */
export type Subject = 'dist' | 'src';

/** An account to run the action as, and the owner of the installation. */
export interface Accounts {
  who: string;
  user?: typeof ordinaryUser;
  owner?: { uid: number; gid: number };
}

/** The accounts that the action can be run as from here. */
export const accounts: Accounts[] = isRoot
  ? [
      { who: 'as an ordinary user', user: ordinaryUser, owner: ordinaryUser },
      { who: 'as root, with an installation of an ordinary user', owner: ordinaryUser },
      { who: 'as root, with an installation of root' },
    ]
  : [{ who: 'as an ordinary user' }];

/** Variables for a step that waits: a minute takes 0.1 seconds. */
export const fastTime = { NODE_OPTIONS: `--import=${new URL('e2e/fast-time.mjs', import.meta.url)}` };

/** Stand-ins for GitHub and for runner installations on this machine, and jobs that use the action. */
export class World {
  readonly github: GitHub;
  readonly #subject: Subject;
  readonly #claimsRoot: boolean;
  readonly #installations: Installation[] = [];

  private constructor(subject: Subject, github: GitHub, claimsRoot: boolean) {
    this.#subject = subject;
    this.#claimsRoot = claimsRoot;
    this.github = github;
  }

  /** @param claimsRoot what the source sees instead of this process's account */
  static async start(subject: Subject = 'dist', claimsRoot = isRoot): Promise<World> {
    const github = await GitHub.start();
    github.addOrganization(organization);
    github.addEnterprise('acme');
    for (const path of [repository, `${organization}/other-repo`, 'elsewhere/app']) {
      github.addRepository(path);
    }
    github.addAdminToken(adminToken, {
      registrations: [repository, organization, `${organization}/other-repo`],
    });
    github.addAdminToken(classicToken, { registrations: ['enterprises/acme'] });
    return new World(subject, github, claimsRoot);
  }

  /** Registers a runner and installs it on this machine. */
  async install(
    registration: string,
    name: string,
    options: Partial<InstallationOptions> = {},
  ): Promise<{ installation: Installation; id: number }> {
    const { id } = this.github.addRunner(registration, { name });
    const installation = await Installation.create({
      agentId: id,
      agentName: name,
      gitHubUrl: `${this.github.serverUrl}/${registration}`,
      ...options,
    });
    this.#installations.push(installation);
    return { installation, id };
  }

  startJob(options: Partial<JobOptions> = {}): Promise<Job> {
    const { apiUrl, serverUrl } = this.github;
    return Job.start({ github: { apiUrl, serverUrl, repository }, ...options });
  }

  /** Runs a step that uses the action, in a job of its own. */
  async run(
    inputs: Record<string, string>,
    options: Partial<JobOptions> = {},
  ): Promise<StepResult & { written: Map<string, string> }> {
    const job = await this.startJob(options);
    try {
      const step = await job.step({
        inputs: { token: adminToken, ...inputs },
        ...(this.#subject === 'src' && { execute: runSource(this.#claimsRoot) }),
      });
      const result = await step.main();
      // docs/runners.schema.json is true for every test.
      expect(problemsOfRunners(result.outputs['runners'] ?? '[]')).toEqual([]);
      return { ...result, written: await filesBelow(job.directory) };
    } finally {
      await job.end();
    }
  }

  /** The requests of the action as `METHOD path`, without the API root. */
  get requests(): string[] {
    return this.github.actionRequests.map(({ method, path }) => `${method} ${path.replace('/api/v3', '')}`);
  }

  /** Every secret of this world. */
  get secrets(): string[] {
    return [adminToken, classicToken, ...this.github.issuedTokens.map(({ token }) => token)];
  }

  async end(): Promise<void> {
    await this.github.close();
    await Promise.all(this.#installations.map((installation) => installation.remove()));
  }
}

/** A clock on which waiting takes no time. */
function instantClock(): Clock {
  let time = 0;
  return {
    now: () => time,
    sleep: async (milliseconds, signal) => {
      signal.throwIfAborted();
      time += milliseconds;
    },
    later: () => {},
  };
}

/** This process, as an entry of the action sees it. */
export function processWith(claimsRoot: boolean, ...argv: string[]): NodeJS.Process {
  const { platform, env, execPath } = process;
  return Object.assign(new EventEmitter(), {
    platform,
    env,
    execPath,
    argv0: execPath,
    argv: [execPath, ...argv],
    getuid: () => (claimsRoot ? 0 : ordinaryUser.uid),
    exit: () => {},
  }) as unknown as NodeJS.Process;
}

/** Runs the source in this process, with the environment of a step and with its output. */
const runSource =
  (claimsRoot: boolean): NonNullable<StepOptions['execute']> =>
  async (program, environment, output) => {
    const { env } = process;
    process.env = { ...environment };
    try {
      const exitCode = await withOutput(
        (text) => output.stdout.write(Buffer.from(text)),
        () => run(processWith(claimsRoot, program), freshCore(), instantClock()),
      );
      return { exitCode, signal: null, outputHeldOpen: false };
    } finally {
      process.env = env;
    }
  };

/** The contents of all files that a job left, by path, except for the action's own code. */
export async function filesBelow(directory: string): Promise<Map<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('_actions'))
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      files.map(async (path): Promise<[string, string]> => [path, await readFile(path, 'utf8')]),
    ),
  );
}

/** Creates a remove token for the repository, as an administrator does by hand. */
export async function createRemoveToken({ apiUrl, issuedTokens }: GitHub): Promise<string> {
  await fetch(`${apiUrl}/repos/${repository}/actions/runners/remove-token`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}` },
  });
  return issuedTokens.at(-1)?.token ?? '';
}

/** Deletes what a registration has left in an installation. */
export async function deleteConfiguration({ directory }: Pick<Installation, 'directory'>): Promise<void> {
  await Promise.all(configuration.map((name) => rm(join(directory, name))));
}

/** The output `runners`. */
export function runnersOf({ outputs }: StepResult): unknown {
  return JSON.parse(outputs['runners'] ?? 'null');
}

/** The process wrote no secret, except to mask it and as an output. */
export function expectNoSecret(
  { secrets }: Pick<World, 'secrets'>,
  result: StepResult & { written: Map<string, string> },
): void {
  const lines = `${result.stdout}\n${result.stderr}`.split('\n');
  const shown = lines.filter((line) => !line.startsWith('::add-mask::')).join('\n');
  for (const secret of secrets) {
    expect(shown).not.toContain(secret);
    for (const [path, content] of result.written) {
      if (!path.includes('set_output_')) {
        expect(`${path}: ${content}`).not.toContain(secret);
      }
    }
  }
}

/** The step failed with one message, which matches all of this. */
export function expectFailure(result: StepResult, ...saying: (string | RegExp)[]): void {
  expect(result.conclusion).toBe('failure');
  expect(result.exitCode).toBe(1);
  const errors = result.annotations.filter(({ level }) => level === 'error');
  expect(errors).toHaveLength(1);
  for (const words of saying) {
    expect(errors[0]?.message).toMatch(words);
  }
  expect(result.log).not.toMatch(/^\s+at .*:\d+/m);
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import { Installation, type InstallationOptions } from '../../sandbox/installation.ts';
import { Job, type JobOptions, type StepResult } from '../../sandbox/launcher.ts';

export const adminToken = 'github_pat_11ENDTOEND0000000_adminTokenOfTheTests';
export const repository = 'octo-org/octo-repo';
export const organization = 'octo-org';

export const isRoot = process.getuid?.() === 0;
/** Root can also run the action as somebody else: every Unix has this account. */
export const ordinaryUser = { uid: 65534, gid: 65534, name: 'nobody', home: '/' };

/** Who runs the action, and who owns the installation. */
export const accounts: { who: string; user?: typeof ordinaryUser; owner?: { uid: number; gid: number } }[] =
  isRoot
    ? [
        { who: 'as an ordinary user', user: ordinaryUser, owner: ordinaryUser },
        { who: 'as root, with an installation of an ordinary user', owner: ordinaryUser },
        { who: 'as root, with an installation of root' },
      ]
    : [{ who: 'as an ordinary user' }];

/** A stand-in for GitHub, runner installations on this machine, and jobs that use the action. */
export class World {
  readonly github: GitHub;
  readonly #installations: Installation[] = [];

  private constructor(github: GitHub) {
    this.github = github;
  }

  static async start(): Promise<World> {
    const github = await GitHub.start();
    github.addOrganization(organization);
    github.addEnterprise('acme');
    for (const path of [repository, `${organization}/other-repo`, 'elsewhere/app']) {
      github.addRepository(path);
    }
    github.addAdminToken(adminToken, {
      registrations: [repository, organization, 'enterprises/acme', `${organization}/other-repo`],
    });
    return new World(github);
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

  /** Runs a step that uses the action, in a job of its own. */
  async run(
    inputs: Record<string, string>,
    options: Partial<JobOptions> = {},
  ): Promise<StepResult & { written: Map<string, string> }> {
    const job = await Job.start({
      github: { apiUrl: this.github.apiUrl, serverUrl: this.github.serverUrl, repository },
      ...options,
    });
    try {
      const step = await job.step({ inputs: { token: adminToken, ...inputs } });
      const result = await step.main();
      return { ...result, written: await filesBelow(job.directory) };
    } finally {
      await job.end();
    }
  }

  /** The requests of the action as `METHOD path`, without the root of the API. */
  get requests(): string[] {
    return this.github.actionRequests.map(({ method, path }) => `${method} ${path.replace('/api/v3', '')}`);
  }

  /** Every secret of this world. */
  get secrets(): string[] {
    return [adminToken, ...this.github.issuedTokens.map(({ token }) => token)];
  }

  async end(): Promise<void> {
    await this.github.close();
    await Promise.all(this.#installations.map((installation) => installation.remove()));
  }
}

/** The content of every file that a job left behind, by path. The action's own code is left out. */
async function filesBelow(directory: string): Promise<Map<string, string>> {
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

/** No secret is in what the process wrote, other than the commands that mask it and the file for outputs. */
export function expectNoSecret(world: World, result: StepResult & { written: Map<string, string> }): void {
  const lines = `${result.stdout}\n${result.stderr}`.split('\n');
  const shown = lines.filter((line) => !line.startsWith('::add-mask::')).join('\n');
  for (const secret of world.secrets) {
    expect(shown).not.toContain(secret);
    for (const [path, content] of result.written) {
      if (!path.includes('set_output_')) {
        expect(`${path}: ${content}`).not.toContain(secret);
      }
    }
  }
}

/** The step failed with one message that says all of this. */
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

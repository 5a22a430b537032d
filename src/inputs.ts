import { Failure, showValue } from './failure.ts';
import { isName, parseRepository, type Registration, type Repository, withoutGit } from './registration.ts';
import type { Secrets } from './secrets.ts';
import { type InvalidApiUrl, parseServer, type Server } from './server.ts';

/** Everything a run is asked to do, read and checked. */
export interface Inputs {
  /** The token with admin rights; masked. */
  readonly adminToken: string;
  readonly server: Server;
  /** The registration that the inputs name, if they name one. */
  readonly named: Registration | undefined;
  /** The repository that the workflow runs for; `undefined` outside of one. */
  readonly currentRepository: Repository | undefined;
  readonly removal: Removal;
  /** How often a request that failed for a passing reason is tried again. */
  readonly retries: number;
}

/** Whether, when and where runners are removed. */
export type Removal = { readonly when: 'never' } | RunnerRemoval;

/** Which runners are removed: those in the directories and, `after-job`, the one that executes this job. */
export interface RunnerRemoval {
  readonly when: 'now' | 'after-job';
  /** Directories or globs; at least one for `now`. */
  readonly directories: readonly string[];
  readonly dryRun: boolean;
}

/** Gives an input's value without white space around it, or an empty string: `getInput` of `@actions/core`. */
export type ReadInput = (name: string) => string;

const maximumRetries = 10;

/**
 * Reads and checks every input, before anything is requested or changed.
 *
 * @param environment the variables that the runner sets for a step
 * @param secrets learns the admin token before anything else is done with it
 * @throws Failure `invalid-input` that names the input, shows the value and says what is accepted
 */
export function readInputs(read: ReadInput, environment: NodeJS.ProcessEnv, secrets: Secrets): Inputs {
  const adminToken = parseToken(secrets.protect(read('token')));
  const currentRepository = parseRepository(environment['GITHUB_REPOSITORY'] ?? '');
  return {
    adminToken,
    server: parseApiUrl(read('github-api-url') || environment['GITHUB_API_URL'] || 'https://api.github.com'),
    named: parseRegistration(read, currentRepository),
    currentRepository,
    removal: parseRemoval(read),
    retries: parseRetries(read('retries') || '3'),
  };
}

function parseToken(value: string): string {
  if (value === '') {
    throw invalidInput({
      input: 'token',
      problem:
        'It is empty, as a secret is that does not exist, or that this event may not read (a pull request from a fork).',
      accepted: 'a token with admin rights, from a secret that this workflow may read',
    });
  }
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw invalidInput({
      input: 'token',
      problem: 'It contains white space, a line break or another character that no token has.',
      accepted: 'one token, as GitHub showed it, on one line',
    });
  }
  return value;
}

function parseApiUrl(value: string): Server {
  try {
    return parseServer(value);
  } catch (error) {
    throw invalidInput({
      input: 'github-api-url',
      // What stands before an @ may be a password.
      value: value.replace(/^(https?:\/\/)?.*@/is, '$1***@'),
      problem: (error as InvalidApiUrl).message,
      accepted:
        'the root of a REST API: https://api.github.com, https://api.NAME.ghe.com or https://HOST/api/v3 (http only on loopback)',
    });
  }
}

function parseRegistration(
  read: ReadInput,
  currentRepository: Repository | undefined,
): Registration | undefined {
  const given = ['organization', 'enterprise', 'owner', 'repo'].filter((input) => read(input) !== '');
  const [input, another] = given;
  if (input === undefined) {
    return undefined;
  }
  if (another !== undefined && given[0] !== 'owner') {
    throw invalidInput({
      input,
      value: read(input),
      problem: `The input "${another}" is given too, and the two address different registrations.`,
      accepted: 'one of organization, enterprise, and repo (with or without owner)',
    });
  }
  switch (input) {
    case 'organization':
      return { kind: 'organization', organization: parseName(input, read(input)) };
    case 'enterprise':
      return { kind: 'enterprise', enterprise: parseName(input, read(input)) };
    default:
      return parseRepositoryInputs(read('owner'), read('repo'), currentRepository);
  }
}

function parseRepositoryInputs(
  ownerInput: string,
  repoInput: string,
  currentRepository: Repository | undefined,
): Repository {
  const owner = ownerInput === '' ? undefined : parseName('owner', ownerInput);
  if (repoInput === '') {
    throw invalidInput({
      input: 'owner',
      value: ownerInput,
      problem: 'It says whose repository is meant, but not which.',
      accepted: 'owner together with repo; for the runners of an organization, organization instead of owner',
    });
  }
  if (repoInput.includes('/')) {
    const repository = parseRepository(repoInput);
    if (repository === undefined) {
      throw invalidInput({
        input: 'repo',
        value: repoInput,
        problem: 'It is neither a name nor owner/name.',
        accepted: `a repository's name or owner/name (${nameRule})`,
      });
    }
    if (owner !== undefined && owner.toLowerCase() !== repository.owner.toLowerCase()) {
      throw invalidInput({
        input: 'owner',
        value: ownerInput,
        problem: `It contradicts the input "repo", which names the owner "${repository.owner}".`,
        accepted: 'the same owner in both, or owner/name in repo alone',
      });
    }
    return repository;
  }
  const repo = parseName('repo', withoutGit(repoInput), repoInput);
  const effectiveOwner = owner ?? currentRepository?.owner;
  if (effectiveOwner === undefined) {
    throw invalidInput({
      input: 'repo',
      value: repoInput,
      problem: 'It has no owner, and GITHUB_REPOSITORY, which would tell the current one, is not set.',
      accepted: 'owner/name, or a name together with the input "owner"',
    });
  }
  return { kind: 'repository', owner: effectiveOwner, repo };
}

const nameRule = 'letters, digits, ".", "_" and "-", at most 100, not "." or ".."';

function parseName(input: string, name: string, value = name): string {
  if (!isName(name)) {
    throw invalidInput({
      input,
      value,
      problem: 'It cannot be a name on GitHub.',
      accepted: `a name: ${nameRule}`,
    });
  }
  return name;
}

function parseRemoval(read: ReadInput): Removal {
  const remove = read('remove') || 'false';
  const directories = read('runner-directory')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const dryRun = parseBoolean('dry-run', read('dry-run') || 'false');
  switch (remove.toLowerCase()) {
    case 'false':
      return { when: 'never' };
    case 'true':
      return { when: 'now', directories: atLeastOne(directories), dryRun };
    case 'after-job':
      return { when: 'after-job', directories, dryRun };
    default:
      throw invalidInput({
        input: 'remove',
        value: remove,
        problem: 'It is not one of the words that this input takes.',
        accepted: 'false, true or after-job',
      });
  }
}

function atLeastOne(directories: string[]): string[] {
  if (directories.length === 0) {
    throw invalidInput({
      input: 'runner-directory',
      problem: 'It is empty, and with remove: true it has to say which runner is meant.',
      accepted:
        'directories of runner installations (those with config.sh in them), one a line; globs are allowed',
    });
  }
  return directories;
}

function parseBoolean(input: string, value: string): boolean {
  switch (value.toLowerCase()) {
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      throw invalidInput({
        input,
        value,
        problem: 'It is neither yes nor no.',
        accepted: 'true or false',
      });
  }
}

function parseRetries(value: string): number {
  const retries = /^\d{1,2}$/.test(value) ? Number(value) : Number.NaN;
  if (!(retries <= maximumRetries)) {
    throw invalidInput({
      input: 'retries',
      value,
      problem: 'It is not a number of retries.',
      accepted: `a whole number from 0 to ${maximumRetries}`,
    });
  }
  return retries;
}

/** An input that cannot be used. `value` is left out for a secret. */
export function invalidInput(invalid: {
  input: string;
  value?: string;
  problem: string;
  accepted: string;
}): Failure {
  const shown = invalid.value === undefined ? '' : `: ${showValue(invalid.value)}`;
  return new Failure('invalid-input', {
    happened: `The input "${invalid.input}" cannot be used${shown}. Nothing was requested or changed.`,
    cause: invalid.problem,
    remedy: `Set "${invalid.input}" to what is accepted: ${invalid.accepted}.`,
  });
}

import { type AdminToken, adminTokenKind } from './admin-token.ts';
import { Failure, showValue } from './failure.ts';
import {
  isName,
  parseRepository,
  parseServer,
  type Registration,
  type Repository,
  type Server,
  withoutGit,
} from './registration.ts';
import type { Secrets } from './secrets.ts';

/** The inputs of a step, validated. */
export interface Inputs {
  readonly adminToken: AdminToken;
  readonly server: Server;
  /** The registration named by `owner` and `repo`, `organization` or `enterprise`. */
  readonly registration: Registration | undefined;
  /** The repository of the workflow. */
  readonly currentRepository: Repository | undefined;
  readonly removal: Removal | undefined;
  /** Retries after a transient error. */
  readonly retries: number;
  /** About inputs that have no effect or exceed the life of the token, and what to change. */
  readonly warnings: readonly string[];
}

/** Which runners are removed, and when. */
export type Removal = InstalledRemoval | RegisteredRemoval;

interface RemovalSettings {
  /** How long to wait for runners that are busy (or online, where `offline` is required). */
  readonly waitMinutes: number;
  readonly dryRun: boolean;
}

/** Runners that are installed on this machine. */
export interface InstalledRemoval extends RemovalSettings {
  readonly kind: 'installed';
  /** `after-job` includes the runner that executes the job. */
  readonly when: 'now' | 'after-job';
  /** The lines of `runner-directory`; at least one for `now`. */
  readonly directories: readonly string[];
}

/** Registered runners, wherever their machines are. There is at least one name or label. */
export interface RegisteredRemoval extends RemovalSettings {
  readonly kind: 'registered';
  /** The lines of `runner-name`: full names, and patterns with `*` and `?`. */
  readonly names: readonly string[];
  /** The lines of `runner-label`. A runner must have all of these labels. */
  readonly labels: readonly string[];
  /** `any` includes idle runners that are online. */
  readonly status: 'offline' | 'any';
  /** How long a runner must have been seen offline; `undefined` for the default, which depends on the name. */
  readonly offlineMinutes: number | undefined;
}

/** Returns the trimmed value of an input, or an empty string: `getInput` of `@actions/core`. */
export type GetInput = (name: string) => string;

const maximumRetries = 10;
/** A day. */
const maximumMinutes = 1_440;
const appTokenMinutes = 60;
const maximumSelectorLength = 256;

/**
 * Reads and validates every input.
 *
 * @param environment the environment of the step
 * @param secrets protects the admin token before anything else happens
 * @throws Failure `invalid-input`
 */
export function readInputs(getInput: GetInput, environment: NodeJS.ProcessEnv, secrets: Secrets): Inputs {
  const adminToken = parseToken(secrets.protect(getInput('token')));
  const currentRepository = parseRepository(environment['GITHUB_REPOSITORY'] ?? '');
  const apiUrl = getInput('github-api-url') || environment['GITHUB_API_URL'] || 'https://api.github.com';
  const removal = parseRemoval(getInput);
  return {
    adminToken,
    server: parseApiUrl(apiUrl),
    registration: parseRegistration(getInput, currentRepository),
    currentRepository,
    removal,
    retries: parseInteger(getInput, 'retries', maximumRetries) ?? 3,
    warnings: [
      ...inputsWithoutEffect(getInput, removal),
      ...labelWarnings(removal),
      ...tokenWarnings(adminToken, removal),
    ],
  };
}

function parseToken(value: string): AdminToken {
  if (value === '') {
    throw new Failure('invalid-input', {
      happened: 'The input "token" is empty. Nothing was requested or changed.',
      likelyCause:
        'The secret does not exist, or this event cannot read it (for example a pull request from a fork).',
      remedy:
        'Set "token" to a secret that this workflow can read and that contains a token with admin rights.',
    });
  }
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new Failure('invalid-input', {
      happened: 'The input "token" is invalid. Nothing was requested or changed.',
      cause: 'The value contains white space, a line break or another character that tokens do not contain.',
      remedy: 'Store the token in the secret again, exactly as GitHub showed it, on one line.',
    });
  }
  return { value, kind: adminTokenKind(value) };
}

function parseApiUrl(value: string): Server {
  try {
    return parseServer(value);
  } catch (error) {
    throw invalidInput(
      'github-api-url',
      // The part before an @ can contain a password.
      value.replace(/^(https?:\/\/)?.*@/is, '$1***@'),
      `The value ${(error as Error).message}.`,
      'Use the root of the REST API: https://api.github.com, https://api.NAME.ghe.com or https://HOST/api/v3. Plain http is accepted on loopback only.',
    );
  }
}

function parseRegistration(
  getInput: GetInput,
  currentRepository: Repository | undefined,
): Registration | undefined {
  const given = ['organization', 'enterprise', 'owner', 'repo'].filter((input) => getInput(input) !== '');
  const [input, another] = given;
  if (input === undefined) {
    return undefined;
  }
  if (another !== undefined && input !== 'owner') {
    throw new Failure('invalid-input', {
      happened: `The inputs "${input}" and "${another}" are mutually exclusive. Nothing was requested or changed.`,
      cause: 'Each of these inputs names a different registration.',
      remedy:
        'Use only "organization" for runners of an organization, only "enterprise" for runners of an enterprise, or only "repo" (with or without "owner") for runners of a repository.',
    });
  }
  switch (input) {
    case 'organization':
      return { kind: 'organization', organization: parseName(input, getInput(input)) };
    case 'enterprise':
      return { kind: 'enterprise', enterprise: parseName(input, getInput(input)) };
    default:
      return parseRepositoryInputs(getInput('owner'), getInput('repo'), currentRepository);
  }
}

function parseRepositoryInputs(
  ownerInput: string,
  repoInput: string,
  currentRepository: Repository | undefined,
): Repository {
  const owner = ownerInput === '' ? undefined : parseName('owner', ownerInput);
  if (repoInput === '') {
    throw new Failure('invalid-input', {
      happened: `The input "owner" (${showValue(ownerInput)}) is set without "repo". Nothing was requested or changed.`,
      cause: 'An owner alone does not name a registration.',
      remedy: `Add "repo" for runners of a repository. For runners of an organization, use "organization: ${ownerInput}" instead of "owner".`,
    });
  }
  if (repoInput.includes('/')) {
    const repository = parseRepository(repoInput);
    if (repository === undefined) {
      throw invalidInput(
        'repo',
        repoInput,
        'The value is neither a repository name nor an owner and a name separated by a slash.',
        `Use NAME or OWNER/NAME. ${nameRule}`,
      );
    }
    if (owner !== undefined && owner.toLowerCase() !== repository.owner.toLowerCase()) {
      throw invalidInput(
        'owner',
        ownerInput,
        `The input "repo" names a different owner: "${repository.owner}".`,
        'Remove "owner", or use the same owner in both inputs.',
      );
    }
    return repository;
  }
  const repo = parseName('repo', withoutGit(repoInput), repoInput);
  const effectiveOwner = owner ?? currentRepository?.owner;
  if (effectiveOwner === undefined) {
    throw invalidInput(
      'repo',
      repoInput,
      'The owner is unknown: GITHUB_REPOSITORY is not set.',
      'Use OWNER/NAME, or add the input "owner".',
    );
  }
  return { kind: 'repository', owner: effectiveOwner, repo };
}

const nameRule = 'A name consists of up to 100 letters, digits, ".", "_" and "-", and cannot be "." or "..".';

function parseName(input: string, name: string, value = name): string {
  if (!isName(name)) {
    throw invalidInput(
      input,
      value,
      'The value cannot be a name on GitHub.',
      `Correct the value. ${nameRule}`,
    );
  }
  return name;
}

function parseRemoval(getInput: GetInput): Removal | undefined {
  const remove = parseWord(getInput, 'remove', ['false', 'true', 'after-job']);
  const directories = parseLines(getInput, 'runner-directory');
  const names = parseLines(getInput, 'runner-name').map((line) => parseSelector('runner-name', line));
  const labels = parseLines(getInput, 'runner-label').map((line) => parseSelector('runner-label', line));
  const selection = {
    names,
    labels,
    status: parseWord(getInput, 'runner-status', ['offline', 'any']),
    offlineMinutes: parseInteger(getInput, 'offline-minutes', maximumMinutes),
  };
  const settings: RemovalSettings = {
    waitMinutes: parseInteger(getInput, 'wait-minutes', maximumMinutes) ?? 0,
    dryRun: parseWord(getInput, 'dry-run', ['false', 'true']) === 'true',
  };
  const selector = ['runner-name', 'runner-label'].find((input) => getInput(input) !== '');
  switch (remove) {
    case 'false':
      return undefined;
    case 'after-job':
      refuseSelection(selector, 'remove: after-job', 'the runner that executes this job');
      return { kind: 'installed', when: 'after-job', directories, ...settings };
    case 'true':
      if (directories.length > 0) {
        refuseSelection(selector, 'runner-directory', 'runners that are installed on this machine');
      }
      return selector === undefined
        ? { kind: 'installed', when: 'now', directories: requireDirectory(directories), ...settings }
        : { kind: 'registered', ...selection, ...settings };
  }
}

function parseLines(getInput: GetInput, input: string): string[] {
  return getInput(input)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** GitHub's own rules for names and labels are narrower, and change. */
function parseSelector(input: string, line: string): string {
  const what = input === 'runner-name' ? 'name or pattern' : 'label';
  // A list on one line would be taken as one name that GitHub does not know, and reported as already removed.
  if (line.length > maximumSelectorLength || /[\p{Cc},]/u.test(line)) {
    throw invalidInput(
      input,
      line,
      `A line is longer than ${maximumSelectorLength} characters, or contains a comma or a control character.`,
      `Use one ${what} per line.`,
    );
  }
  if (line.startsWith('!')) {
    throw invalidInput(
      input,
      line,
      'Lines that start with "!" exclude in "runner-directory" only.',
      `Use a ${what} that selects fewer runners.`,
    );
  }
  return line;
}

/** Whether a line contains wildcards. In `runner-name`, these make it a pattern instead of a full name. */
export function isPattern(line: string): boolean {
  return /[*?]/.test(line);
}

/** @param words what the input accepts, in any case; the first is the default */
function parseWord<Word extends string>(
  getInput: GetInput,
  input: string,
  words: readonly [Word, ...Word[]],
): Word {
  const value = getInput(input) || words[0];
  const word = words.find((accepted) => accepted === value.toLowerCase());
  if (word === undefined) {
    const list = new Intl.ListFormat('en-GB', { type: 'disjunction' });
    const accepted = list.format(words.map((accepted) => `"${accepted}"`));
    throw invalidInput(input, value, 'The value is unsupported.', `Use ${accepted}.`);
  }
  return word;
}

function refuseSelection(selector: string | undefined, other: string, what: string): void {
  if (selector !== undefined) {
    throw new Failure('invalid-input', {
      happened: `The inputs "${selector}" and "${other}" are mutually exclusive. Nothing was requested or changed.`,
      cause: `"${other}" selects ${what}, and "${selector}" selects registered runners, wherever their machines are.`,
      remedy: `Remove "${selector}" or "${other}", or use two steps.`,
    });
  }
}

function requireDirectory(directories: string[]): string[] {
  if (directories.every((line) => line.startsWith('!'))) {
    throw new Failure('invalid-input', {
      happened: 'The input "remove" is "true", but no runner is selected. Nothing was requested or changed.',
      cause:
        directories.length === 0
          ? 'The inputs "runner-directory", "runner-name" and "runner-label" are empty.'
          : 'Every line of "runner-directory" starts with "!" and so excludes directories.',
      remedy:
        'To remove runners of this machine, set "runner-directory" to their installation directories (those that contain config.sh), one per line. Globs are allowed. To remove registered runners whose machine is gone, set "runner-name" or "runner-label". To remove the runner that executes this job, use "remove: after-job" instead.',
    });
  }
  return directories;
}

/** A teardown that silently does nothing is the worst outcome. */
function inputsWithoutEffect(getInput: GetInput, removal: Removal | undefined): string[] {
  const defaults = { 'runner-status': 'offline', 'wait-minutes': '0', 'dry-run': 'false' };
  const given = (...inputs: string[]) =>
    inputs.filter(
      (input) => !['', defaults[input as keyof typeof defaults]].includes(getInput(input).toLowerCase()),
    );
  if (removal === undefined) {
    const inputs = ['runner-directory', 'runner-name', 'runner-label', 'offline-minutes'];
    return given(...inputs, ...Object.keys(defaults)).map(
      (input) =>
        `The input "${input}" has no effect: "remove" is "false", so this step only creates a remove token. To remove runners, set "remove" to "true" or "after-job".`,
    );
  }
  if (removal.kind === 'installed') {
    const warnings = given('runner-status', 'offline-minutes').map(
      (input) =>
        `The input "${input}" has no effect: it applies to runners selected by "runner-name" or "runner-label", which are empty.`,
    );
    return removal.waitMinutes === 0 || removal.directories.length > 0
      ? warnings
      : [
          ...warnings,
          'The input "wait-minutes" has no effect: it applies to "runner-directory", which is empty. The runner of this job is removed as soon as it is idle after the job, within 55 minutes.',
        ];
  }
  const { status, offlineMinutes = 0, waitMinutes, names } = removal;
  if (status === 'any') {
    return offlineMinutes === 0
      ? []
      : ['The input "offline-minutes" has no effect: with "runner-status: any", runners may be online.'];
  }
  return waitMinutes === 0 || names.some((line) => !isPattern(line))
    ? []
    : [
        'The input "wait-minutes" has no effect: runners that are busy or online are left alone if they only match a pattern or a label. To wait for a runner, add its full name to "runner-name", or set "runner-status" to "any".',
      ];
}

/** Otherwise, such a label selects no runner, and the step succeeds. */
function labelWarnings(removal: Removal | undefined): string[] {
  const labels = removal?.kind === 'registered' ? removal.labels.filter(isPattern) : [];
  return labels.map(
    (label) =>
      `In "runner-label", "*" and "?" are not wildcards: ${showValue(label)} selects only runners with exactly this label. Use patterns in "runner-name".`,
  );
}

function tokenWarnings({ kind }: AdminToken, removal: Removal | undefined): string[] {
  const minutes = removal === undefined ? 0 : longestWait(removal);
  return kind === 'app' && minutes >= appTokenMinutes
    ? [
        `The step can wait for ${minutes} minutes ("wait-minutes" and "offline-minutes"), but the token of a GitHub App expires after ${appTokenMinutes} minutes. If the step waits longer, it fails.`,
      ]
    : [];
}

/** In minutes. */
function longestWait(removal: Removal): number {
  if (removal.kind === 'installed') {
    return removal.directories.length === 0 ? 0 : removal.waitMinutes;
  }
  const { status, offlineMinutes = 0, waitMinutes } = removal;
  return waitMinutes + (status === 'any' ? 0 : offlineMinutes);
}

/** @returns `undefined` if the input is empty */
function parseInteger(getInput: GetInput, input: string, maximum: number): number | undefined {
  const value = getInput(input);
  if (value === '') {
    return undefined;
  }
  const number = /^\d{1,4}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number <= maximum)) {
    throw invalidInput(
      input,
      value,
      `The value must be an integer from 0 to ${maximum}.`,
      `Correct the value, or remove "${input}" to use the default.`,
    );
  }
  return number;
}

function invalidInput(input: string, value: string, cause: string, remedy: string): Failure {
  return new Failure('invalid-input', {
    happened: `The input "${input}" is invalid: ${showValue(value)}. Nothing was requested or changed.`,
    cause,
    remedy,
  });
}

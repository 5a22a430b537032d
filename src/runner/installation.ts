import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { exists, isAllowed, readSmallFile } from './files.ts';

/** A runner installation on this machine. */
export interface Installation {
  /** Its root, absolute, without symbolic links. */
  readonly directory: string;
  /** What it is registered as; `undefined` when it is not configured. */
  readonly configuration: Configuration | undefined;
  /** Without credentials the runner's own removal skips the server, and says that it succeeded. */
  readonly hasCredentials: boolean;
  /** The account that the installation belongs to, by number; zeros on Windows. */
  readonly owner: { readonly uid: number; readonly gid: number };
}

/** What `.runner` says. */
export interface Configuration {
  readonly id: number;
  readonly name: string;
  /** The address it was registered with; just-in-time runners may have none. */
  readonly url: string | undefined;
  /** Whether GitHub deregisters it by itself after one job. */
  readonly ephemeral: boolean;
}

/** The files of a configured installation, each with the one that stands in for it after a migration. */
const settingsFiles = ['.runner', '.runner_migrated'];
const credentialsFiles = ['.credentials', '.credentials_migrated'];

/**
 * Reads the installation in a directory. Nothing in it is trusted: jobs can write to these files.
 *
 * @param directory as the input says it; relative ones count from the working directory
 * @throws Failure `not-a-runner`
 */
export async function readInstallation(directory: string, platform: NodeJS.Platform): Promise<Installation> {
  const root = await resolveDirectory(directory);
  if (!(await isInstallation(root, platform))) {
    throw notARunner(directory, `is no runner installation: it has no ${programsOf(platform).join(' and ')}`);
  }
  const { uid, gid } = await stat(root);
  return {
    directory: root,
    configuration: await readConfiguration(directory, root),
    hasCredentials: (await firstOf(root, credentialsFiles)) !== undefined,
    owner: { uid, gid },
  };
}

/** Whether a directory holds a runner. */
export async function isInstallation(directory: string, platform: NodeJS.Platform): Promise<boolean> {
  const found = await Promise.all(programsOf(platform).map((name) => exists(join(directory, name))));
  return found.every(Boolean);
}

function programsOf(platform: NodeJS.Platform): string[] {
  return platform === 'win32'
    ? ['config.cmd', 'bin/Runner.Listener.exe']
    : ['config.sh', 'bin/Runner.Listener'];
}

/**
 * Makes sure that the runner's own removal can do its work as the account that will run it: an installation that turns
 * out to be read-only half-way would stay half-removed. Root may do everything and is not checked.
 *
 * @throws Failure `removal-failed` that names what is in the way
 */
export async function checkAccess({ directory }: Installation): Promise<void> {
  const { R_OK, W_OK, X_OK } = constants;
  const needed: [name: string, mode: number][] = [
    ['.', W_OK | X_OK],
    ['_diag', W_OK | X_OK],
    ...['.path', '.env'].map((name): [string, number] => [name, R_OK | W_OK]),
    ...[...settingsFiles, ...credentialsFiles].map((name): [string, number] => [name, R_OK]),
  ];
  for (const [name, mode] of needed) {
    const path = join(directory, name);
    if ((await exists(path)) && !(await isAllowed(path, mode))) {
      throw new Failure('removal-failed', {
        happened: `This account may not change ${path}, which the removal of the runner has to. Nothing was changed.`,
        cause: 'The installation belongs to another account than the one that runs this step.',
        remedy: 'Run the step as the account that the installation belongs to, or as root.',
      });
    }
  }
}

/**
 * Makes sure that the installation's `.env` does not speak for the action: what it sets there counts more to the runner
 * than the environment that it is started with, and `ACTIONS_RUNNER_INPUT_*` are arguments of `config.sh`.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Listener/Program.cs
 * @throws Failure `removal-failed`
 */
export async function checkEnvironmentFile({ directory }: Installation): Promise<void> {
  const path = join(directory, '.env');
  const content = await readSmallFile(path).catch(() => undefined);
  const [argument] = /^ACTIONS_RUNNER_INPUT_\w*/im.exec(content?.bytes.toString() ?? '') ?? [];
  if (argument !== undefined) {
    throw new Failure('removal-failed', {
      happened: `The file ${path} sets ${argument}, which would change what the removal of the runner does. Nothing was changed.`,
      cause: 'A job or a person put it there; the runner itself never does.',
      remedy: `Delete the line from ${path}, find out where it came from, and run this again.`,
    });
  }
}

/** Whether the installation holds settings or credentials of a registration. */
export async function isConfigured(directory: string): Promise<boolean> {
  return (await firstOf(directory, [...settingsFiles, ...credentialsFiles])) !== undefined;
}

async function resolveDirectory(directory: string): Promise<string> {
  try {
    const root = await realpath(directory);
    // Reading a directory needs the right to enter it.
    await access(root, constants.R_OK | constants.X_OK);
    return root;
  } catch (error) {
    throw notARunner(directory, `cannot be read (${(error as Error).message})`, error);
  }
}

async function readConfiguration(directory: string, root: string): Promise<Configuration | undefined> {
  const file = await firstOf(root, settingsFiles);
  if (file === undefined) {
    return undefined;
  }
  try {
    return parseSettings((await readSmallFile(join(root, file))).bytes.toString());
  } catch (error) {
    throw notARunner(
      directory,
      `has a file ${file} that cannot be used (${(error as Error).message})`,
      error,
    );
  }
}

/**
 * Reads the runner's settings. `config.sh` writes camel case and a byte order mark, just-in-time configuration Pascal
 * case, strings for every value, and no mark.
 */
export function parseSettings(text: string): Configuration {
  const settings: object | null = JSON.parse(text.replace(/^\uFEFF/, ''));
  const values = new Map(
    Object.entries(settings ?? {}).map(([key, value]) => [key.toLowerCase(), value as unknown]),
  );
  const id = Number(values.get('agentid'));
  const name = values.get('agentname');
  const url = values.get('githuburl');
  if (!Number.isSafeInteger(id) || id < 1) {
    throw new Error('"agentId" is no positive number');
  }
  if (typeof name !== 'string' || name === '') {
    throw new Error('"agentName" is no name');
  }
  return {
    id,
    name,
    url: typeof url === 'string' && url !== '' ? url : undefined,
    ephemeral: String(values.get('ephemeral')).toLowerCase() === 'true',
  };
}

async function firstOf(root: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    if (await exists(join(root, name))) {
      return name;
    }
  }
  return undefined;
}

function notARunner(directory: string, problem: string, error?: unknown): Failure {
  return new Failure(
    'not-a-runner',
    {
      happened: `The directory "${directory}" in the input "runner-directory" ${problem}. Nothing was changed.`,
      cause: 'It is not the directory of a runner on this machine, or this account may not read it.',
      remedy:
        'Set "runner-directory" to the directory that holds the config.sh (config.cmd on Windows) of the runner, on the machine that runs this job.',
    },
    { cause: error },
  );
}

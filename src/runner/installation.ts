import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { exists, readSmallFile } from './files.ts';

/** A runner installation on this machine. */
export interface Installation {
  /** Its root, absolute, without symbolic links. */
  readonly directory: string;
  /** `undefined` when it is not configured. */
  readonly configuration: Configuration | undefined;
  /** Without credentials `config.sh remove` does not contact the server, and reports success. */
  readonly hasCredentials: boolean;
  /** The ids of the owner's account; zeros on Windows. */
  readonly owner: { readonly uid: number; readonly gid: number };
}

/** The content of `.runner`. */
export interface Configuration {
  readonly id: number;
  readonly name: string;
  /** The URL that it is registered with; just-in-time runners may have none. */
  readonly url: string | undefined;
  /** Whether GitHub deregisters it by itself after one job. */
  readonly ephemeral: boolean;
}

/** The files of a configured installation, each with its copy after a migration. */
const settingsFiles = ['.runner', '.runner_migrated'];
const credentialsFiles = ['.credentials', '.credentials_migrated'];
export const keyFile = '.credentials_rsaparams';

/**
 * Reads the installation in a directory. Its files are not trusted: jobs can write to them.
 *
 * @throws Failure `not-a-runner`
 */
export async function readInstallation(directory: string, platform: NodeJS.Platform): Promise<Installation> {
  const root = await resolveDirectory(directory);
  if (!(await isInstallation(root, platform))) {
    throw notARunner(
      directory,
      `is not a runner installation: ${programsOf(platform).join(' or ')} is missing`,
    );
  }
  const { uid, gid } = await stat(root);
  return {
    directory: root,
    configuration: await readConfiguration(root),
    hasCredentials: (await firstOf(root, credentialsFiles)) !== undefined,
    owner: { uid, gid },
  };
}

/** Whether a directory contains a runner. One that this account cannot enter counts: `readInstallation` reports it. */
export async function isInstallation(directory: string, platform: NodeJS.Platform): Promise<boolean> {
  const found = await Promise.all(programsOf(platform).map((name) => exists(join(directory, name))));
  return found.every(Boolean);
}

function programsOf(platform: NodeJS.Platform): string[] {
  return platform === 'win32'
    ? ['config.cmd', 'bin/Runner.Listener.exe']
    : ['config.sh', 'bin/Runner.Listener'];
}

/** Whether the installation holds settings or credentials of a registration. */
export async function isConfigured(directory: string): Promise<boolean> {
  return (await firstOf(directory, [...settingsFiles, ...credentialsFiles])) !== undefined;
}

/** Whether anything is left of a registration; the private key can stay behind alone. */
export async function hasLeftovers(directory: string): Promise<boolean> {
  return (await isConfigured(directory)) || (await exists(join(directory, keyFile)));
}

async function resolveDirectory(directory: string): Promise<string> {
  try {
    const root = await realpath(directory);
    await access(root, constants.R_OK | constants.X_OK);
    return root;
  } catch (error) {
    throw notARunner(directory, `cannot be read (${(error as Error).message})`, error);
  }
}

/**
 * Reads what the installation in a directory is registered as; `undefined` when it is not configured.
 *
 * @throws Failure `not-a-runner` when the settings cannot be used
 */
export async function readConfiguration(root: string): Promise<Configuration | undefined> {
  const file = await firstOf(root, settingsFiles);
  if (file === undefined) {
    return undefined;
  }
  try {
    return parseSettings((await readSmallFile(join(root, file))).toString());
  } catch (error) {
    throw new Failure(
      'not-a-runner',
      {
        happened: `${join(root, file)} cannot be used: ${(error as Error).message}. Nothing was changed.`,
        likelyCause: 'The file is damaged, or this account cannot read it.',
        remedy: `Fix its permissions. If it is damaged, remove the runner on GitHub, delete ${file} and re-run the step.`,
      },
      { cause: error },
    );
  }
}

/**
 * Reads the runner's settings. `config.sh` writes camel case and a byte order mark, just-in-time configuration Pascal
 * case, strings for every value, and no mark.
 */
export function parseSettings(text: string): Configuration {
  const settings: object | null = JSON.parse(text.replace('\uFEFF', ''));
  const values = new Map(
    Object.entries(settings ?? {}).map(([key, value]) => [key.toLowerCase(), value as unknown]),
  );
  const id = Number(values.get('agentid'));
  const name = values.get('agentname');
  const url = values.get('githuburl');
  if (!Number.isSafeInteger(id) || id < 1) {
    throw new Error('"agentId" is not a positive integer');
  }
  if (typeof name !== 'string' || name === '') {
    throw new Error('"agentName" is not a name');
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
      happened: `"${directory}" ${problem}. Nothing was changed.`,
      likelyCause: 'It is not the root of a runner on this machine, or this account cannot read it.',
      remedy:
        'Set "runner-directory" to the directory that contains config.sh (on Windows, config.cmd), on the machine that runs this job.',
    },
    { cause: error },
  );
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as actionsCore from '@actions/core';
import { afterEach, expect } from '@jest/globals';
import { GitHub } from '../sandbox/github.ts';
import { systemClock } from '../src/clock.ts';
import { Failure } from '../src/failure.ts';
import { type ApiClient, type ApiClientOptions, createApiClient } from '../src/github/api-client.ts';
import type { Core, Log } from '../src/log.ts';
import { parseServer, type Registration, type Repository } from '../src/registration.ts';
import type { ScriptContext } from '../src/runner/script.ts';

export const repository: Repository = { kind: 'repository', owner: 'octo', repo: 'app' };
export const organization: Registration = { kind: 'organization', organization: 'octo' };
export const enterprise: Registration = { kind: 'enterprise', enterprise: 'acme' };

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const act of cleanUp.splice(0).reverse()) await act();
});

/** A new directory by its real path, which is deleted after the test. */
export async function temporaryDirectory(prefix = 'test-'): Promise<string> {
  const directory = await mkdtemp(join(await realpath(tmpdir()), prefix));
  cleanUp.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A stand-in where `ghp_admin` is an admin of the registrations above, which is closed after the test. */
export async function startGitHub(options: Parameters<typeof GitHub.start>[0] = {}): Promise<GitHub> {
  const github = await GitHub.start(options);
  cleanUp.push(() => github.close());
  github.addRepository('octo/app');
  github.addOrganization('octo');
  github.addEnterprise('acme');
  github.addAdminToken('ghp_admin', { registrations: ['octo/app', 'octo', 'enterprises/acme'] });
  return github;
}

/** The stand-in responds to requests with this method, or to all, with this instead of its own response. */
export function respond(
  github: GitHub,
  reply: Parameters<GitHub['send']>[1] | ((response: ServerResponse) => unknown),
  only?: string,
): void {
  github.intercept = ({ method }, response) => {
    if (only !== undefined && method !== only) return false;
    if (typeof reply === 'function') reply(response);
    else github.send(response, reply);
    return true;
  };
}

/** Writes a shell script. */
export async function writeScript(path: string, ...lines: string[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await writeFile(path, ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
}

/** How the scripts of an installation are run, without another account. */
export const scriptIn = (directory: string, changes: Partial<ScriptContext> = {}): ScriptContext => ({
  directory,
  platform: 'linux',
  ownerPrefix: [],
  environment: { PATH: String(process.env['PATH']) },
  ...changes,
});

/** Starts a program at this path that runs for a minute. */
export async function startProgram(path: string): Promise<ChildProcess> {
  await mkdir(dirname(path), { recursive: true });
  await copyFile('/bin/sleep', path);
  const child = spawn(path, ['60']);
  await once(child, 'spawn');
  return child;
}

/** `@actions/core` with a job summary of its own: the module's one remembers the file of the first step. */
export function freshCore(): Core {
  const Summary = actionsCore.summary.constructor as new () => Core['summary'];
  return { ...actionsCore, summary: new Summary() };
}

/** A `Core` with these inputs that records its calls: the name of the function, then the arguments. */
export function recordingCore(inputs: Readonly<Record<string, string>> = {}): {
  core: Core;
  calls: unknown[][];
} {
  const calls: unknown[][] = [];
  const record =
    (name: keyof Core) =>
    (...args: unknown[]): void => {
      calls.push([name, ...args]);
    };
  const core: Core = {
    ...freshCore(),
    getInput: (name) => (inputs[name] ?? '').trim(),
    setSecret: record('setSecret'),
    setOutput: record('setOutput'),
    setFailed: record('setFailed'),
    info: record('info'),
    warning: record('warning'),
    debug: record('debug'),
    startGroup: record('startGroup'),
    endGroup: record('endGroup'),
    saveState: record('saveState'),
  };
  return { core, calls };
}

/** A log that records its lines, each after its kind: `info: ...`. */
export function recordingLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const log: Log = {
    info: (message) => lines.push(`info: ${message}`),
    warning: (message) => lines.push(`warning: ${message}`),
    debug: (message) => lines.push(`debug: ${message}`),
    group: (title, output) => lines.push(`group: ${title}`, output),
  };
  return { log, lines };
}

/** For code whose log a test does not read. */
export const silentLog: Log = recordingLog().log;

/** A client of the stand-in with the admin token `ghp_admin` and without retries. */
export function clientOf(github: GitHub, options: Partial<ApiClientOptions> = {}): ApiClient {
  return createApiClient({
    server: parseServer(github.apiUrl),
    adminToken: { value: 'ghp_admin', kind: 'classic' },
    retries: 0,
    log: silentLog,
    clock: systemClock,
    signal: new AbortController().signal,
    ...options,
  });
}

/** The failure that the attempt throws. */
export async function failureOf(attempt: () => unknown): Promise<Failure> {
  try {
    await attempt();
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    return error as Failure;
  }
  throw new Error('It did not fail.');
}

/** What the action writes to standard output. The exit code is left unchanged. */
export async function outputUntilDone(action: () => unknown): Promise<string> {
  let output = '';
  await withOutput(
    (text) => {
      output += text;
    },
    async () => void (await action()),
  );
  return output;
}

/** Runs an action whose standard output goes to `write`. Returns its exit code; that of this process is left unchanged. */
export async function withOutput(
  write: (text: string) => void,
  action: () => Promise<void>,
): Promise<number> {
  const { exitCode, stdout } = process;
  const original = stdout.write;
  stdout.write = (chunk: string | Uint8Array) => {
    write(chunk.toString());
    return true;
  };
  try {
    process.exitCode = 0;
    await action();
    return Number(process.exitCode);
  } finally {
    stdout.write = original;
    process.exitCode = exitCode;
  }
}

/**
 * Polls until there is something.
 *
 * @throws Error after this number of seconds
 */
export async function eventually<Seen>(
  look: () => Seen | Promise<Seen>,
  seconds = 20,
): Promise<NonNullable<Seen>> {
  for (const start = Date.now(); Date.now() - start < seconds * 1_000; await pause(20)) {
    const seen = await look();
    if (seen) {
      return seen;
    }
  }
  throw new Error(`Timed out: ${look}`);
}

/** The paths of this process's open files. */
export async function openFiles(): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd');
  return Promise.all(descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
}

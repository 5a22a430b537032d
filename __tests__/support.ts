import { setTimeout as pause } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { GitHub } from '../sandbox/github.ts';
import { Failure } from '../src/failure.ts';
import { systemClock } from '../src/clock.ts';
import { type ApiClient, type ApiClientOptions, createApiClient } from '../src/github/api-client.ts';
import type { Core, Log } from '../src/log.ts';
import { parseServer, type Registration, type Repository } from '../src/registration.ts';

export const repository: Repository = { kind: 'repository', owner: 'octo', repo: 'app' };
export const organization: Registration = { kind: 'organization', organization: 'octo' };
export const enterprise: Registration = { kind: 'enterprise', enterprise: 'acme' };

/** A `Core` that has these inputs and remembers what it is told, in order: the function's name, then its arguments. */
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
    summary: newSummary,
  };
  return { core, calls };
}

/** A summary of a job: the toolkit's own remembers the file of the first step that wrote one. */
export async function newSummary() {
  const { summary: toolkits } = await import('@actions/core');
  const Summary = toolkits.constructor as new () => typeof toolkits;
  return new Summary();
}

/** A log that remembers its lines, each after its kind: `info: ...`. */
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

/** For what writes a log that a test does not look at. */
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

/** The failure that the attempt ends with. */
export async function failureOf(attempt: () => unknown): Promise<Failure> {
  try {
    await attempt();
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    return error as Failure;
  }
  throw new Error('It did not fail');
}

/** What is written to standard output meanwhile; the exit code is left as it was. */
export function outputOf(action: () => void): string {
  const output = captureOutput();
  try {
    action();
  } finally {
    output.release();
  }
  return output.text();
}

/** What is written to standard output until it is done; the exit code is left as it was. */
export async function outputUntilDone(action: () => Promise<unknown>): Promise<string> {
  const output = captureOutput();
  try {
    await action();
  } finally {
    output.release();
  }
  return output.text();
}

function captureOutput(): { text: () => string; release: () => void } {
  const { write } = process.stdout;
  const { exitCode } = process;
  let output = '';
  process.stdout.write = (chunk: string | Uint8Array) => {
    output += chunk.toString();
    return true;
  };
  return {
    text: () => output,
    release: () => {
      process.stdout.write = write;
      process.exitCode = exitCode;
    },
  };
}

/**
 * Looks until there is something to see, which comes about without the test's doing.
 *
 * @throws Error when it takes longer than anything here should
 */
export async function eventually<Seen>(look: () => Seen | Promise<Seen>): Promise<NonNullable<Seen>> {
  for (const start = Date.now(); Date.now() - start < 20_000; await pause(20)) {
    const seen = await look();
    if (seen) {
      return seen;
    }
  }
  throw new Error(`In vain: ${look}`);
}

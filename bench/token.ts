// What a step that asks for a token costs: the time from the start of the process to its end, and its peak of memory.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { GitHub } from '../sandbox/github.ts';
import { repository, startGitHub, token } from './github.ts';
import { type Quartiles, quartiles, ratios, table } from './statistics.ts';

const root = join(import.meta.dirname, '..');
const script = (name: string): string => join(import.meta.dirname, 'subjects', name);
/** What all others are compared with. */
const reference = 'http.cjs: node:http, no dependency';
/** Memory varies by far less than time. */
const memoryRounds = 5;

interface Subject {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** How many requests it makes. */
  readonly requests: number;
}

interface Measurement {
  readonly name: string;
  /** Milliseconds. */
  readonly time: Quartiles;
  readonly timeRatio: Quartiles;
  /** Megabytes; only Node.js tells. */
  readonly memory?: number;
  readonly memoryRatio?: number;
}

export interface TokenResult {
  readonly rounds: number;
  readonly reference: string;
  readonly subjects: readonly Measurement[];
  /** What was not measured, and why. */
  readonly left: readonly string[];
}

/**
 * In every round each subject runs once, in an order that moves on by one, so that whatever else loads the machine hits
 * all alike, and ratios are those of neighbours. (hyperfine and tinybench finish with one subject before the next.)
 */
export async function measureToken(rounds: number): Promise<TokenResult> {
  const github = await startGitHub();
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const { subjects, left } = findSubjects(github, directory);
    const environment = createEnvironment(github, directory);
    const times = new Map(subjects.map(({ name }) => [name, [] as number[]]));
    const memory = new Map(subjects.map(({ name }) => [name, [] as number[]]));
    // The first of each fills the caches of the file system, and is not counted.
    for (let round = -1; round < rounds; round += 1) {
      for (const subject of rotated(subjects, round)) {
        const time = await run(subject, environment, github);
        if (round >= 0) times.get(subject.name)?.push(time);
      }
    }
    for (let round = 0; round < memoryRounds; round += 1) {
      for (const subject of subjects.filter(({ command }) => command[0] === process.execPath)) {
        memory.get(subject.name)?.push(await peakMemory(subject, environment));
      }
    }
    return { rounds, reference, left, subjects: subjects.map(({ name }) => summarize(name, times, memory)) };
  } finally {
    await github.close();
    rmSync(directory, { recursive: true });
  }
}

export function describeToken({ rounds, subjects, left }: TokenResult): string {
  const rows = subjects.map(({ name, time, timeRatio, memory, memoryRatio }) => [
    name,
    `${time.median.toFixed(0)} ms`,
    `${time.lower.toFixed(0)} to ${time.upper.toFixed(0)}`,
    `${timeRatio.median.toFixed(2)} (${timeRatio.lower.toFixed(2)} to ${timeRatio.upper.toFixed(2)})`,
    memory === undefined ? '' : `${memory.toFixed(0)} MB`,
    memoryRatio === undefined ? '' : memoryRatio.toFixed(2),
  ]);
  const header = ['', 'time', 'half of the runs', 'ratio', 'memory', 'ratio'];
  return [
    `Asking for a token: whole process, API on loopback without TLS, medians of ${rounds} interleaved rounds`,
    `(ratios to "${reference}", of runs in the same round; memory is the peak of the resident size)`,
    '',
    table([header, ...rows]),
    ...left,
  ].join('\n');
}

function findSubjects(github: GitHub, directory: string): { subjects: Subject[]; left: string[] } {
  const { execPath } = process;
  const url = `${github.apiUrl}/repos/${repository}/actions/runners/remove-token`;
  const subjects: Subject[] = [
    { name: 'bare node', command: [execPath, script('bare.cjs')], requests: 0 },
    { name: reference, command: [execPath, script('http.cjs')], requests: 1 },
    { name: 'http.mjs: the same as an ES module', command: [execPath, script('http.mjs')], requests: 1 },
    { name: 'fetch.mjs: the same with fetch', command: [execPath, script('fetch.mjs')], requests: 1 },
    { name: 'this action', command: [execPath, join(root, 'dist/index.js')], requests: 1 },
  ];
  const left: string[] = [];
  const release = latestRelease();
  if (release === undefined) {
    left.push('There is no release (a tag v*) to compare with.');
  } else {
    execFileSync('sh', ['-c', `git archive '${release}' dist | tar -x -C '${directory}'`], { cwd: root });
    subjects.push({
      name: `this action, ${release}`,
      command: [execPath, join(directory, 'dist/index.js')],
      requests: 1,
    });
  }
  const others: Subject[] = [
    {
      name: 'curl',
      command: ['curl', '-sSf', '-X', 'POST', '-H', `authorization: token ${token}`, url],
      requests: 1,
    },
    { name: 'gh api', command: ['gh', 'api', '-X', 'POST', url], requests: 1 },
  ];
  for (const other of others) {
    if (isInstalled(other.command[0])) subjects.push(other);
    else left.push(`${other.command[0]} is not installed.`);
  }
  return { subjects, left };
}

function latestRelease(): string | undefined {
  const tags = execFileSync('git', ['tag', '--list', 'v*', '--sort=-version:refname'], {
    cwd: root,
    encoding: 'utf8',
  });
  return tags.split('\n')[0] || undefined;
}

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The variables that the runner sets, as far as anything here looks at them. */
function createEnvironment(github: GitHub, directory: string): Record<string, string> {
  for (const name of ['output', 'state']) writeFileSync(join(directory, name), '');
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    GITHUB_REPOSITORY: repository,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_OUTPUT: join(directory, 'output'),
    GITHUB_STATE: join(directory, 'state'),
    INPUT_TOKEN: token,
    'INPUT_GITHUB-API-URL': github.apiUrl,
    INPUT_REMOVE: 'false',
    'INPUT_DRY-RUN': 'false',
    INPUT_RETRIES: '3',
    // gh takes its token and its server from here.
    GH_HOST: new URL(github.apiUrl).host,
    GH_ENTERPRISE_TOKEN: token,
  };
}

function rotated(subjects: readonly Subject[], round: number): Subject[] {
  const first = (round + subjects.length) % subjects.length;
  return [...subjects.slice(first), ...subjects.slice(0, first)];
}

/** @returns milliseconds */
async function run(subject: Subject, environment: Record<string, string>, github: GitHub): Promise<number> {
  const [program, ...args] = subject.command;
  github.requests.length = 0;
  const begin = performance.now();
  const child = spawn(program, args, { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
  const [exitCode] = await once(child, 'exit');
  const time = performance.now() - begin;
  const created = github.requests.filter(({ status }) => status === 201).length;
  if (exitCode !== 0 || created !== subject.requests || github.requests.length !== created) {
    throw new Error(`${subject.name}: exit code ${exitCode}, ${github.requests.length} requests`);
  }
  return time;
}

/** @returns megabytes */
async function peakMemory(subject: Subject, environment: Record<string, string>): Promise<number> {
  const [program, ...args] = subject.command;
  const child = spawn(program, ['--require', script('peak-memory.cjs'), ...args], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  return Number(await text(child.stdio[3] as NodeJS.ReadableStream)) / 1024;
}

function summarize(
  name: string,
  times: ReadonlyMap<string, number[]>,
  memory: ReadonlyMap<string, number[]>,
): Measurement {
  const of = (samples: ReadonlyMap<string, number[]>, subject: string) => samples.get(subject) ?? [];
  const peaks = of(memory, name);
  return {
    name,
    time: quartiles(of(times, name)),
    timeRatio: quartiles(ratios(of(times, name), of(times, reference))),
    ...(peaks.length > 0 && {
      memory: quartiles(peaks).median,
      memoryRatio: quartiles(ratios(peaks, of(memory, reference))).median,
    }),
  };
}

// Measures a step that only creates a token: the time from process start to exit, and the peak memory.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { GitHub } from '../sandbox/github.ts';
import { buildPeer } from './peers.ts';
import { type Quartiles, quartiles, ratios, table } from './statistics.ts';

const root = join(import.meta.dirname, '..');
const script = (name: string): string => join(import.meta.dirname, 'subjects', name);
const repository = 'octo-org/octo-repo';
const token = 'github_pat_11BENCH000000000000000_adminTokenOfTheBench';
const route = 'POST /repos/{owner}/{repo}/actions/runners/remove-token';
/** Memory varies far less than time. */
const memoryRounds = 3;

const action = 'this action';
/** The largest ratio of this action's time to another one's that is acceptable. */
const goals = {
  'script, node:http, CommonJS': 1.8,
  'script, node:http, ES module': 1.0,
  'actions/github-script 8.0.0': 0.7,
  'octokit/request-action 3.0.0': 0.7,
} as const;
type Other = keyof typeof goals;

interface Subject {
  readonly name: typeof action | Other;
  readonly program: string;
  readonly environment?: Record<string, string>;
}

interface Measurement {
  readonly name: Subject['name'];
  /** Milliseconds. */
  readonly time: Quartiles;
  /** This action's time to the subject's, in the same round. */
  readonly ratio: Quartiles;
  readonly goal: number | undefined;
  /** Megabytes. */
  readonly memory: number;
}

export interface TokenResult {
  readonly rounds: number;
  readonly subjects: readonly Measurement[];
}

/**
 * Runs each subject once per round, in rotating order: a busy machine slows all of them down, and the ratios within a round
 * remain valid.
 */
export async function measureToken(rounds: number, progress: (what: string) => void): Promise<TokenResult> {
  const github = await GitHub.start();
  github.addRepository(repository);
  github.addAdminToken(token, { registrations: [repository] });
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    progress('building actions/github-script and octokit/request-action from published packages');
    const subjects = findSubjects(directory);
    const common = createEnvironment(github, directory);
    const times = new Map(subjects.map(({ name }) => [name, [] as number[]]));
    // The first round fills the file system's caches and does not count.
    for (let round = 0; round <= rounds; round += 1) {
      progress(`creating a token, round ${round} of ${rounds}`);
      for (const subject of rotated(subjects, round)) {
        const time = await run(subject, common, github);
        if (round > 0) times.get(subject.name)?.push(time);
      }
    }
    progress('measuring memory');
    const own = times.get(action) ?? [];
    const measurements: Measurement[] = [];
    for (const subject of subjects) {
      const { name } = subject;
      const sample = times.get(name) ?? [];
      measurements.push({
        name,
        time: quartiles(sample),
        ratio: quartiles(ratios(own, sample)),
        goal: name === action ? undefined : goals[name],
        memory: await peakMemory(subject, common),
      });
    }
    return { rounds, subjects: measurements };
  } finally {
    await github.close();
    rmSync(directory, { recursive: true });
  }
}

export function describeToken({ rounds, subjects }: TokenResult): string {
  const rows = subjects.map(({ name, time, ratio, goal, memory }) => [
    name,
    `${time.median.toFixed(0)} ms`,
    `${time.lower.toFixed(0)} to ${time.upper.toFixed(0)}`,
    goal === undefined ? '' : ratio.median.toFixed(2),
    goal === undefined ? '' : `≤ ${goal.toFixed(1)}${ratio.median <= goal ? '' : ' missed'}`,
    `${memory.toFixed(0)} MB`,
  ]);
  return [
    `Creating a remove token: process start to exit, Node.js ${process.versions.node}, API on loopback, medians of ${rounds} interleaved rounds`,
    '',
    table([['', 'time', 'quartiles', 'ratio', 'goal', 'peak memory'], ...rows]),
    '',
    "Ratio: this action's time to the other's. The two actions are rebuilt with ncc from the packages of their releases",
    '(bench/peers).',
  ].join('\n');
}

function findSubjects(directory: string): Subject[] {
  const [owner = '', repo = ''] = repository.split('/');
  const request = `const { data } = await github.request('${route}', context.repo);
    core.setSecret(data.token);
    core.setOutput('remove-token', data.token);
    core.setOutput('expires-at', data.expires_at);`;
  return [
    { name: action, program: join(root, 'dist/index.js') },
    { name: 'script, node:http, CommonJS', program: script('http.cjs') },
    { name: 'script, node:http, ES module', program: script('http.mjs') },
    {
      name: 'actions/github-script 8.0.0',
      program: buildPeer('github-script', '2025-09-05', directory),
      environment: { 'INPUT_GITHUB-TOKEN': token, INPUT_SCRIPT: request },
    },
    {
      name: 'octokit/request-action 3.0.0',
      program: buildPeer('request-action', '2026-03-21', directory),
      environment: { GITHUB_TOKEN: token, INPUT_ROUTE: route, INPUT_OWNER: owner, INPUT_REPO: repo },
    },
  ];
}

/** The runner's variables that a subject reads. */
function createEnvironment(github: GitHub, directory: string): Record<string, string> {
  for (const name of ['output', 'state']) writeFileSync(join(directory, name), '');
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    GITHUB_ACTION: 'bench',
    GITHUB_REPOSITORY: repository,
    GITHUB_API_URL: github.apiUrl,
    GITHUB_OUTPUT: join(directory, 'output'),
    GITHUB_STATE: join(directory, 'state'),
  };
}

const inputs = { INPUT_REMOVE: 'false', 'INPUT_DRY-RUN': 'false', INPUT_RETRIES: '3', INPUT_TOKEN: token };

function environmentOf(subject: Subject, common: Record<string, string>): Record<string, string> {
  const apiUrl = { 'INPUT_GITHUB-API-URL': common['GITHUB_API_URL'] ?? '' };
  return { ...common, ...(subject.environment ?? { ...inputs, ...apiUrl }) };
}

function rotated(subjects: readonly Subject[], round: number): Subject[] {
  const first = round % subjects.length;
  return [...subjects.slice(first), ...subjects.slice(0, first)];
}

/** @returns milliseconds */
async function run(subject: Subject, common: Record<string, string>, github: GitHub): Promise<number> {
  github.requests.length = 0;
  const env = environmentOf(subject, common);
  const begin = performance.now();
  const child = spawn(process.execPath, [subject.program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const time = performance.now() - begin;
  if (exitCode !== 0 || github.requests.map(({ status }) => status).join() !== '201') {
    throw new Error(`${subject.name}: exit code ${exitCode}, ${github.requests.length} requests\n${output}`);
  }
  return time;
}

/** @returns megabytes */
async function peakMemory(subject: Subject, common: Record<string, string>): Promise<number> {
  const sample: number[] = [];
  for (let round = 0; round < memoryRounds; round += 1) {
    const child = spawn(process.execPath, ['--require', script('peak-memory.cjs'), subject.program], {
      env: environmentOf(subject, common),
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    });
    sample.push(Number(await text(child.stdio[3] as NodeJS.ReadableStream)) / 1024);
  }
  return quartiles(sample).median;
}

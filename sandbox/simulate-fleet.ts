// Models the removal of many runners with GitHub's rate limits: which requests the action makes, and when. Nothing is executed or
// sent, and time is a number. Prints the table of docs/fleet.md. Run by `npm run simulate:fleet`; options with their defaults:
// `-- --hosts 40 --runners 25 --max-parallel 40,5,4 --removal-time 2000,3000 --seed 1`.

import { setImmediate as turn } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { numbers } from './random.ts';
import { githubLimits, type RateLimitCounts, RateLimits } from './rate-limits.ts';

export interface Fleet {
  hosts: number;
  runnersPerHost: number;
  /** How many hosts are worked on in parallel. */
  maxParallel: number;
  limits: Readonly<RateLimitCounts>;
  /** The shortest and the longest time of `config.sh remove`, in milliseconds. */
  removalTime: readonly [shortest: number, longest: number];
  seed: number;
}

/** `action`: the action, once per host. `loop`: a remove token for each runner; a refused request is repeated or not. */
export type Method = 'action' | 'loop' | 'loop with retries';

export interface FleetReport {
  /** Number of runners by result. */
  results: Record<string, number>;
  tokenRequests: number;
  requests: number;
  refused: number;
  /** The most that the admin token used of each limit. */
  used: Readonly<RateLimitCounts>;
  duration: number;
}

/** Milliseconds from a request to its response. */
const responseTime = 100;
/** How the action works, see src/removal/ and src/github/retry.ts. */
const action = { parallel: 4, retries: 3, maximumElapsed: 150_000, longestWait: 90_000 };

export async function removeFleet(fleet: Fleet, method: Method): Promise<FleetReport> {
  const { hosts, runnersPerHost, maxParallel, limits, seed } = fleet;
  const [shortest, longest] = fleet.removalTime;
  const random = numbers(seed);
  const sleepers: { until: number; wake: () => void }[] = [];
  let time = 0;
  const sleep = (milliseconds: number) =>
    new Promise<void>((wake) => {
      sleepers.push({ until: time + milliseconds, wake });
    });

  const rateLimits = new RateLimits(limits, () => Date.UTC(2026, 0, 1) + time);
  const report = { results: {} as Record<string, number>, tokenRequests: 0, requests: 0, refused: 0 };
  const count = (result: string, runners = 1) => {
    report.results[result] = (report.results[result] ?? 0) + runners;
  };

  /** Returns the milliseconds to wait if a limit is exceeded. */
  const request = async (verb: 'GET' | 'POST'): Promise<number | undefined> => {
    report.requests += 1;
    if (verb === 'POST') report.tokenRequests += 1;
    const { refusal, end } = rateLimits.begin('admin', verb);
    await sleep(responseTime);
    end();
    if (!refusal) return undefined;
    report.refused += 1;
    return Number(refusal.headers?.['retry-after']) * 1000;
  };
  /** Repeats a refused request as the action does. Returns false if it gives up. */
  const requestWithRetries = async (verb: 'GET' | 'POST'): Promise<boolean> => {
    const begin = time;
    for (let attempt = 1; ; attempt += 1) {
      const retryAfter = await request(verb);
      if (retryAfter === undefined) return true;
      const wait = retryAfter * (1 + random() / 10);
      const isTooLong = wait > action.longestWait || time + wait > begin + action.maximumElapsed;
      if (attempt > action.retries || isTooLong) return false;
      await sleep(wait);
    }
  };
  const runConfigScript = () => sleep(shortest + random() * (longest - shortest));

  const removeHost = async (): Promise<void> => {
    if (!(await requestWithRetries('POST'))) return count('failed', runnersPerHost);
    await inParallel(runnersPerHost, action.parallel, async () => {
      if (!(await requestWithRetries('GET'))) return count('failed');
      await runConfigScript();
      count((await requestWithRetries('GET')) ? 'removed' : 'unconfirmed');
    });
  };
  const removeHostInLoop = () =>
    inParallel(runnersPerHost, 1, async () => {
      let wait = await request('POST');
      while (wait !== undefined && method === 'loop with retries') {
        await sleep(wait);
        wait = await request('POST');
      }
      if (wait !== undefined) return count('left');
      await runConfigScript();
      count('removed');
    });

  let isDone = false;
  void inParallel(hosts, maxParallel, method === 'action' ? removeHost : removeHostInLoop).then(() => {
    isDone = true;
  });
  for (;;) {
    // Lets everything happen that happens at this time.
    await turn();
    if (isDone) break;
    const next = sleepers.reduce((first, sleeper) => (sleeper.until < first.until ? sleeper : first));
    sleepers.splice(sleepers.indexOf(next), 1);
    time = next.until;
    next.wake();
  }
  return { ...report, used: rateLimits.mostUsed('admin'), duration: time };
}

async function inParallel(times: number, parallel: number, task: () => Promise<void>): Promise<void> {
  let started = 0;
  const worker = async () => {
    while (started < times) {
      started += 1;
      await task();
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
}

/** The rows of the table: a heading and what it shows of a report. */
const rows: [string, (report: FleetReport) => string | number][] = [
  [
    'runners',
    ({ results }) =>
      Object.entries(results)
        .map(([result, runners]) => `${runners} ${result}`)
        .join(', '),
  ],
  [
    'time',
    ({ duration }) => `${Math.floor(duration / 60_000)} min ${Math.round((duration % 60_000) / 1000)} s`,
  ],
  ['token requests', ({ tokenRequests }) => tokenRequests],
  ['requests with the admin token', ({ requests }) => requests],
  ['refused requests', ({ refused }) => refused],
  [`requests per hour, of ${githubLimits.requestsPerHour}`, ({ used }) => used.requestsPerHour],
  [`concurrent requests, of ${githubLimits.concurrentRequests}`, ({ used }) => used.concurrentRequests],
  [`points per minute, of ${githubLimits.pointsPerMinute}`, ({ used }) => used.pointsPerMinute],
  [`creations per minute, of ${githubLimits.creationsPerMinute}`, ({ used }) => used.creationsPerMinute],
  [`creations per hour, of ${githubLimits.creationsPerHour}`, ({ used }) => used.creationsPerHour],
];

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      hosts: { type: 'string', default: '40' },
      runners: { type: 'string', default: '25' },
      'max-parallel': { type: 'string', default: '40,5,4' },
      'removal-time': { type: 'string', default: '2000,3000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [shortest = 2000, longest = shortest] = values['removal-time'].split(',').map(Number);
  const fleet: Fleet = {
    hosts: Number(values.hosts),
    runnersPerHost: Number(values.runners),
    maxParallel: Number(values.hosts),
    limits: githubLimits,
    removalTime: [shortest, longest],
    seed: Number(values.seed),
  };
  const columns: [string, FleetReport][] = [];
  for (const maxParallel of values['max-parallel'].split(',').map(Number)) {
    columns.push([
      `\`max-parallel: ${maxParallel}\``,
      await removeFleet({ ...fleet, maxParallel }, 'action'),
    ]);
  }
  columns.push(['a token each', await removeFleet(fleet, 'loop')]);
  columns.push(['a token each, with retries', await removeFleet(fleet, 'loop with retries')]);
  const print = (...cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);
  print('', ...columns.map(([name]) => name));
  print('---', ...columns.map(() => '---:'));
  for (const [name, cell] of rows) print(name, ...columns.map(([, report]) => cell(report)));
}

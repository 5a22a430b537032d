// Models the removal of many runners with GitHub's rate limits: which requests the action makes, and when. Nothing is executed or
// sent, and time is a number. Prints the table of docs/fleet.md. Run by `npm run simulate:fleet`; options with their defaults:
// `-- --hosts 40 --runners 25 --max-parallel 40,5,4 --removal-time 2000,3000 --seed 1`.

import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { numbers } from './random.ts';
import { githubLimits, type RateLimitCounts } from './rate-limits.ts';
import { never, printTable, type Report, Simulation } from './simulation.ts';

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

/** How the action works, see src/removal/ and src/github/retry.ts. */
const action = { parallel: 4, retries: 3, maximumElapsed: 150_000, longestWait: 90_000 };

export async function removeFleet(fleet: Fleet, method: Method): Promise<Report> {
  const { hosts, runnersPerHost, maxParallel, limits, seed } = fleet;
  const [shortest, longest] = fleet.removalTime;
  const random = numbers(seed);
  const simulation = new Simulation(limits);
  const { clock } = simulation;
  const sleep = (milliseconds: number) => clock.sleep(milliseconds, never);

  /** Returns the milliseconds to wait if a limit is exceeded. */
  const request = async (verb: 'GET' | 'POST'): Promise<number | undefined> => {
    const refusal = await simulation.request(verb);
    return refusal && Number(refusal.headers?.['retry-after']) * 1000;
  };
  /** Repeats a refused request as the action does. Returns false if it gives up. */
  const requestWithRetries = async (verb: 'GET' | 'POST'): Promise<boolean> => {
    const begin = clock.now();
    for (let attempt = 1; ; attempt += 1) {
      const retryAfter = await request(verb);
      if (retryAfter === undefined) return true;
      const wait = retryAfter * (1 + random() / 10);
      const isTooLong = wait > action.longestWait || clock.now() + wait > begin + action.maximumElapsed;
      if (attempt > action.retries || isTooLong) return false;
      await sleep(wait);
    }
  };
  const runConfigScript = () => sleep(shortest + random() * (longest - shortest));

  const removeHost = async (): Promise<void> => {
    if (!(await requestWithRetries('POST'))) return simulation.count('failed', runnersPerHost);
    await inParallel(runnersPerHost, action.parallel, async () => {
      if (!(await requestWithRetries('GET'))) return simulation.count('failed');
      await runConfigScript();
      simulation.count((await requestWithRetries('GET')) ? 'removed' : 'unconfirmed');
    });
  };
  const removeHostInLoop = () =>
    inParallel(runnersPerHost, 1, async () => {
      let wait = await request('POST');
      while (wait !== undefined && method === 'loop with retries') {
        await sleep(wait);
        wait = await request('POST');
      }
      if (wait !== undefined) return simulation.count('left');
      await runConfigScript();
      simulation.count('removed');
    });

  await inParallel(hosts, maxParallel, method === 'action' ? removeHost : removeHostInLoop);
  return simulation.report();
}

async function inParallel(times: number, parallel: number, task: () => Promise<void>): Promise<void> {
  await pLimit(parallel).map(Array.from({ length: times }), task);
}

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
  const columns: [string, Report][] = [];
  for (const maxParallel of values['max-parallel'].split(',').map(Number)) {
    columns.push([
      `\`max-parallel: ${maxParallel}\``,
      await removeFleet({ ...fleet, maxParallel }, 'action'),
    ]);
  }
  columns.push(['a token each', await removeFleet(fleet, 'loop')]);
  columns.push(['a token each, with retries', await removeFleet(fleet, 'loop with retries')]);
  printTable(columns);
}

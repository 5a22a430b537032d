// Removes a fleet of runners with GitHub's rate limits enforced, once for each of several values of `max-parallel`, and
// once in the plain way, with a remove token for each runner. Prints a table in Markdown. Run by `npm run simulate:fleet`;
// options: `-- --hosts 40 --runners 25 --max-parallel 40,5,4 --removal-time 2000,3000 --seed 1`.

import { parseArgs } from 'node:util';
import { type FleetReport, removeWithAction, removeWithTokenEach } from './fleet.ts';
import { githubLimits, type RateLimitCounts } from './rate-limits.ts';

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '40' },
    runners: { type: 'string', default: '25' },
    'max-parallel': { type: 'string', default: '40,5,4' },
    'removal-time': { type: 'string', default: '2000,3000' },
    seed: { type: 'string', default: '1' },
  },
});
const [least = 2000, most = least] = values['removal-time'].split(',').map(Number);
const fleet = {
  hosts: Number(values.hosts),
  runnersPerHost: Number(values.runners),
  removalTime: [least, most],
  seed: Number(values.seed),
  limits: githubLimits,
} as const;

const simulations: [string, () => Promise<FleetReport>][] = [
  ...values['max-parallel']
    .split(',')
    .map(Number)
    .map((maxParallel): [string, () => Promise<FleetReport>] => [
      `\`max-parallel: ${maxParallel}\``,
      () => removeWithAction({ ...fleet, maxParallel }),
    ]),
  ['a token each', () => removeWithTokenEach(fleet, false)],
  ['a token each, tried again', () => removeWithTokenEach(fleet, true)],
];

const reports: FleetReport[] = [];
for (const [name, run] of simulations) {
  const begun = performance.now();
  reports.push(await run());
  // The table alone goes to standard output.
  console.error(`${name}: done in ${Math.round((performance.now() - begun) / 1000)} seconds`);
}

const used = (name: keyof RateLimitCounts) => (report: FleetReport) => report.used[name];
const rows: [string, (report: FleetReport) => string | number][] = [
  ['what became of the runners', ({ results }) => describe(results)],
  ['still registered', ({ left }) => left],
  ['simulated time', ({ duration }) => describeTime(duration)],
  ['token requests', ({ tokenRequests }) => tokenRequests],
  ['requests with the admin token', ({ requests }) => requests],
  ['of them refused', ({ refused }) => refused],
  [`requests an hour, of ${githubLimits.requestsPerHour}`, used('requestsPerHour')],
  [`requests at once, of ${githubLimits.concurrentRequests}`, used('concurrentRequests')],
  [`points a minute, of ${githubLimits.pointsPerMinute}`, used('pointsPerMinute')],
  [`creations a minute, of ${githubLimits.creationsPerMinute}`, used('creationsPerMinute')],
  [`creations an hour, of ${githubLimits.creationsPerHour}`, used('creationsPerHour')],
  ['points a minute with those of `config.sh`', ({ usedWithRunners }) => usedWithRunners.pointsPerMinute],
];

console.log(`${fleet.hosts} hosts, ${fleet.runnersPerHost} runners each\n`);
console.log(line('', ...simulations.map(([name]) => name)));
console.log(line('---', ...simulations.map(() => '---:')));
for (const [name, cell] of rows) console.log(line(name, ...reports.map(cell)));

function line(...cells: (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function describe(results: Record<string, number>): string {
  return Object.entries(results)
    .map(([result, count]) => `${count} ${result}`)
    .join(', ');
}

function describeTime(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

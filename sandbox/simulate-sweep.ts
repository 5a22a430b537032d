// Runs the action's source on many offline runners of an organization, with GitHub's rate limits and in simulated time. Nothing
// is sent. Prints a table of docs/fleet.md. Run by `npm run simulate:sweep`; an option with its default:
// `-- --runners 100,300,1000,1600`.

import { parseArgs } from 'node:util';
import type { ApiClient } from '../src/github/api-client.ts';
import type { ApiRequest, ApiResponse } from '../src/github/api-response.ts';
import type { Inputs, RegisteredRemoval } from '../src/inputs.ts';
import { parseServer } from '../src/registration.ts';
import { removeRegisteredRunners } from '../src/removal/registered-runners.ts';
import { RemoveTokens } from '../src/remove-tokens.ts';
import { Secrets } from '../src/secrets.ts';
import { operations } from './operations.ts';
import { githubLimits, type RateLimitCounts, RateLimits } from './rate-limits.ts';
import type { Registration } from './registrations.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface SweepReport {
  /** Number of runners by result. */
  results: Record<string, number>;
  requests: number;
  refused: number;
  /** The most that the admin token used of each limit. */
  used: Readonly<RateLimitCounts>;
  /** In milliseconds, with the minutes in which the runners have to stay offline. */
  duration: number;
}

/** Milliseconds from a request to its response. */
const responseTime = 100;
const never = new AbortController().signal;

export async function sweep(runners: number, limits: Readonly<RateLimitCounts>): Promise<SweepReport> {
  const registration: Registration = {
    kind: 'organization',
    id: 1,
    path: 'octo-org',
    private: false,
    runners: new Map(),
    hidden: new Set(),
  };
  for (let id = 1; id <= runners; id += 1) {
    const runner = { id, name: `spot-${id}`, status: 'offline', busy: false, ephemeral: false } as const;
    const unused = { runner_group_id: 1, os: 'linux', version: '2.336.0', labels: [] };
    registration.runners.set(id, { ...runner, ...unused });
  }
  const clock = new VirtualClock();
  const rateLimits = new RateLimits(limits, () => Date.UTC(2026, 0, 1) + clock.now());
  const report = { results: {} as Record<string, number>, requests: 0, refused: 0 };

  const request = async ({ method, path, parameters = {}, expected }: ApiRequest): Promise<ApiResponse> => {
    report.requests += 1;
    const { refusal, end } = rateLimits.begin('admin', method);
    await clock.sleep(responseTime, never);
    end();
    if (refusal) report.refused += 1;
    const operation = operations.find((other) => other.method === method && other.path === path);
    const url = new URL('http://localhost');
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, String(value));
    const reply = refusal ??
      operation?.perform({
        registration,
        runnerId: Number(parameters['runner_id']),
        url,
        documentation: '',
        ignoresNameFilter: false,
        issueToken: () => ({ token: 'AREMOVE', expiresAt: new Date(Date.now() + 3_600_000) }),
      }) ?? { status: 404 };
    if (!expected.includes(reply.status)) throw new Error(`${method} ${path}: ${reply.status}`);
    return { status: reply.status, headers: {}, data: reply.body };
  };
  const requestPages = async (list: ApiRequest): Promise<ApiResponse[]> => {
    const pages: ApiResponse[] = [];
    for (let page = 1; page <= Math.ceil(runners / 100); page += 1) {
      pages.push(await request({ ...list, parameters: { ...list.parameters, page } }));
    }
    return pages;
  };

  const client: ApiClient = { request, requestPages };
  const secrets = new Secrets(() => undefined);
  const ignore = () => undefined;
  const log = { info: ignore, warning: ignore, debug: ignore, group: ignore };
  const removal: RegisteredRemoval = {
    kind: 'registered',
    names: ['*'],
    labels: [],
    status: 'offline',
    offlineMinutes: undefined,
    waitMinutes: 0,
    dryRun: false,
  };
  const inputs: Inputs = {
    adminToken: { value: 'ghs_admin', kind: 'app' },
    server: parseServer('https://api.github.com'),
    registration: { kind: 'organization', organization: 'octo-org' },
    currentRepository: undefined,
    removal,
    retries: 0,
    warnings: [],
  };
  const results = await removeRegisteredRunners(removal, {
    inputs,
    machine: { platform: 'linux', execPath: '', argv0: '', environment: {}, isRoot: false },
    client,
    removeTokens: new RemoveTokens(client, secrets, log, clock),
    secrets,
    log,
    clock,
    cancellation: { requested: never, deadline: never, abandoned: never },
  });
  for (const {
    report: { result },
  } of results) {
    report.results[result] = (report.results[result] ?? 0) + 1;
  }
  return { ...report, used: rateLimits.mostUsed('admin'), duration: clock.now() };
}

/** The rows of the table: a heading and what it shows of a report. */
const rows: [string, (report: SweepReport) => string | number][] = [
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
  ['refused requests', ({ refused }) => refused],
  [`requests per hour, of ${githubLimits.requestsPerHour}`, ({ used }) => used.requestsPerHour],
  [`concurrent requests, of ${githubLimits.concurrentRequests}`, ({ used }) => used.concurrentRequests],
  [`points per minute, of ${githubLimits.pointsPerMinute}`, ({ used }) => used.pointsPerMinute],
  [`creations per minute, of ${githubLimits.creationsPerMinute}`, ({ used }) => used.creationsPerMinute],
];

if (import.meta.main) {
  const { values } = parseArgs({ options: { runners: { type: 'string', default: '100,300,1000,1600' } } });
  const reports: SweepReport[] = [];
  for (const runners of values.runners.split(',').map(Number)) {
    reports.push(await sweep(runners, githubLimits));
  }
  const print = (...cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);
  print('', ...values.runners.split(',').map((runners) => `${runners} runners`));
  print('---', ...reports.map(() => '---:'));
  for (const [name, cell] of rows) print(name, ...reports.map(cell));
}

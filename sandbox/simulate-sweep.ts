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
import { githubLimits, type RateLimitCounts } from './rate-limits.ts';
import type { Registration } from './registrations.ts';
import { never, printTable, type Report, Simulation } from './simulation.ts';

export async function sweep(runners: number, limits: Readonly<RateLimitCounts>): Promise<Report> {
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
  const simulation = new Simulation(limits);
  const { clock } = simulation;

  const request = async ({ method, path, parameters = {}, expected }: ApiRequest): Promise<ApiResponse> => {
    const refusal = await simulation.request(method);
    const operation = operations.find((other) => other.method === method && other.path === path);
    const url = new URL('http://localhost');
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, String(value));
    const reply = refusal ??
      operation?.perform({
        registration,
        runnerId: Number(parameters['runner_id']),
        url,
        documentation: '',
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
  for (const { report } of results) simulation.count(report.result);
  return simulation.report();
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { runners: { type: 'string', default: '100,300,1000,1600' } } });
  const columns: [string, Report][] = [];
  for (const runners of values.runners.split(',')) {
    columns.push([`${runners} runners`, await sweep(Number(runners), githubLimits)]);
  }
  printTable(columns);
}

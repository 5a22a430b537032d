import { EventEmitter } from 'node:events';
import { copyFile, glob, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Core } from '../src/log.ts';
import { main } from '../src/main.ts';
import { workflowCommands } from '../src/workflow-commands.ts';
// The action loads it when it needs it; time would not wait for that.
import '../src/removal.ts';
import { GitHub, type Interceptor } from './github.ts';
import { Installation } from './installation.ts';
import { numbers } from './random.ts';
import { type RateLimitCounts, RateLimits } from './rate-limits.ts';
import { VirtualTime } from './virtual-time.ts';

/** Loaded beforehand for the same reason. Each step gets one of its own that is not written anywhere. */
const toolkitSummary = await workflowCommands.summary();

const organization = 'octo-org';
/** For counting only. */
const limitless: RateLimitCounts = {
  requestsPerHour: Number.POSITIVE_INFINITY,
  concurrentRequests: Number.POSITIVE_INFINITY,
  pointsPerMinute: Number.POSITIVE_INFINITY,
  creationsPerMinute: Number.POSITIVE_INFINITY,
  creationsPerHour: Number.POSITIVE_INFINITY,
};
const adminToken = 'github_pat_11FLEET000000000000000_adminTokenOfTheFleet';

/** A fleet of one organization's runners, and the world that it is removed in. Times are in milliseconds. */
export interface FleetOptions {
  hosts: number;
  runnersPerHost: number;
  limits: Readonly<RateLimitCounts>;
  /** So many hosts are worked on at a time, as `max-parallel` of a job's matrix has it. Default: all. */
  maxParallel?: number;
  /** What varies is always the same for a seed: the time that a removal takes, and how long a refused request waits. */
  seed?: number;
  /** From a request to its answer. */
  answerTime?: number;
  /** What `config.sh remove` takes at least, and at most. */
  removalTime?: readonly [least: number, most: number];
}

/** How the removal of a fleet went. */
export interface FleetReport {
  /** Runners by what became of them. */
  results: Record<string, number>;
  /** Runners that GitHub still knows. */
  left: number;
  /** Requests for a remove token, those included that were refused. */
  tokenRequests: number;
  /** Requests with the admin token. */
  requests: number;
  /** Those of them that hit a limit. */
  refused: number;
  /** The most that the admin token used of each limit. */
  used: Readonly<RateLimitCounts>;
  /** The same, if the requests that runners make with a remove token counted as well. */
  usedWithRunners: Readonly<RateLimitCounts>;
  /** Milliseconds of simulated time. */
  duration: number;
}

/** What the simulation of a fleet works with. */
interface Simulation {
  readonly options: FleetOptions;
  readonly github: GitHub;
  readonly time: VirtualTime;
  /** Where the hosts' runners are installed. */
  readonly directory: string;
  readonly results: Record<string, number>;
}

/** Removes a fleet with the action: a step on each host, from the action's source, with a real installation per runner. */
export function removeWithAction(options: FleetOptions): Promise<FleetReport> {
  return simulate(options, install, removeHostWithAction);
}

/**
 * Removes a fleet in the plain way: on each host, one runner after the other is given a remove token of its own.
 *
 * @param patient whether a refused request is made again when GitHub says that it may; otherwise the runner is left
 */
export function removeWithTokenEach(options: FleetOptions, patient: boolean): Promise<FleetReport> {
  return simulate(
    options,
    async () => {},
    (host, simulation) => removeHostWithTokenEach(host, patient, simulation),
  );
}

async function simulate(
  options: FleetOptions,
  prepare: (simulation: Simulation) => Promise<void>,
  removeHost: (host: number, simulation: Simulation) => Promise<void>,
): Promise<FleetReport> {
  const { hosts, runnersPerHost, limits, maxParallel = hosts, seed = 1 } = options;
  const time = new VirtualTime();
  const now = () => Date.UTC(2026, 0, 1) + time.now;
  const github = await GitHub.start({ now: () => new Date(now()), limits });
  const everybody = new RateLimits(limitless, now);
  const directory = await mkdtemp(join(await realpath(tmpdir()), 'actions-fleet-'));
  const simulation: Simulation = { options, github, time, directory, results: {} };
  const { random } = Math;
  const { timeout } = AbortSignal;
  try {
    github.addOrganization(organization);
    github.addAdminToken(adminToken, { registrations: [organization] });
    for (let number = 1; number <= hosts * runnersPerHost; number += 1) {
      github.addRunner(organization, { id: number, name: `runner-${number}` });
    }
    await prepare(simulation);
    // Node.js draws random numbers when it loads what this takes, and the action takes it too.
    await glob(join(directory, '*')).next();
    // What comes at once is counted in an order that does not depend on the machine.
    github.beforeRequest = ({ url = '' }) => time.hold(0, url);
    github.intercept = takeTime(simulation, everybody);
    // The action varies its waits, and gives up on a request after some time of the machine's, which does not count here.
    Math.random = numbers(seed);
    AbortSignal.timeout = () => new AbortController().signal;
    const limit = pLimit(maxParallel);
    const all = Array.from({ length: hosts }, (_, host) =>
      limit(async () => {
        // One after the other, so that they always come in the same order.
        await time.sleep(0);
        await removeHost(host, simulation);
      }),
    );
    await time.passUntil(Promise.all(all));
    const { actionRequests, rateLimits } = github;
    return {
      results: simulation.results,
      left: github.runners(organization).length,
      tokenRequests: actionRequests.filter(({ method }) => method === 'POST').length,
      requests: actionRequests.length,
      refused: actionRequests.filter(({ status }) => status === 403).length,
      used: (rateLimits as RateLimits).mostUsed(adminToken),
      usedWithRunners: everybody.mostUsed(''),
      duration: time.now,
    };
  } finally {
    Math.random = random;
    AbortSignal.timeout = timeout;
    await github.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Every request takes its time; that of a runner with a remove token takes as long as its whole removal. */
function takeTime({ options, time }: Simulation, everybody: RateLimits): Interceptor {
  const { answerTime = 100, removalTime: [least, most] = [2000, 3000], seed = 1 } = options;
  return async ({ method = '', url = '', headers }) => {
    const admission = everybody.begin('', method);
    if (/^RemoteAuth /i.test(headers.authorization ?? '')) {
      const id = Number(url.split('/').at(-1));
      await time.hold(least + numbers(seed * 1_000_003 + id)() * (most - least), url);
    } else {
      await time.hold(answerTime, url);
    }
    admission.end();
    return false;
  };
}

/** The ids of a host's runners. */
function runnersOf(host: number, { runnersPerHost }: FleetOptions): number[] {
  return Array.from({ length: runnersPerHost }, (_, index) => host * runnersPerHost + index + 1);
}

async function install({ options, github, directory }: Simulation): Promise<void> {
  const script = join(import.meta.dirname, 'fleet/config.sh');
  let sharing: Installation | undefined;
  for (let host = 0; host < options.hosts; host += 1) {
    for (const id of runnersOf(host, options)) {
      const installation = await Installation.create({
        directory: join(directory, `host-${host}`, `runner-${id}`),
        agentId: id,
        agentName: `runner-${id}`,
        gitHubUrl: `${github.serverUrl}/${organization}`,
        ...(sharing && { sharing }),
      });
      await copyFile(script, join(installation.directory, 'config.sh'));
      sharing ??= installation;
    }
  }
}

/** A step with `remove: true` and all runners of the host. */
async function removeHostWithAction(host: number, simulation: Simulation): Promise<void> {
  const { github, time, directory } = simulation;
  const { core, outputs } = coreOf({
    token: adminToken,
    organization,
    'github-api-url': github.apiUrl,
    remove: 'true',
    'runner-directory': join(directory, `host-${host}`, '*'),
  });
  const machine = {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    execPath: process.execPath,
    environment: { PATH: process.env['PATH'], HOME: directory, GITHUB_REPOSITORY: `${organization}/fleet` },
  };
  const clock = {
    now: () => time.now,
    sleep: (milliseconds: number) => time.sleep(milliseconds),
    later: () => {},
  };
  await main(core, machine, new EventEmitter(), clock);
  for (const { result } of JSON.parse(outputs.get('runners') ?? '[]') as { result: string }[]) {
    add(simulation, result);
  }
}

/** What a step has of the toolkit, where several run in one process. */
function coreOf(inputs: Record<string, string>): { core: Core; outputs: Map<string, string> } {
  const outputs = new Map<string, string>();
  const nothing = () => {};
  const core: Core = {
    getInput: (name) => inputs[name] ?? '',
    setOutput: (name, value: string) => void outputs.set(name, value),
    summary: async () => Object.assign(Object.create(toolkitSummary), { write: async () => toolkitSummary }),
    setSecret: nothing,
    setFailed: nothing,
    info: nothing,
    warning: nothing,
    debug: nothing,
    startGroup: nothing,
    endGroup: nothing,
    saveState: nothing,
  };
  return { core, outputs };
}

/** What people write: a request for a remove token and `config.sh remove --token` for each runner, in a loop. */
async function removeHostWithTokenEach(
  host: number,
  patient: boolean,
  simulation: Simulation,
): Promise<void> {
  const { options, github, time } = simulation;
  const runners = `${github.apiUrl}/orgs/${organization}/actions/runners`;
  const askForToken = () =>
    fetch(`${runners}/remove-token`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}` },
    });
  for (const id of runnersOf(host, options)) {
    let answer = await askForToken();
    while (answer.status !== 201 && patient) {
      await answer.text();
      await time.sleep(Number(answer.headers.get('retry-after')) * 1000);
      answer = await askForToken();
    }
    const { token } = (await answer.json()) as { token?: string };
    if (token === undefined) {
      add(simulation, 'left');
      continue;
    }
    const authorization = `RemoteAuth ${token}`;
    await fetch(`${runners}/${id}`, { method: 'DELETE', headers: { authorization } });
    add(simulation, 'removed');
  }
}

function add({ results }: Simulation, result: string): void {
  results[result] = (results[result] ?? 0) + 1;
}

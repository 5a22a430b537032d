import { Failure } from '../failure.ts';
import { describeRegistration, type Registration } from '../registration.ts';
import type { ApiClient } from './api-client.ts';
import type { ApiRequest, ApiResponse } from './api-response.ts';
import { explainInvalidResponse } from './explain-response.ts';

/** A runner as GitHub lists it. */
export interface RegisteredRunner {
  readonly id: number;
  readonly name: string;
  /** GitHub may show `offline` for a runner that runs a job: https://github.com/actions/runner/issues/3892 */
  readonly status: 'online' | 'offline';
  /** GitHub may show `false` for a runner that runs a job: https://github.com/actions/runner/issues/4422 */
  readonly busy: boolean;
  /** Whether GitHub deregisters it after one job. Older servers do not say. */
  readonly ephemeral: boolean;
  readonly labels: readonly string[];
}

/** A runner is identified by both its ID and its name. */
export interface RunnerIdentity {
  readonly registration: Registration;
  readonly id: number;
  readonly name: string;
}

/** @returns `undefined` if GitHub does not list the runner, or lists another one with its ID */
export async function getRunner(
  client: ApiClient,
  identity: RunnerIdentity,
): Promise<RegisteredRunner | undefined> {
  const request = runnerRequest(identity, 'GET', 'read', [200, 404]);
  const response = await client.request(request);
  if (response.status === 404) {
    return undefined;
  }
  const runner = parseRunner(response.data);
  if (runner === undefined) {
    throw explainInvalidResponse(request, response, 'contains no runner');
  }
  return isSameRunner(runner, identity) ? runner : undefined;
}

/** Finds runners by name, whatever their ID. Names are case-insensitive. */
export async function findRunnersByName(
  client: ApiClient,
  { registration, name }: Omit<RunnerIdentity, 'id'>,
): Promise<RegisteredRunner[]> {
  const request = listRequest(registration, `find the runner "${name}"`, { name });
  const found = parseList(request, await client.request(request));
  // Older servers ignore the filter.
  const { runners, total } =
    found.total > found.runners.length ? await listRunners(client, registration) : found;
  const named = runners.filter((runner) => isSameName(runner.name, name));
  if (named.length === 0 && runners.length < total) {
    throw new Failure('invalid-response', {
      happened: `Could not ${request.purpose}: GitHub returned only ${runners.length} of ${total} runners, although the list was read twice.`,
      likelyCause: 'Runners were added or removed while the list was read.',
      remedy: 'Re-run the step.',
    });
  }
  return named;
}

/**
 * Lists all runners of a registration. Runners that are added or removed meanwhile move others to pages that were read
 * before: an incomplete list is read once more.
 *
 * @returns each runner once, and how many there are according to GitHub
 */
export async function listRunners(
  client: ApiClient,
  registration: Registration,
): Promise<{ runners: RegisteredRunner[]; total: number }> {
  const request = listRequest(registration, 'list the runners');
  const runners = new Map<number, RegisteredRunner>();
  let total = 0;
  for (let reads = 0; reads === 0 || (reads === 1 && runners.size < total); reads += 1) {
    const pages = (await client.requestPages(request)).map((page) => parseList(request, page));
    total = Math.max(...pages.map((page) => page.total));
    for (const runner of pages.flatMap((page) => page.runners)) {
      runners.set(runner.id, runner);
    }
  }
  return { runners: [...runners.values()], total };
}

/**
 * Deletes a runner. The caller has checked that GitHub lists it with this ID and name.
 *
 * @param mayRetry whether the runner may still be deleted, checked before each retry
 * @returns `busy` if GitHub refuses because the runner runs a job
 */
export async function deleteRunner(
  client: ApiClient,
  identity: RunnerIdentity,
  mayRetry?: () => Promise<boolean>,
): Promise<'deleted' | 'busy'> {
  const request = runnerRequest(identity, 'DELETE', 'delete', [204, 404, 422]);
  const { status } = await client.request({ ...request, ...(mayRetry && { mayRetry }) });
  return status === 422 ? 'busy' : 'deleted';
}

export function isSameRunner(
  runner: Pick<RegisteredRunner, 'id' | 'name'>,
  identity: RunnerIdentity,
): boolean {
  return runner.id === identity.id && isSameName(runner.name, identity.name);
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function runnerRequest(
  { registration, id, name }: RunnerIdentity,
  method: ApiRequest['method'],
  verb: string,
  expected: ApiRequest['expected'],
): ApiRequest {
  return {
    purpose: `${verb} the runner "${name}" of ${describeRegistration(registration)}`,
    registration,
    method,
    path: '/actions/runners/{runner_id}',
    parameters: { runner_id: id },
    expected,
  };
}

function listRequest(
  registration: Registration,
  what: string,
  parameters: ApiRequest['parameters'] = {},
): ApiRequest {
  return {
    purpose: `${what} of ${describeRegistration(registration)}`,
    registration,
    method: 'GET',
    path: '/actions/runners',
    parameters: { ...parameters, per_page: 100 },
    expected: [200],
  };
}

function parseList(
  request: ApiRequest,
  response: ApiResponse,
): { runners: RegisteredRunner[]; total: number } {
  const { runners, total_count: total } = response.data as { runners?: unknown; total_count?: unknown };
  const parsed = Array.isArray(runners) ? runners.map(parseRunner) : [undefined];
  if (typeof total !== 'number' || parsed.includes(undefined)) {
    throw explainInvalidResponse(request, response, 'contains no list of runners');
  }
  return { runners: parsed.filter((runner) => runner !== undefined), total };
}

function parseRunner(data: unknown): RegisteredRunner | undefined {
  const { id, name, status, busy, ephemeral, labels } = (data ?? {}) as Partial<
    Record<keyof RegisteredRunner, unknown>
  >;
  return typeof id === 'number' && typeof name === 'string' && typeof busy === 'boolean'
    ? {
        id,
        name,
        // Any other status counts as online: a runner that is online is not removed by mistake.
        status: status === 'offline' ? 'offline' : 'online',
        busy,
        ephemeral: ephemeral === true,
        labels: parseLabels(labels),
      }
    : undefined;
}

function parseLabels(labels: unknown): string[] {
  const named = Array.isArray(labels) ? labels : [];
  return named.map((label) => label?.name).filter((name) => typeof name === 'string');
}

import { describeRegistration, type Registration } from '../registration.ts';
import type { Client, Request } from './client.ts';
import { explainInvalidAnswer } from './diagnosis.ts';

/** A runner as GitHub lists it. */
export interface RegisteredRunner {
  readonly id: number;
  readonly name: string;
  /** Whether it runs a job. `false` has been seen during one (actions/runner#4422). */
  readonly busy: boolean;
  /** Whether GitHub deregisters it by itself after one job; older servers do not say. */
  readonly ephemeral: boolean;
}

/** What an installation says it is registered as. Only a runner with both the same id and the same name is it. */
export interface RunnerIdentity {
  readonly registration: Registration;
  readonly id: number;
  readonly name: string;
}

/**
 * Asks for a runner by its id.
 *
 * @returns `undefined` when GitHub does not know it, or knows another runner by that id
 */
export async function getRunner(
  client: Client,
  identity: RunnerIdentity,
): Promise<RegisteredRunner | undefined> {
  const request = runnerRequest(identity, 'GET', 'look up', [200, 404]);
  const answer = await client.request(request);
  if (answer.status === 404) {
    return undefined;
  }
  const runner = parseRunner(answer.data);
  if (runner === undefined) {
    throw explainInvalidAnswer(request, answer, 'without a runner in it');
  }
  return isSame(runner, identity) ? runner : undefined;
}

/**
 * Looks for runners of the same name, whatever their id. The filter by name leaves one at most; a server that is too
 * old to know it lists the first hundred.
 */
export async function findRunnersByName(
  client: Client,
  identity: RunnerIdentity,
): Promise<RegisteredRunner[]> {
  const request: Request = {
    ...runnerRequest(identity, 'GET', 'look for', [200]),
    path: '/actions/runners',
    parameters: { name: identity.name, per_page: 100 },
  };
  const answer = await client.request(request);
  const { runners } = answer.data as { runners?: unknown };
  if (!Array.isArray(runners)) {
    throw explainInvalidAnswer(request, answer, 'without a list of runners in it');
  }
  return runners
    .map(parseRunner)
    .filter((runner) => runner !== undefined)
    .filter((runner) => sameName(runner.name, identity.name));
}

/**
 * Deletes a runner through the API. The caller has made sure that GitHub lists it with this id and this name.
 *
 * @returns `busy` when GitHub refuses because the runner runs a job
 */
export async function deleteRunner(client: Client, identity: RunnerIdentity): Promise<'deleted' | 'busy'> {
  const { status } = await client.request(runnerRequest(identity, 'DELETE', 'delete', [204, 404, 422]));
  return status === 422 ? 'busy' : 'deleted';
}

/** Whether what GitHub lists is the runner that an installation says it is. */
export function isSame(runner: RegisteredRunner, identity: RunnerIdentity): boolean {
  return runner.id === identity.id && sameName(runner.name, identity.name);
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function runnerRequest(
  identity: RunnerIdentity,
  method: Request['method'],
  verb: string,
  expected: Request['expected'],
): Request {
  return {
    purpose: `${verb} the runner "${identity.name}" of the ${describeRegistration(identity.registration)}`,
    registration: identity.registration,
    method,
    path: '/actions/runners/{runner_id}',
    parameters: { runner_id: identity.id },
    expected,
  };
}

function parseRunner(data: unknown): RegisteredRunner | undefined {
  const { id, name, busy, ephemeral } = (data ?? {}) as Partial<Record<keyof RegisteredRunner, unknown>>;
  return typeof id === 'number' && typeof name === 'string' && typeof busy === 'boolean'
    ? { id, name, busy, ephemeral: ephemeral === true }
    : undefined;
}

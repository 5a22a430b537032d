import { randomUUID } from 'node:crypto';
import { deregister, type Registration, type RegistrationPath } from './registrations.ts';
import type { Reply } from './reply.ts';

const root = '/_services/';
const agents = '/_apis/distributedtask/pools/0/agents';

/** The part of GitHub that only runners talk to: removal in the older flow, and the poll of a listener. */
export class ActionsService {
  readonly #find: (path: RegistrationPath) => Registration | undefined;
  readonly #byToken = new Map<string, Registration>();

  constructor(find: (path: RegistrationPath) => Registration | undefined) {
    this.#find = find;
  }

  /** The response to `POST /actions/runner-registration` for a valid remove token. */
  connect(registration: Registration, serverUrl: string): Reply {
    const token = randomUUID();
    this.#byToken.set(token, registration);
    const url = `${serverUrl}${root}pipelines/${registration.path}/`;
    return { status: 200, body: { url, token_schema: 'OAuthAccessToken', token, use_v2_flow: true } };
  }

  /** Returns undefined for a path outside of this service. */
  reply(method: string, { pathname, searchParams }: URL, token: string): Reply | undefined {
    if (!pathname.startsWith(root)) return undefined;
    const registration = this.#byToken.get(token);
    if (!registration) return refuse(401, 'Access denied.');
    const id = Number(pathname.split('/').at(-1));
    if (method === 'GET' && pathname.endsWith(agents)) {
      const name = searchParams.get('agentName')?.toLowerCase();
      const value = [...registration.runners.values()]
        .filter((runner) => runner.name.toLowerCase() === name && !registration.hidden.has(runner.id))
        .map((runner) => ({ id: runner.id, name: runner.name }));
      return { status: 200, body: { count: value.length, value } };
    }
    if (method !== 'DELETE' || !pathname.endsWith(`${agents}/${id}`)) return refuse(404, 'Not found.');
    switch (deregister(registration, id)) {
      case 'deleted':
        return { status: 204 };
      case 'not-found':
        return refuse(404, `No agent found in pool 0 with identifier ${id}.`);
      case 'busy':
        // The last quotation mark is in the original message too.
        return refuse(400, `Runner "${registration.runners.get(id)?.name}" is still running a job"`);
    }
  }

  /**
   * The response to a listener that polls for a job, or undefined if the request is not a poll. The real one is held for up to
   * 50 seconds.
   */
  poll({ pathname, searchParams }: URL): Reply | undefined {
    const [, path] = /^\/_services\/broker\/(.+)\/message$/.exec(pathname) ?? [];
    if (path === undefined) return undefined;
    if (this.#find(path)?.runners.has(Number(searchParams.get('runner')))) return { status: 202 };
    const body = {
      source: 'actions-broker-listener',
      errorKind: 'RunnerNotFound',
      statusCode: 404,
      errorMessage: 'runner not found',
    };
    return { status: 404, body };
  }
}

function refuse(status: number, message: string): Reply {
  return { status, body: { $id: '1', innerException: null, message, errorCode: 0, eventId: 3000 } };
}

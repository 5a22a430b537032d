import { randomUUID } from 'node:crypto';
import type { GitHub } from '../github.ts';
import type { RegistrationPath, Runner } from '../registrations.ts';
import type { Reply } from '../reply.ts';
import { addresses } from './addresses.ts';
import { connectionData } from './connection-data.ts';
import type { RunnerRequest } from './request.ts';

const group = { id: 1, name: 'Default' };

/** What a runner sends about itself, in the newer flow and in the older one. */
interface Registered {
  name: string;
  ephemeral?: boolean;
  labels?: { name: string }[];
}

/**
 * What `config.sh --url ... --token ...` talks to (actions/runner: ConfigurationManager.cs, RunnerDotcomServer.cs for the newer
 * flow, RunnerServer.cs for the older one).
 */
export class RegistrationService {
  /** Registers any number of runners anywhere. A real one is created by the REST API and expires. */
  readonly token = 'AREGISTRATIONTOKENOFTHESANDBOX';
  /** Whether the next registration uses the newer flow. The runner remembers the flow for its removal. */
  useRunnerAdminFlow = true;
  readonly #github: GitHub;
  /** Where each runner is registered, by its id. */
  readonly #paths = new Map<number, RegistrationPath>();
  /** Where each token of the older flow registers runners. */
  readonly #serviceTokens = new Map<string, RegistrationPath>();

  constructor(github: GitHub) {
    this.#github = github;
  }

  /** Returns undefined for a runner that is not registered (any more), or was not registered here. */
  find(id: number): { path: RegistrationPath; runner: Runner } | undefined {
    const path = this.#paths.get(id);
    const runner = path && this.#github.runners(path).find((candidate) => candidate.id === id);
    return runner && path ? { path, runner } : undefined;
  }

  async serve(request: RunnerRequest): Promise<Reply | undefined> {
    const { scheme, token, path } = request;
    if (scheme === 'remoteauth' && token === this.token) return this.#serveNewerFlow(request);
    const [, registration, resource] = /^\/_services\/pipelines\/(.+?)\/_apis\/(.+)$/.exec(path) ?? [];
    if (!registration || !resource) return undefined;
    // The Actions service of the stand-in does the rest of a removal.
    return resource.toLowerCase() === 'connectiondata'
      ? { status: 200, body: connectionData }
      : this.#serveOlderFlow(request, resource, this.#serviceTokens.get(token));
  }

  async #serveNewerFlow(request: RunnerRequest): Promise<Reply | undefined> {
    const { serverUrl } = this.#github;
    const resource = request.path.replace(/^\/api\/v3/, '');
    if (resource === '/actions/runner-registration') {
      return this.#connect(pathOf((await request.json<{ url: string }>()).url));
    }
    if (resource === '/actions/runners/register') {
      const { url, ...registered } = await request.json<Registered & { url: string }>();
      const { id, name } = this.#add(pathOf(url), registered);
      const authorization = {
        authorization_url: `${serverUrl}${addresses.token}`,
        server_url: `${serverUrl}${addresses.broker}`,
        client_id: randomUUID(),
      };
      return { status: 201, body: { id, name, authorization } };
    }
    if (resource.endsWith('/actions/runner-groups')) {
      const runner_groups = [{ ...group, default: true, is_hosted: false }];
      return { status: 200, body: { total_count: 1, runner_groups } };
    }
    const [, path] = /^\/(?:repos\/|orgs\/)?(.+)\/actions\/runners$/.exec(resource) ?? [];
    if (!path) return undefined;
    const runners = this.#named(path, request.query.get('name'));
    return { status: 200, body: { total_count: runners.length, runners } };
  }

  /** Tells the runner which flow to use. */
  #connect(path: RegistrationPath): Reply {
    const { serverUrl } = this.#github;
    const token = randomUUID();
    this.#serviceTokens.set(token, path);
    const url = this.useRunnerAdminFlow
      ? `${serverUrl}${addresses.broker}`
      : `${serverUrl}/_services/pipelines/${path}/`;
    return {
      status: 200,
      body: { url, token_schema: 'OAuthAccessToken', token, use_v2_flow: this.useRunnerAdminFlow },
    };
  }

  async #serveOlderFlow(
    request: RunnerRequest,
    resource: string,
    path: RegistrationPath | undefined,
  ): Promise<Reply | undefined> {
    if (path === undefined) return undefined;
    if (request.method === 'GET' && resource === 'distributedtask/pools') {
      return list([{ ...group, isInternal: true, isHosted: false, poolType: 'automation', size: 1 }]);
    }
    if (!/^distributedtask\/pools\/\d+\/agents$/.test(resource)) return undefined;
    if (request.method === 'POST') {
      const runner = this.#add(path, await request.json<Registered>());
      return { status: 200, body: this.#agent(runner) };
    }
    return list(this.#named(path, request.query.get('agentName')).map((runner) => this.#agent(runner)));
  }

  #named(path: RegistrationPath, name: string | null): Runner[] {
    return this.#github.runners(path).filter((runner) => runner.name.toLowerCase() === name?.toLowerCase());
  }

  #add(path: RegistrationPath, { name, ephemeral = false, labels = [] }: Registered): Runner {
    const runner = this.#github.addRunner(path, {
      name,
      ephemeral,
      status: 'offline',
      labels: labels.map((label) => ({ name: label.name })),
    });
    this.#paths.set(runner.id, path);
    return runner;
  }

  /** A runner as the Actions service describes it. With these properties, its listener uses the broker. */
  #agent({ id, name, ephemeral, version }: Runner): object {
    const { serverUrl } = this.#github;
    const text = (value: string) => ({ $type: 'System.String', $value: value });
    return {
      id,
      name,
      ephemeral,
      version,
      authorization: { clientId: randomUUID(), authorizationUrl: `${serverUrl}${addresses.token}` },
      properties: {
        ServerUrlV2: text(`${serverUrl}${addresses.broker}`),
        UseV2Flow: { $type: 'System.Boolean', $value: true },
      },
    };
  }
}

/** The path of a web address, which is how the stand-in names a registration. */
function pathOf(url: string): RegistrationPath {
  return new URL(url).pathname.replaceAll(/^\/+|\/+$/g, '');
}

function list(value: unknown[]): Reply {
  return { status: 200, body: { count: value.length, value } };
}

import { randomBytes } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type RateLimitCounts, RateLimits } from './rate-limits.ts';

/** Where runners are registered, as the path of its web address: `octo/app`, `octo`, `enterprises/acme`. */
export type RegistrationPath = string;

/** A self-hosted runner as the REST API describes it. */
export interface Runner {
  id: number;
  runner_group_id: number;
  name: string;
  os: string;
  status: 'online' | 'offline';
  busy: boolean;
  ephemeral: boolean;
  version: string;
  labels: { id: number; name: string; type: 'read-only' | 'custom' }[];
}

/** A request that reached the stand-in. */
export interface RecordedRequest {
  readonly method: string;
  /** As it was sent, with the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Status of the answer; 0 as long as there is none, which an interceptor can bring about. */
  readonly status: number;
}

/** A remove token that was handed out. No endpoint revokes one. */
export interface IssuedToken {
  token: string;
  registration: RegistrationPath;
  expiresAt: Date;
}

/** An answer; one without a body is sent without a content type. */
export interface Answer {
  status: number;
  body?: unknown;
  headers?: OutgoingHttpHeaders;
}

/**
 * A fault hook: given each request before it is handled; returns true when it answered (or destroyed) the
 * connection itself.
 */
export type Interceptor = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

type Kind = 'repository' | 'organization' | 'enterprise';

interface Registration {
  kind: Kind;
  id: number;
  path: RegistrationPath;
  private: boolean;
  runners: Map<number, Runner>;
  hiddenFromRunnerSide: Set<number>;
}

/** Whoever makes a request: an administrator, or a runner's `config.sh` with a remove token. */
interface Caller {
  token: string;
  registrations: Registration[];
  runnerSide: boolean;
  scopes: string;
}

interface Call {
  github: GitHub;
  registration: Registration;
  runnerId: number;
  query: URLSearchParams;
  runnerSide: boolean;
  /** The operation's section in GitHub's documentation, which error bodies point to. */
  documentation: string;
}

interface Operation {
  method: string;
  /** Below the registration's own path. */
  path: string;
  documentation: string;
  perform: (call: Call) => Answer;
}

/**
 * The kinds of registrations: where the API has them, what their documentation calls them, and what a
 * fine-grained and a classic token need. The source is GitHub's published OpenAPI description; only the name of
 * the enterprise permission is an assumption, after the organization's.
 */
const kinds: Record<Kind, { root: string; documentation: string; permission: string; scope: string }> = {
  repository: {
    root: '/repos/{owner}/{repo}',
    documentation: 'a-repository',
    permission: 'administration',
    scope: 'repo',
  },
  organization: {
    root: '/orgs/{org}',
    documentation: 'an-organization',
    permission: 'organization_self_hosted_runners',
    scope: 'admin:org',
  },
  enterprise: {
    root: '/enterprises/{enterprise}',
    documentation: 'an-enterprise',
    permission: 'enterprise_self_hosted_runners',
    scope: 'manage_runners:enterprise',
  },
};

/** Of what GitHub tells about a repository, this answers only what tells one from another. */
const getRepository: Operation = {
  method: 'GET',
  path: '',
  documentation: 'repos/repos#get',
  perform: ({ registration: { id, path, private: isPrivate } }) => {
    const [login = '', name] = path.split('/');
    return { status: 200, body: { id, name, full_name: path, private: isPrivate, owner: { login } } };
  },
};
const createRemoveToken: Operation = {
  method: 'POST',
  path: '/actions/runners/remove-token',
  documentation: 'actions/self-hosted-runners#create-a-remove-token-for',
  perform: ({ github, registration }) => {
    const expiresAt = new Date(github.now().getTime() + 60 * 60 * 1000);
    const token = `A${Array.from(randomBytes(28), (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('')}`;
    github.issuedTokens.push({ token, registration: registration.path, expiresAt });
    return { status: 201, body: { token, expires_at: inPacificTime(expiresAt) } };
  },
};
const listRunners: Operation = {
  method: 'GET',
  path: '/actions/runners',
  documentation: 'actions/self-hosted-runners#list-self-hosted-runners-for',
  perform: ({ registration, query, runnerSide }) => {
    const name = query.get('name')?.toLowerCase();
    const found = [...registration.runners.values()]
      .filter((runner) => name === undefined || runner.name.toLowerCase() === name)
      .filter((runner) => !(runnerSide && registration.hiddenFromRunnerSide.has(runner.id)));
    const perPage = Math.min(Number(query.get('per_page') ?? 30), 100);
    const start = (Number(query.get('page') ?? 1) - 1) * perPage;
    const runners = found.slice(start, start + perPage);
    return { status: 200, body: { total_count: found.length, runners } };
  },
};
const getRunner: Operation = {
  method: 'GET',
  path: '/actions/runners/{runner_id}',
  documentation: 'actions/self-hosted-runners#get-a-self-hosted-runner-for',
  perform: ({ registration, runnerId, documentation }) => {
    const runner = registration.runners.get(runnerId);
    return runner ? { status: 200, body: runner } : failure(404, 'Not Found', documentation);
  },
};
const deleteRunner: Operation = {
  method: 'DELETE',
  path: '/actions/runners/{runner_id}',
  documentation: 'actions/self-hosted-runners#delete-a-self-hosted-runner-from',
  perform: ({ registration, runnerId, runnerSide, documentation }) => {
    const runner = registration.runners.get(runnerId);
    if (!runner || (runnerSide && registration.hiddenFromRunnerSide.has(runnerId)))
      return failure(404, 'Not Found', documentation);
    if (runner.busy) {
      const message = `Runner "${runner.name}" is currently running a job and cannot be deleted.`;
      return failure(422, message, documentation);
    }
    registration.runners.delete(runnerId);
    return { status: 204 };
  },
};

const runnerOperations = [createRemoveToken, listRunners, getRunner, deleteRunner];
/** What `config.sh` does with a remove token: the older flow looks for the name before it deletes. */
const runnerSideOperations = [listRunners, deleteRunner];

/** Every operation that is served, as GitHub's description has it: `GET /orgs/{org}/actions/runners`. */
export const servedOperations = [
  `${getRepository.method} ${kinds.repository.root}`,
  ...Object.values(kinds).flatMap(({ root }) =>
    runnerOperations.map(({ method, path }) => `${method} ${root}${path}`),
  ),
];

/**
 * A stand-in for GitHub's REST API on loopback. It keeps state, and serves what concerns the removal of
 * self-hosted runners: to an administrator's token, and to a runner's `config.sh`, which shows a remove token as
 * `RemoteAuth` (actions/runner, `RunnerDotcomServer.cs`).
 */
export class GitHub {
  /** Origin of the web addresses, such as a runner's `gitHubUrl`. */
  readonly serverUrl: string;
  /** Root of the API as GitHub Enterprise Server has it. The origin serves as well, as on api.github.com. */
  readonly apiUrl: string;
  readonly now: () => Date;
  /** None are enforced unless they were given. */
  readonly rateLimits: RateLimits | undefined;
  readonly requests: RecordedRequest[] = [];
  readonly issuedTokens: IssuedToken[] = [];
  /** Called when a request has arrived, before it is counted or looked at: it can be held back. */
  beforeRequest: ((request: IncomingMessage) => Promise<void>) | undefined;
  intercept: Interceptor | undefined;
  /** Called when a request has been answered, before the next one is: the world can change in between. */
  afterRequest: ((record: RecordedRequest) => void) | undefined;

  readonly #server: Server;
  readonly #registrations = new Map<string, Registration>();
  readonly #adminTokens = new Map<string, Caller>();
  #lastId = 0;

  private constructor(server: Server, now: () => Date, limits: Readonly<RateLimitCounts> | undefined) {
    this.#server = server;
    this.now = now;
    this.rateLimits = limits && new RateLimits(limits, () => now().getTime());
    const { address, family, port } = server.address() as AddressInfo;
    this.serverUrl = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
    this.apiUrl = `${this.serverUrl}/api/v3`;
    server.on('request', (request, response) => {
      // Only a client that goes away while it sends, or a faulty interceptor, gets here.
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  /** Starts to listen, on a free port of 127.0.0.1 unless others are given. */
  static async start(
    options: { now?: () => Date; host?: string; port?: number; limits?: Readonly<RateLimitCounts> } = {},
  ): Promise<GitHub> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
    });
    return new GitHub(server, options.now ?? (() => new Date()), options.limits);
  }

  /** Stops at once: open connections are cut. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** The requests made with an administrator's token: all but those of the runner's own scripts. */
  get actionRequests(): RecordedRequest[] {
    return this.requests.filter(({ headers }) => !/^RemoteAuth /i.test(headers.authorization ?? ''));
  }

  addRepository(
    path: RegistrationPath,
    options: { id?: number; visibility?: 'public' | 'private' } = {},
  ): void {
    const registration = this.#add('repository', path, options.id);
    registration.private = options.visibility !== 'public';
    this.#registrations.set(`repositories/${registration.id}`, registration);
  }

  /** From now on the old name redirects, as on GitHub. */
  renameRepository(from: RegistrationPath, to: RegistrationPath): void {
    const registration = this.#existing(from);
    registration.path = to;
    this.#registrations.set(to.toLowerCase(), registration);
  }

  addOrganization(login: string): void {
    this.#add('organization', login);
  }

  addEnterprise(slug: string): void {
    this.#add('enterprise', `enterprises/${slug}`);
  }

  /**
   * Makes a token known, whose prefix tells its kind. Unless its scopes are given, a classic one has those that
   * its registrations ask for.
   */
  addAdminToken(token: string, access: { registrations: RegistrationPath[]; scopes?: string }): void {
    const registrations = access.registrations.map((path) => this.#existing(path));
    const neededScopes = new Set(registrations.map(({ kind }) => kinds[kind].scope));
    const scopes = access.scopes ?? [...neededScopes].join(', ');
    this.#adminTokens.set(token, { token, registrations, runnerSide: false, scopes });
  }

  addRunner(path: RegistrationPath, runner: Pick<Runner, 'name'> & Partial<Runner>): Runner {
    const added: Runner = {
      id: this.#claimId(runner.id),
      runner_group_id: 1,
      os: 'linux',
      status: 'online',
      busy: false,
      ephemeral: false,
      version: '2.336.0',
      labels: ['self-hosted', 'Linux', 'X64'].map((name, index) => ({
        id: index + 1,
        name,
        type: 'read-only',
      })),
      ...runner,
    };
    this.#existing(path).runners.set(added.id, added);
    return structuredClone(added);
  }

  removeRunner(path: RegistrationPath, id: number): void {
    this.#existing(path).runners.delete(id);
  }

  /** The runners that are registered now; copies. */
  runners(path: RegistrationPath): Runner[] {
    return structuredClone([...this.#existing(path).runners.values()]);
  }

  setBusy(path: RegistrationPath, id: number, busy: boolean): void {
    const runner = this.#existing(path).runners.get(id);
    if (!runner) throw new Error(`No runner ${id} is registered with ${path}`);
    runner.busy = busy;
  }

  /**
   * From now on `config.sh` does not find the runner where it looks, while administrators still see it: its older
   * flow then reports success and the runner stays registered (actions/runner#1254).
   */
  hideFromRunnerSide(path: RegistrationPath, id: number): void {
    this.#existing(path).hiddenFromRunnerSide.add(id);
  }

  /** Sends an answer with the headers that all of GitHub's answers carry; interceptors can use it too. */
  send(response: ServerResponse, { status, body, headers }: Answer): void {
    const used = this.requests.length;
    const requestId = randomBytes(16).toString('hex').toUpperCase();
    response.writeHead(status, {
      date: this.now().toUTCString(),
      ...(body !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
      'x-github-request-id': requestId.replace(/^(.{4})(.{4})(.{7})(.{7})(.{8}).*/, '$1:$2:$3:$4:$5'),
      'x-ratelimit-limit': 5000,
      'x-ratelimit-remaining': Math.max(5000 - used, 0),
      'x-ratelimit-reset': Math.floor(this.now().getTime() / 1000) + 3600,
      'x-ratelimit-resource': 'core',
      'x-ratelimit-used': used,
      ...headers,
    });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }

  #claimId(wanted = this.#lastId + 1): number {
    this.#lastId = Math.max(this.#lastId, wanted);
    return wanted;
  }

  #add(kind: Kind, path: RegistrationPath, id?: number): Registration {
    const registration = {
      kind,
      id: this.#claimId(id),
      path,
      private: false,
      runners: new Map(),
      hiddenFromRunnerSide: new Set<number>(),
    };
    this.#registrations.set(path.toLowerCase(), registration);
    return registration;
  }

  /** Names are not case sensitive, and a repository's former name still leads to it. */
  #existing(path: RegistrationPath): Registration {
    const registration = this.#registrations.get(path.toLowerCase());
    if (!registration) throw new Error(`Nothing is known as ${path}`);
    return registration;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const record = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: await text(request),
      get status() {
        return response.headersSent ? response.statusCode : 0;
      },
    };
    if (this.beforeRequest) await this.beforeRequest(request);
    this.requests.push(record);
    const { token } = tokenIn(request.headers);
    const admission = this.rateLimits?.begin(token, record.method);
    try {
      if (!(await this.intercept?.(request, response))) {
        const answer = admission?.refusal ?? this.#answer(record);
        this.send(response, { ...answer, headers: { ...admission?.headers, ...answer.headers } });
      }
    } finally {
      admission?.end();
    }
    this.afterRequest?.(record);
  }

  #answer({ method, path, headers }: RecordedRequest): Answer {
    const caller = this.#authenticate(headers);
    if (!caller) return failure(401, 'Bad credentials');

    const { pathname, search, searchParams: query } = new URL(path, this.serverUrl);
    const [, prefix = '', root = '', rest = ''] =
      /^(\/api\/v3)?(\/repos\/[^/]+\/[^/]+|\/(?:repositories|orgs|enterprises)\/[^/]+)(.*)$/.exec(pathname) ??
      [];
    const name = root.replace(/^\/(?:(?:repos|orgs)\/)?/, '').toLowerCase();
    const registration = this.#registrations.get(name);
    const template = rest.replace(/\/\d+$/, '/{runner_id}');
    const operation = [
      ...(registration?.kind === 'repository' ? [getRepository] : []),
      ...runnerOperations,
    ].find((candidate) => candidate.method === method && candidate.path === template);
    if (!registration || !operation) return failure(404, 'Not Found');

    if (name !== registration.path.toLowerCase() && !name.startsWith('repositories/')) {
      // After a 301 clients may turn a POST into a GET; 307 keeps the method.
      const location = `${this.serverUrl}${prefix}/repositories/${registration.id}${rest}${search}`;
      const [status, message] = method === 'GET' ? [301, 'Moved Permanently'] : [307, 'Temporary Redirect'];
      const documentation = 'using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects';
      return { ...failure(status, message, documentation), headers: { location } };
    }

    const documentation = `${operation.documentation}-${kinds[registration.kind].documentation}`;
    const { runnerSide } = caller;
    const runnerId = Number(rest.split('/').at(-1));
    const answer =
      this.#refusal(caller, operation, registration, documentation) ??
      operation.perform({ github: this, registration, runnerId, query, runnerSide, documentation });
    if (runnerSide || !caller.token.startsWith('ghp_')) return answer;
    const scopes = {
      'x-oauth-scopes': caller.scopes,
      'x-accepted-oauth-scopes': kinds[registration.kind].scope,
    };
    return { ...answer, headers: { ...answer.headers, ...scopes } };
  }

  #authenticate(headers: IncomingHttpHeaders): Caller | undefined {
    const { scheme, token } = tokenIn(headers);
    if (scheme !== 'remoteauth') return this.#adminTokens.get(token);
    const issued = this.issuedTokens.find((candidate) => candidate.token === token);
    return issued && issued.expiresAt > this.now()
      ? { token, registrations: [this.#existing(issued.registration)], runnerSide: true, scopes: '' }
      : undefined;
  }

  /** How GitHub refuses depends on the kind of token; undefined when it is allowed. */
  #refusal(
    { token, registrations, runnerSide }: Caller,
    operation: Operation,
    registration: Registration,
    documentation: string,
  ): Answer | undefined {
    const notFound = failure(404, 'Not Found', documentation);
    const granted = registrations.includes(registration);
    if (runnerSide) return granted && runnerSideOperations.includes(operation) ? undefined : notFound;
    if (granted) return undefined;
    if (operation === getRepository) {
      const owner = this.#registrations.get(registration.path.split('/')[0]?.toLowerCase() ?? '');
      return !registration.private || (owner && registrations.includes(owner)) ? undefined : notFound;
    }
    const permission = `${kinds[registration.kind].permission}=${operation.method === 'GET' ? 'read' : 'write'}`;
    const headers = { 'x-accepted-github-permissions': permission };
    if (token.startsWith('ghs_'))
      return { ...failure(403, 'Resource not accessible by integration', documentation), headers };
    if (token.startsWith('github_pat_'))
      return { ...failure(403, 'Resource not accessible by personal access token', documentation), headers };
    // GitHub says "Repository" of organizations too (actions/actions-runner-controller#1716).
    return registration.private
      ? notFound
      : failure(403, 'Must have admin rights to Repository.', documentation);
  }
}

/** What a request shows of its caller; empty without a token. */
function tokenIn({ authorization = '' }: IncomingHttpHeaders): { scheme: string; token: string } {
  const [, scheme = '', token = ''] = /^(token|bearer|remoteauth) (.+)$/i.exec(authorization) ?? [];
  return { scheme: scheme.toLowerCase(), token };
}

function failure(status: number, message: string, documentation?: string): Answer {
  const documentation_url = ['https://docs.github.com/rest', documentation].filter(Boolean).join('/');
  return { status, body: { message, documentation_url, status: String(status) } };
}

/** GitHub writes the expiry with a time zone offset: `2020-01-29T12:13:35.123-08:00` in its published example. */
function inPacificTime(time: Date): string {
  return new Date(time.getTime() - 8 * 60 * 60 * 1000).toISOString().replace('Z', '-08:00');
}

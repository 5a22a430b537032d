import { randomBytes } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ActionsService } from './actions-service.ts';
import { deleteRunner, getRepository, type Operation, operations } from './operations.ts';
import { type Kind, kinds, type Registration, type RegistrationPath, type Runner } from './registrations.ts';
import { errorReply, type Reply } from './reply.ts';

/** A request that reached the stand-in. */
export interface RecordedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Status of the response; 0 without a response. */
  readonly status: number;
}

/** A remove token. No endpoint revokes one. */
export interface IssuedToken {
  token: string;
  registration: RegistrationPath;
  expiresAt: Date;
}

/** Called for each request before it is handled; returns true if it sent the response or closed the connection. */
export type Interceptor = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

/** An operation on a registration. */
interface Requested {
  operation: Operation;
  registration: Registration;
  documentation: string;
}

interface AdminToken {
  token: string;
  registrations: Registration[];
  scopes: string[];
}

/**
 * A stand-in for GitHub on loopback: the part of the REST API that manages self-hosted runners, and what `config.sh remove`
 * and a listener talk to (actions/runner: RunnerDotcomServer.cs, ConfigurationManager.cs).
 */
export class GitHub {
  /** Origin of the web addresses, such as the `gitHubUrl` of a runner. */
  readonly serverUrl: string;
  /** API root as on GitHub Enterprise Server. The origin works too, as on api.github.com. */
  readonly apiUrl: string;
  readonly now: () => Date;
  readonly requests: RecordedRequest[] = [];
  readonly issuedTokens: IssuedToken[] = [];
  intercept: Interceptor | undefined;
  /** Called after each response and before the next request, to change the state in between. */
  afterRequest: ((record: RecordedRequest) => void) | undefined;
  /** Ignore `?name=`, as a server does that does not support the filter. */
  ignoresNameFilter = false;
  /**
   * Status of the response to `config.sh` in the newer flow if its token is expired, unknown, or of another registration. In the
   * older flow it is 404 (actions/runner#4042).
   */
  refusedTokenStatus: 401 | 404 = 404;

  readonly #server: Server;
  readonly #extensions: Interceptor[] = [];
  readonly #registrations = new Map<string, Registration>();
  readonly #adminTokens = new Map<string, AdminToken>();
  readonly #service = new ActionsService((path) => this.#registrations.get(path.toLowerCase()));
  #lastId = 0;

  private constructor(server: Server, now: () => Date) {
    this.#server = server;
    this.now = now;
    const { address, family, port } = server.address() as AddressInfo;
    const host = address === '0.0.0.0' ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address;
    // Without port 80, which is the default.
    this.serverUrl = new URL(`http://${host}:${port}`).origin;
    this.apiUrl = `${this.serverUrl}/api/v3`;
    server.on('request', (request, response) => {
      // Rejects only if the client disconnects while sending, or an interceptor throws.
      this.#handle(request, response).catch(() => response.destroy());
    });
  }

  /** Listens on a free port of 127.0.0.1 by default. */
  static async start(options: { now?: () => Date; host?: string; port?: number } = {}): Promise<GitHub> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
    });
    return new GitHub(server, options.now ?? (() => new Date()));
  }

  /** Also closes open connections. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** Serves more than this class does. Such requests are not recorded. */
  extend(serve: Interceptor): void {
    this.#extensions.push(serve);
  }

  /** The requests of the action; those of the runner's own scripts are left out. */
  get actionRequests(): RecordedRequest[] {
    return this.requests.filter(
      ({ headers, path }) => tokenIn(headers).scheme !== 'remoteauth' && !path.startsWith('/_services/'),
    );
  }

  addRepository(path: RegistrationPath, { visibility = 'private' } = {}): void {
    const registration = this.#add('repository', path);
    registration.private = visibility === 'private';
    this.#registrations.set(`repositories/${registration.id}`, registration);
  }

  /** The old name redirects to the new one, as on GitHub. */
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
   * Adds a token that can manage the runners of these registrations. Its prefix decides its kind. A classic token has all scopes
   * unless they are given.
   */
  addAdminToken(token: string, access: { registrations: RegistrationPath[]; scopes?: string }): void {
    const registrations = access.registrations.map((path) => this.#existing(path));
    const scopes =
      access.scopes?.split(/, */).filter(Boolean) ?? Object.values(kinds).map(({ scope }) => scope);
    this.#adminTokens.set(token, { token, registrations, scopes });
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

  /** Copies of the registered runners. */
  runners(path: RegistrationPath): Runner[] {
    return structuredClone([...this.#existing(path).runners.values()]);
  }

  /** Changes what the API says about a runner, such as its `status` or `labels`. */
  updateRunner(path: RegistrationPath, id: number, changes: Partial<Omit<Runner, 'id'>>): void {
    const runner = this.#existing(path).runners.get(id);
    if (!runner) throw new Error(`Runner ${id} is not registered with ${path}.`);
    Object.assign(runner, changes);
  }

  setBusy(path: RegistrationPath, id: number, busy: boolean): void {
    this.updateRunner(path, id, { busy });
  }

  /**
   * `config.sh remove` in the older flow no longer finds the runner, while the API still lists it. The script then succeeds and
   * the runner stays registered (actions/runner#1254).
   */
  hideFromRunnerSide(path: RegistrationPath, id: number): void {
    this.#existing(path).hidden.add(id);
  }

  /** Sends a response with the headers that every response of GitHub has. Interceptors can use it too. */
  send(response: ServerResponse, { status, body, headers }: Reply): void {
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
    response.end(body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  }

  #claimId(wanted = this.#lastId + 1): number {
    this.#lastId = Math.max(this.#lastId, wanted);
    return wanted;
  }

  #add(kind: Kind, path: RegistrationPath): Registration {
    const registration: Registration = {
      kind,
      id: this.#claimId(),
      path,
      private: false,
      runners: new Map(),
      hidden: new Set(),
    };
    this.#registrations.set(path.toLowerCase(), registration);
    return registration;
  }

  /** Finds a registration by its name, which is not case-sensitive, or by a former name. */
  #existing(path: RegistrationPath): Registration {
    const registration = this.#registrations.get(path.toLowerCase());
    if (!registration) throw new Error(`${path} is not registered with the stand-in.`);
    return registration;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const serve of this.#extensions) if (await serve(request, response)) return;
    const url = new URL(request.url ?? '', this.serverUrl);
    const poll = this.#service.poll(url);
    if (poll) {
      // Not recorded: a listener polls at any time.
      this.send(response, poll);
      return;
    }
    const record = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: await text(request),
      get status() {
        return response.headersSent ? response.statusCode : 0;
      },
    };
    this.requests.push(record);
    if (!(await this.intercept?.(request, response))) this.send(response, this.#reply(record, url));
    this.afterRequest?.(record);
  }

  #reply({ method, headers, body }: RecordedRequest, url: URL): Reply {
    const { scheme, token } = tokenIn(headers);
    const served = this.#service.reply(method, url, token);
    if (served) return served;
    if (scheme === 'remoteauth') {
      return url.pathname.endsWith('/actions/runner-registration')
        ? this.#connectRunner(token, body)
        : this.#perform(method, url, (operation) => this.#refuseRunner(token, operation));
    }
    if (scheme === '') return this.#perform(method, url, refuseUnauthenticated);
    const admin = /^(token|bearer)$/.test(scheme) ? this.#adminTokens.get(token) : undefined;
    if (!admin) return errorReply(401, 'Bad credentials');
    const reply = this.#perform(method, url, (operation) => this.#refuseAdmin(admin, operation));
    if (!isClassic(token)) return reply;
    const accepted = Object.values(kinds).find(({ root }) =>
      url.pathname.includes(`/${root.split('/')[1]}/`),
    );
    const scopes = {
      'x-oauth-scopes': admin.scopes.join(', '),
      'x-accepted-oauth-scopes': accepted?.scope ?? kinds.repository.scope,
    };
    return { ...reply, headers: { ...reply.headers, ...scopes } };
  }

  /** @param check returns the error for a request that is not allowed */
  #perform(method: string, url: URL, check: (request: Requested) => Reply | undefined): Reply {
    const [, prefix = '', root = '', rest = ''] =
      /^(\/api\/v3)?(\/repos\/[^/]+\/[^/]+|\/(?:repositories|orgs|enterprises)\/[^/]+)(.*)$/.exec(
        url.pathname,
      ) ?? [];
    const name = root.replace(/^\/(?:(?:repos|orgs)\/)?/, '').toLowerCase();
    const registration = this.#registrations.get(name);
    const template = rest.replace(/\/\d+$/, '/{runner_id}');
    const operation = operations.find(
      (candidate) => candidate.method === method && candidate.path === template,
    );
    if (!registration || !operation || (operation === getRepository && registration.kind !== 'repository'))
      return errorReply(404, 'Not Found');

    const documentation = `${operation.documentation}-${kinds[registration.kind].documentation}`;
    const refusal = check({ operation, registration, documentation });
    if (refusal) return refusal;
    if (name !== registration.path.toLowerCase() && !name.startsWith('repositories/')) {
      const location = `${this.serverUrl}${prefix}/repositories/${registration.id}${rest}${url.search}`;
      // Clients may turn a POST into a GET after a 301; 307 keeps the method.
      return method === 'GET'
        ? errorReply(301, 'Moved Permanently', { headers: { location } })
        : errorReply(307, 'Temporary Redirect', { headers: { location } });
    }
    if (this.ignoresNameFilter) url.searchParams.delete('name');
    return operation.perform({
      registration,
      runnerId: Number(rest.split('/').at(-1)),
      url,
      documentation,
      issueToken: () => this.#issueToken(registration),
    });
  }

  #issueToken({ path }: Registration): IssuedToken {
    const expiresAt = new Date(this.now().getTime() + 60 * 60 * 1000);
    const letters = Array.from(randomBytes(28), (byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]);
    const issued = { token: `A${letters.join('')}`, registration: path, expiresAt };
    this.issuedTokens.push(issued);
    return issued;
  }

  /** The older flow exchanges the remove token for a token of the Actions service. */
  #connectRunner(token: string, body: string): Reply {
    const path = new URL(JSON.parse(body).url).pathname.replaceAll(/^\/|\/$/g, '').toLowerCase();
    const registration = this.#registrations.get(path);
    return registration && this.#isRemoveToken(token, registration)
      ? this.#service.connect(registration, this.serverUrl)
      : errorReply(404, 'Not Found');
  }

  #isRemoveToken(token: string, registration: Registration): boolean {
    return this.issuedTokens.some(
      (issued) =>
        issued.token === token &&
        issued.expiresAt > this.now() &&
        this.#existing(issued.registration) === registration,
    );
  }

  /** A remove token allows nothing but the deletion of a runner. */
  #refuseRunner(token: string, { operation, registration, documentation }: Requested): Reply | undefined {
    if (operation !== deleteRunner) return errorReply(404, 'Not Found', { documentation });
    if (this.#isRemoveToken(token, registration)) return undefined;
    return this.refusedTokenStatus === 401
      ? errorReply(401, 'Bad credentials')
      : errorReply(404, 'Not Found', { documentation });
  }

  /** How GitHub refuses a token that lacks the permission depends on the kind of token. */
  #refuseAdmin(
    { token, registrations, scopes }: AdminToken,
    { operation, registration, documentation }: Requested,
  ): Reply | undefined {
    const { permission, scope } = kinds[registration.kind];
    const suffices = isClassic(token) ? scopes.includes(scope) : permission !== undefined;
    if (suffices && registrations.includes(registration)) return undefined;
    if (operation === getRepository) {
      const owner = this.#registrations.get(registration.path.split('/')[0]?.toLowerCase() ?? '');
      if (!registration.private || (owner && registrations.includes(owner))) return undefined;
      return errorReply(404, 'Not Found', { documentation });
    }
    if (isClassic(token)) {
      // GitHub says "Repository" for organizations too (actions/actions-runner-controller#1716).
      return registration.private || registration.kind === 'enterprise'
        ? errorReply(404, 'Not Found', { documentation })
        : errorReply(403, 'Must have admin rights to Repository.', { documentation });
    }
    const access = operation.method === 'GET' ? 'read' : 'write';
    const headers = permission ? { 'x-accepted-github-permissions': `${permission}=${access}` } : {};
    const bearer = token.startsWith('ghs_') ? 'integration' : 'personal access token';
    return errorReply(403, `Resource not accessible by ${bearer}`, { documentation, headers });
  }
}

/** A private repository does not exist for a request without a token, such as a redirected request of `config.sh`. */
function refuseUnauthenticated({ registration, documentation }: Requested): Reply {
  return registration.private
    ? errorReply(404, 'Not Found', { documentation })
    : errorReply(401, 'Requires authentication', { documentation });
}

function isClassic(token: string): boolean {
  return !/^(ghs_|github_pat_)/.test(token);
}

/** Empty values without an authorization header. */
function tokenIn({ authorization = '' }: IncomingHttpHeaders): { scheme: string; token: string } {
  const [, scheme = '', token = ''] = /^(\S+) ?(.*)$/.exec(authorization) ?? [];
  return { scheme: scheme.toLowerCase(), token };
}

import { Octokit } from '@octokit/core';
import { RequestError } from '@octokit/request-error';
import type { AdminToken } from '../admin-token.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { apiRoute, type Server } from '../registration.ts';
import { type ApiRequest, type ApiResponse, header, isJson, requestId } from './api-response.ts';
import { explainNetworkError } from './explain-network-error.ts';
import { explainInvalidResponse, explainResponse } from './explain-response.ts';
import { proxyFor } from './proxy.ts';
import { type FailedAttempt, withRetries } from './retry.ts';
import { createFetch } from './transport.ts';

type OctokitResponse = Awaited<ReturnType<Octokit['request']>>;

/** 500 pages are 50,000 runners, far more than GitHub allows. */
const maximumPages = 500;

/** GitHub's REST API. All methods throw a Failure if there is no response, or one with an unexpected status. */
export interface ApiClient {
  request(request: ApiRequest): Promise<ApiResponse>;
  /** Requests all pages of a list. A page that fails fails the list. */
  requestPages(request: ApiRequest): Promise<ApiResponse[]>;
}

export interface ApiClientOptions {
  readonly server: Server;
  readonly adminToken: AdminToken;
  /** After transient errors. */
  readonly retries: number;
  readonly log: Log;
  readonly clock: Clock;
  /** Aborts all requests, with the failure that they then end with. */
  readonly signal: AbortSignal;
}

/** @throws Failure if the environment names a proxy that cannot be used */
export function createApiClient({ server, adminToken, ...options }: ApiClientOptions): ApiClient {
  const { log, clock, signal } = options;
  const proxy = proxyFor(server.apiUrl);
  const octokitOptions = {
    baseUrl: server.apiUrl,
    userAgent: 'runner-remove-token',
    request: {
      fetch: createFetch(server.apiUrl, proxy, signal),
      // Octokit's warning about a deprecated route quotes the response; by default it goes to the console.
      log: { warn: log.debug },
    },
  };

  async function attempt(
    send: () => OctokitResponse | Promise<OctokitResponse>,
    request: ApiRequest,
    url: URL,
  ): Promise<OctokitResponse | FailedAttempt> {
    const start = clock.now();
    const logResponse = (response?: ApiResponse) =>
      log.debug(describeExchange(request, url, clock.now() - start, response));
    let response: OctokitResponse;
    try {
      response = await send();
    } catch (error) {
      if (!(error instanceof RequestError && error.response)) {
        logResponse();
        return explainNetworkError(error, { purpose: request.purpose, server, proxy });
      }
      response = error.response;
    }
    request.onResponse?.(response);
    logResponse(response);
    const isExpected =
      request.expected.includes(response.status) && (response.status === 204 || isJson(response));
    return isExpected ? response : explainResponse(request, response, adminToken.kind, server);
  }

  /** Adds retries, explanations and the debug log to the requests of an Octokit. */
  function prepare<Kind extends Octokit>(octokit: Kind, request: ApiRequest): Kind {
    octokit.hook.wrap('request', (send, parameters) => {
      const url = new URL(octokit.request.endpoint(parameters).url);
      const { mayRetry } = request;
      return withRetries(() => attempt(() => send(parameters), request, url), { ...options, mayRetry });
    });
    return octokit;
  }

  return {
    request: (request) => {
      const octokit = prepare(new Octokit({ auth: adminToken.value, ...octokitOptions }), request);
      return octokit.request(...endpointOf(request));
    },
    requestPages: async (request) => {
      // Loads slowly, and few runs need it.
      const { getOctokit } = await import('@actions/github');
      const octokit = prepare(getOctokit(adminToken.value, octokitOptions), request);
      const pages: ApiResponse[] = [];
      octokit.hook.wrap('request', async (send, parameters) => {
        const page = await send(parameters);
        pages.push(page);
        if (pages.length > maximumPages) {
          throw explainInvalidResponse(request, page, `belongs to a list of more than ${maximumPages} pages`);
        }
        // `paginate` follows the links. It would take the first property of the page for the list.
        return { ...page, data: [] };
      });
      await octokit.paginate(...endpointOf(request));
      return pages;
    },
  };
}

function endpointOf({
  registration,
  method,
  path,
  parameters,
}: ApiRequest): [string, Record<string, unknown>] {
  const root = apiRoute(registration);
  const headers = { 'x-github-api-version': '2022-11-28' };
  return [`${method} ${root.path}${path}`, { ...root.parameters, ...parameters, headers }];
}

/** For example `GET /orgs/octo/actions/runners?page=2: 200 in 12 ms, request ID 04AC:1:22, 4999 requests left`. */
function describeExchange(
  { method }: ApiRequest,
  { pathname, search }: URL,
  milliseconds: number,
  response?: ApiResponse,
): string {
  const id = response && requestId(response);
  const remaining = response && header(response, 'x-ratelimit-remaining');
  return [
    `${method} ${pathname}${search}: ${response?.status ?? 'no response'} in ${Math.round(milliseconds)} ms`,
    ...(id === undefined ? [] : [`request ID ${id}`]),
    ...(remaining === undefined ? [] : [`${remaining} requests left`]),
  ].join(', ');
}

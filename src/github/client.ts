import { Octokit } from '@octokit/core';
import { RequestError } from '@octokit/request-error';
import { type Clock, systemClock } from '../clock.ts';
import type { Inputs } from '../inputs.ts';
import type { Log } from '../log.ts';
import { apiRoute, type Registration } from '../registration.ts';
import { isJson } from './answer.ts';
import { explainNoAnswer } from './connection.ts';
import { explainAnswer } from './diagnosis.ts';
import { sendDirectly } from './direct.ts';
import { describeExchange } from './exchange.ts';
import { createFetch, type Send } from './fetch.ts';
import { proxyFor } from './proxy.ts';
import { type Setback, withRetries } from './retry.ts';

/** An answer of GitHub's API. Of what is in it, nothing has been checked but that it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: unknown;
}

/** What is asked of GitHub about a registration's runners. */
export interface Request {
  /** In words that complete "could not": `create a remove token for the repository octo/app`. */
  readonly purpose: string;
  readonly registration: Registration;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** What follows the registration's own path: `/actions/runners/remove-token`. */
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  /** The statuses that answer the question; any other is a failure. */
  readonly expected: readonly number[];
  /** Is shown every answer before anything of it is written: it can hold a secret. */
  readonly onAnswer?: (answer: Answer) => void;
}

/** Speaks to GitHub's REST API. */
export interface Client {
  /** @throws Failure when there is no answer, or one with a status that is not expected */
  request(request: Request): Promise<Answer>;
}

/**
 * @param inputs the server, the token (which is sent to this server and to no other), and how often what failed for a
 *   passing reason is tried again
 * @param signal is aborted when there is no more time, with the failure of what is then still under way
 */
export function createClient(
  { server, adminToken, retries }: Pick<Inputs, 'server' | 'adminToken' | 'retries'>,
  log: Log,
  clock: Clock = systemClock,
  signal: AbortSignal = new AbortController().signal,
): Client {
  const proxy = proxyFor(server.apiUrl);
  const options = (send: Send) => ({
    baseUrl: server.apiUrl,
    userAgent: 'runner-remove-token',
    // Octokit warns of deprecated routes, in words that come from the answer; without this, on the console.
    request: { fetch: createFetch(send, signal), log: { warn: log.debug } },
  });

  /** Only the way through a proxy takes what the toolkit's Octokit brings along: an HTTP client, slow to load. */
  async function connect(): Promise<Pick<Octokit, 'request'>> {
    if (proxy === undefined) {
      return new Octokit({ auth: adminToken, ...options(await sendDirectly(server.apiUrl)) });
    }
    const { getOctokit, sendThrough } = await import('./proxied.ts');
    return getOctokit(adminToken, options(sendThrough(proxy)));
  }
  let octokit: ReturnType<typeof connect> | undefined;

  async function send({ registration, method, path, parameters }: Request): Promise<Answer> {
    const base = apiRoute(registration);
    octokit ??= connect();
    const { request } = await octokit;
    try {
      return await request(`${method} ${base.path}${path}`, {
        ...base.parameters,
        ...parameters,
        headers: { 'x-github-api-version': '2022-11-28' },
      });
    } catch (error) {
      if (error instanceof RequestError && error.response !== undefined) {
        return error.response;
      }
      throw error;
    }
  }

  async function attempt(request: Request): Promise<Answer | Setback> {
    const begin = clock.now();
    let answer: Answer;
    try {
      answer = await send(request);
    } catch (error) {
      log.debug(describeExchange(request, undefined, clock.now() - begin));
      return explainNoAnswer(error, request.purpose, server);
    }
    request.onAnswer?.(answer);
    log.debug(describeExchange(request, answer, clock.now() - begin));
    const isAnswer = request.expected.includes(answer.status) && (answer.status === 204 || isJson(answer));
    return isAnswer ? answer : explainAnswer(request, answer, adminToken, server);
  }

  return { request: (request) => withRetries(() => attempt(request), { retries, clock, log, signal }) };
}

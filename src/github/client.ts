import { getOctokit } from '@actions/github';
import { RequestError } from '@octokit/request-error';
import type { Log } from '../log.ts';
import { apiRoute, type Registration } from '../registration.ts';
import type { Server } from '../server.ts';
import { explainNoAnswer, explainRefusal } from './diagnosis.ts';
import { createFetch } from './fetch.ts';

/** An answer of GitHub's API. Nothing in it has been checked. */
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
}

/** Speaks to GitHub's REST API. */
export interface Client {
  /** @throws Failure when there is no answer, or one with a status that is not expected */
  request(request: Request): Promise<Answer>;
}

/** @param adminToken is sent to this server and to no other */
export function createClient(server: Server, adminToken: string, log: Log): Client {
  const octokit = getOctokit(adminToken, {
    baseUrl: server.apiUrl,
    userAgent: 'runner-remove-token',
    // Octokit warns of deprecated routes, in words that come from the answer; without this, on the console.
    request: { fetch: createFetch(server.apiUrl), log: { warn: log.debug } },
  });

  async function answerTo({ purpose, registration, method, path, parameters }: Request): Promise<Answer> {
    const base = apiRoute(registration);
    try {
      return await octokit.request(`${method} ${base.path}${path}`, {
        ...base.parameters,
        ...parameters,
        headers: { 'x-github-api-version': '2022-11-28' },
      });
    } catch (error) {
      if (error instanceof RequestError && error.response !== undefined) {
        return error.response;
      }
      throw explainNoAnswer(error, purpose, server);
    }
  }

  return {
    request: async (request) => {
      const answer = await answerTo(request);
      if (!request.expected.includes(answer.status)) {
        throw explainRefusal(request, answer, adminToken, server);
      }
      return answer;
    },
  };
}

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { GitHub } from '../../sandbox/github.ts';
import { systemClock } from '../../src/clock.ts';
import { Failure } from '../../src/failure.ts';
import type { ApiClient } from '../../src/github/api-client.ts';
import type { ApiRequest } from '../../src/github/api-response.ts';
import { parseServer, type Registration } from '../../src/registration.ts';
import {
  clientOf,
  enterprise,
  failureOf,
  organization,
  recordingLog,
  repository,
  startGitHub,
} from '../support.ts';

const list: ApiRequest = {
  purpose: 'list the runners',
  registration: repository,
  method: 'GET',
  path: '/actions/runners',
  expected: [200],
};

let github: GitHub;
let client: ApiClient;
let lines: string[];
/** Aborts all requests. */
let deadline: AbortController;

beforeEach(async () => {
  github = await startGitHub();
  deadline = new AbortController();
  const recording = recordingLog();
  lines = recording.lines;
  let time = 0;
  client = clientOf(github, {
    log: recording.log,
    signal: deadline.signal,
    // Each request takes 12 ms.
    clock: {
      ...systemClock,
      now: () => {
        time += 12;
        return time;
      },
    },
  });
});

type Response = Parameters<GitHub['send']>[1];
const respond = (act: (response: ServerResponse) => Response | undefined): void => {
  github.intercept = (_, response) => {
    const given = act(response);
    if (given !== undefined) github.send(response, given);
    return true;
  };
};

describe('a request', () => {
  test.each<[Registration, string]>([
    [repository, '/api/v3/repos/octo/app/actions/runners'],
    [organization, '/api/v3/orgs/octo/actions/runners'],
    [enterprise, '/api/v3/enterprises/acme/actions/runners'],
  ])('goes to the registration with the admin token: %j', async (registration, path) => {
    expect(await client.request({ ...list, registration })).toMatchObject({
      status: 200,
      headers: { 'x-ratelimit-limit': '5000' },
      data: { total_count: 0, runners: [] },
    });
    expect(github.requests).toMatchObject([
      {
        method: 'GET',
        path,
        body: '',
        headers: {
          authorization: 'token ghp_admin',
          'x-github-api-version': '2022-11-28',
          'user-agent': expect.stringMatching(/^runner-remove-token /),
        },
      },
    ]);
  });

  test('has its parameters in the path or in the query', async () => {
    const { id } = github.addRunner('octo/app', { name: 'one' });

    await client.request({ ...list, path: '/actions/runners/{runner_id}', parameters: { runner_id: id } });
    await client.request({ ...list, parameters: { name: 'a b&c=ä/', per_page: 100 } });

    const [one, many] = github.requests.map(({ path }) => new URL(path, github.serverUrl));
    expect(one?.pathname).toBe(`/api/v3/repos/octo/app/actions/runners/${id}`);
    expect(one?.search).toBe('');
    expect([...(many?.searchParams ?? [])]).toEqual([
      ['name', 'a b&c=ä/'],
      ['per_page', '100'],
    ]);
  });

  test('has its method', async () => {
    const { id } = github.addRunner('octo/app', { name: 'one' });
    const path = `/actions/runners/${id}`;

    const { status } = await client.request({ ...list, method: 'DELETE', path, expected: [204] });

    expect(status).toBe(204);
    expect(github.runners('octo/app')).toEqual([]);
  });
});

describe('the debug log', () => {
  test('has a line for each request, and nothing else is logged', async () => {
    await client.request({ ...list, parameters: { per_page: 100 } });

    expect(lines).toEqual([
      expect.stringMatching(
        /^debug: GET \/api\/v3\/repos\/octo\/app\/actions\/runners\?per_page=100: 200 in 12 ms, request ID [\dA-F:]+, 4999 requests left$/,
      ),
    ]);
  });

  test('leaves out what the response does not contain', async () => {
    respond((response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      return undefined;
    });

    await client.request(list);

    expect(lines).toEqual(['debug: GET /api/v3/repos/octo/app/actions/runners: 200 in 12 ms']);
  });

  test('has a line for a request without a response', async () => {
    await github.close();

    await failureOf(() => client.request({ ...list, path: '/actions/runners/7', method: 'DELETE' }));

    expect(lines).toEqual(['debug: DELETE /api/v3/repos/octo/app/actions/runners/7: no response in 12 ms']);
  });

  test('has the warning of a deprecated route', async () => {
    respond(() => ({ status: 200, body: {}, headers: { deprecation: '@1', sunset: '##[error]soon' } }));

    await client.request(list);

    expect(lines).toEqual([
      expect.stringMatching(/^debug: .*deprecated.* to be removed on ##\[error\]soon/),
      expect.stringMatching(/^debug: GET /),
    ]);
  });
});

describe('a response', () => {
  test('may have any expected status', async () => {
    const request = { ...list, path: '/actions/runners/7', expected: [200, 404] };

    expect(await client.request(request)).toMatchObject({ status: 404, data: { message: 'Not Found' } });
  });

  test('is passed on before it is logged', async () => {
    await client.request({ ...list, onResponse: ({ status }) => lines.push(`${status} received`) });

    expect(lines).toEqual(['200 received', expect.stringMatching(/^debug: /)]);
  });

  test('with another status is explained for the kind of the token', async () => {
    github.addAdminToken('ghs_none', { registrations: [] });
    const refused = clientOf(github, { adminToken: { value: 'ghs_none', kind: 'app' } });

    expect(await failureOf(() => refused.request(list))).toMatchObject({
      kind: 'github-token-not-allowed',
      explanation: {
        happened:
          'Could not list the runners: GitHub responded 403, "Resource not accessible by integration".',
        requestId: expect.stringMatching(/^[\dA-F:]+$/),
      },
    });
  });

  test.each([301, 304])('with status %d is explained', async (status) => {
    respond(() => ({ status }));

    expect(await failureOf(() => client.request(list))).toMatchObject({
      kind: 'invalid-response',
      message: expect.stringContaining(`(status ${status})`),
    });
  });

  test('with an expected status but without JSON is explained', async () => {
    respond((response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>');
      return undefined;
    });

    expect(await failureOf(() => client.request(list))).toMatchObject({
      kind: 'invalid-response',
      message: expect.stringContaining('is a web page instead of JSON'),
    });
  });
});

describe('a retry', () => {
  const unavailable = { status: 503, headers: { 'retry-after': '0' } };

  test('follows a transient error', async () => {
    respond(() => (github.requests.length === 1 ? unavailable : { status: 200, body: [] }));
    const retrying = clientOf(github, { retries: 1 });

    expect(await retrying.request(list)).toMatchObject({ status: 200 });
    expect(github.requests.map(({ headers }) => headers.authorization)).toEqual([
      'token ghp_admin',
      'token ghp_admin',
    ]);
  });

  const reason = new Failure('removal-failed', { happened: 'No more time.', cause: 'c', remedy: 'r' });

  test('does not follow an aborted request', async () => {
    respond(() => {
      deadline.abort(reason);
      return undefined;
    });
    const retrying = clientOf(github, { retries: 3, signal: deadline.signal });

    expect(await failureOf(() => retrying.request(list))).toBe(reason);
    expect(github.requests).toHaveLength(1);
  });

  test('is not waited for after the deadline', async () => {
    respond(() => ({ ...unavailable, headers: { 'retry-after': '60' } }));
    const log = { ...recordingLog().log, info: () => deadline.abort(reason) };
    const retrying = clientOf(github, { retries: 3, log, signal: deadline.signal });

    expect(await failureOf(() => retrying.request(list))).toBe(reason);
    expect(github.requests).toHaveLength(1);
  });
});

describe('a list', () => {
  /** Responds with pages that have this content and link to the next one. */
  function servePages(...pages: Response[]): void {
    github.intercept = ({ url }, response) => {
      const number = Number(new URL(String(url), github.serverUrl).searchParams.get('page') ?? 1);
      const next = `<${github.apiUrl}/list?page=${number + 1}>; rel="next"`;
      const page = pages[number - 1] ?? { status: 500 };
      github.send(response, { headers: number < pages.length ? { link: next } : {}, ...page });
      return true;
    };
  }
  const page = (id: number) => ({ status: 200, body: { added: 'later', total_count: 9, runners: [{ id }] } });

  test('is read page by page, with the admin token', async () => {
    servePages(page(1), page(2), page(3));

    expect((await client.requestPages(list)).map(({ data }) => data)).toEqual([
      page(1).body,
      page(2).body,
      page(3).body,
    ]);
    expect(github.requests.map(({ path }) => path.replace('/api/v3', ''))).toEqual([
      '/repos/octo/app/actions/runners',
      '/list?page=2',
      '/list?page=3',
    ]);
    for (const { headers } of github.requests) {
      expect(headers).toMatchObject({
        authorization: 'token ghp_admin',
        'x-github-api-version': '2022-11-28',
        'user-agent': expect.stringMatching(/^runner-remove-token /),
      });
    }
    expect(lines).toHaveLength(3);
  });

  test.each([
    [409, 'invalid-response'],
    [502, 'server-error'],
  ])('fails if a page fails with %d', async (status, kind) => {
    servePages(page(1), { status, body: { message: 'Words' } }, page(3));

    expect(await failureOf(() => client.requestPages(list))).toMatchObject({
      kind,
      explanation: { happened: `Could not list the runners: GitHub responded ${status}, "Words".` },
    });
  });

  test('is completed after a transient error', async () => {
    let failures = 0;
    servePages(page(1), page(2));
    const serve = github.intercept;
    github.intercept = (request, response) => {
      if (request.url?.endsWith('page=2') && failures === 0) {
        failures += 1;
        github.send(response, { status: 502, headers: { 'retry-after': '0' } });
        return true;
      }
      return serve?.(request, response) ?? false;
    };

    expect(await clientOf(github, { retries: 1 }).requestPages(list)).toHaveLength(2);
    expect(github.requests).toHaveLength(3);
  });

  test('does not lead to another host', async () => {
    const link = '<https://other.example/list?page=2>; rel="next"';
    servePages({ ...page(1), headers: { link } });

    expect(await failureOf(() => client.requestPages(list))).toMatchObject({
      kind: 'invalid-response',
      message: expect.stringContaining('the token is sent to one host only'),
    });
  });

  test('has an end', async () => {
    const link = `<${github.apiUrl}/list>; rel="next"`;
    servePages({ ...page(1), headers: { link } });

    expect(await failureOf(() => client.requestPages(list))).toMatchObject({
      kind: 'invalid-response',
      message: expect.stringContaining('more than 500 pages'),
    });
    expect(github.requests).toHaveLength(501);
  });
});

test('a proxy that the environment names is used', async () => {
  const proxy = createServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 403 No\r\n\r\n')));
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  jest.replaceProperty(process, 'env', { https_proxy: `http://${host}` });
  try {
    const behind = clientOf(github, { server: parseServer('https://ghe.invalid/api/v3') });

    expect(await failureOf(() => behind.request(list))).toMatchObject({
      kind: 'proxy',
      explanation: {
        happened: `Could not list the runners: the proxy ${host} did not connect to ghe.invalid: it responded 403.`,
      },
    });
  } finally {
    jest.restoreAllMocks();
    proxy.close();
  }
});

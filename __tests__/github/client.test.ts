import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import { systemClock } from '../../src/clock.ts';
import { Failure } from '../../src/failure.ts';
import { type Answer, type Client, createClient, type Request } from '../../src/github/client.ts';
import type { Registration } from '../../src/registration.ts';
import { parseServer } from '../../src/server.ts';
import { enterprise, failureOf, organization, recordingLog, repository } from '../support.ts';

const list: Request = {
  purpose: 'list the runners',
  registration: repository,
  method: 'GET',
  path: '/actions/runners',
  expected: [200],
};

let github: GitHub;
let client: Client;
let lines: string[];

beforeEach(async () => {
  github = await GitHub.start();
  github.addRepository('octo/app');
  github.addOrganization('octo');
  github.addEnterprise('acme');
  github.addAdminToken('ghp_admin', { registrations: ['octo/app', 'octo', 'enterprises/acme'] });
  const recording = recordingLog();
  lines = recording.lines;
  let time = 0;
  client = createClient(
    { server: parseServer(github.apiUrl), adminToken: 'ghp_admin', retries: 0 },
    recording.log,
    // It is 12 milliseconds later whenever somebody looks.
    {
      ...systemClock,
      now: () => {
        time += 12;
        return time;
      },
    },
  );
});
afterEach(() => github.close());

describe('a request', () => {
  test.each<[Registration, string]>([
    [repository, '/api/v3/repos/octo/app/actions/runners'],
    [organization, '/api/v3/orgs/octo/actions/runners'],
    [enterprise, '/api/v3/enterprises/acme/actions/runners'],
  ])('goes to the registration: %j', async (registration, path) => {
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

  test('carries its parameters, in the path or else in the query', async () => {
    const { id } = github.addRunner('octo/app', { name: 'one' });
    const parameters = { runner_id: id };
    await client.request({ ...list, path: '/actions/runners/{runner_id}', parameters });
    await client.request({ ...list, parameters: { name: 'a b&c=ä/', per_page: 100 } });
    const [one, many] = github.requests.map(({ path }) => new URL(path, github.serverUrl));
    expect(one?.pathname).toBe(`/api/v3/repos/octo/app/actions/runners/${id}`);
    expect(one?.search).toBe('');
    expect([...(many?.searchParams ?? [])]).toEqual([
      ['name', 'a b&c=ä/'],
      ['per_page', '100'],
    ]);
  });

  test('keeps its method', async () => {
    const { id } = github.addRunner('octo/app', { name: 'one' });
    const answer = await client.request({
      ...list,
      method: 'DELETE',
      path: '/actions/runners/{runner_id}',
      parameters: { runner_id: id },
      expected: [204],
    });
    expect(answer.status).toBe(204);
    expect(github.runners('octo/app')).toEqual([]);
  });

  test('is not sent again when it is answered, and only the debug log tells of it', async () => {
    await client.request(list);
    expect(github.requests).toHaveLength(1);
    expect(lines).toEqual([
      expect.stringMatching(
        /^debug: GET \/repos\/octo\/app\/actions\/runners: 200 in 12 ms, request id [\dA-F:]+, 4999 requests left$/,
      ),
    ]);
  });

  test('that is not answered is told of in the debug log too', async () => {
    await github.close();
    await failureOf(() => client.request({ ...list, path: '/actions/runners/7', method: 'DELETE' }));
    expect(lines).toEqual([
      expect.stringMatching(/^debug: DELETE \/repos\/octo\/app\/actions\/runners\/7: no answer in 12 ms$/),
    ]);
  });
});

describe('an answer', () => {
  test('with a status that is expected is none to fail for', async () => {
    const answer: Answer = await client.request({
      ...list,
      path: '/actions/runners/7',
      expected: [200, 404],
    });
    expect(answer).toMatchObject({ status: 404, data: { message: 'Not Found' } });
  });

  test.each([
    ['unknown', repository, 'bad-credentials', 'GitHub answered 401, "Bad credentials"'],
    ['ghs_none', repository, 'github-token-not-allowed', 'GITHUB_TOKEN'],
    ['ghp_none', { ...organization, organization: 'nobody' }, 'not-found', 'organization nobody'],
  ])('that refuses is explained, to %s', async (token, registration, kind, words) => {
    github.addAdminToken('ghs_none', { registrations: [] });
    github.addAdminToken('ghp_none', { registrations: [] });
    const refused = createClient(
      { server: parseServer(github.apiUrl), adminToken: token, retries: 0 },
      recordingLog().log,
    );
    const failure = await failureOf(() => refused.request({ ...list, registration } as Request));
    expect(failure.kind).toBe(kind);
    expect(failure.message).toContain('Could not list the runners: ');
    expect(failure.message).toContain(words);
    expect(failure.explanation.requestId).toMatch(/^[\dA-F:]+$/);
  });

  const ending = new Failure('removal-failed', { happened: 'No more time.', cause: 'c', remedy: 'r' });

  test('ends when there is no more time for its answer', async () => {
    const requests = new AbortController();
    github.intercept = () => {
      requests.abort(ending);
      return true;
    };
    const hurried = createClient(
      { server: parseServer(github.apiUrl), adminToken: 'ghp_admin', retries: 3 },
      recordingLog().log,
      systemClock,
      requests.signal,
    );

    expect(await failureOf(() => hurried.request(list))).toBe(ending);
    expect(github.requests).toHaveLength(1);
  });

  test('is not tried again when there is no more time for it', async () => {
    const requests = new AbortController();
    github.intercept = (_, response) => {
      github.send(response, { status: 503, headers: { 'retry-after': '60' } });
      return true;
    };
    const { log } = recordingLog();
    const hurried = createClient(
      { server: parseServer(github.apiUrl), adminToken: 'ghp_admin', retries: 3 },
      { ...log, info: () => requests.abort(ending) },
      systemClock,
      requests.signal,
    );

    expect(await failureOf(() => hurried.request(list))).toBe(ending);
    expect(github.requests).toHaveLength(1);
  });

  test('with a status that is good for something else is explained', async () => {
    const failure = await failureOf(() => client.request({ ...list, expected: [201, 204] }));
    expect(failure.kind).toBe('invalid-response');
    expect(failure.message).toContain('status 200, where 201 or 204 was due');
  });

  test.each([301, 304])('with status %d that leads nowhere is explained', async (status) => {
    github.intercept = (_, response) => {
      github.send(response, { status });
      return true;
    };
    expect(await failureOf(() => client.request(list))).toMatchObject({
      kind: 'invalid-response',
      message: expect.stringContaining(`status ${status}`),
    });
  });

  test('that calls the route deprecated says so in the debug log, and nowhere else', async () => {
    github.intercept = (_, response) => {
      const headers = { deprecation: '@1', sunset: '##[error]soon' };
      github.send(response, { status: 200, body: {}, headers });
      return true;
    };
    await client.request(list);
    expect(lines.every((line) => line.startsWith('debug: '))).toBe(true);
    expect(lines).toContainEqual(
      expect.stringMatching(/^debug: .*deprecated.* to be removed on ##\[error\]soon/),
    );
  });
});

test('a connection that drops is explained with the host', async () => {
  github.intercept = (_, response) => {
    response.destroy();
    return true;
  };
  const failure = await failureOf(() => client.request(list));
  expect(failure.kind).toBe('network');
  expect(failure.explanation.happened).toBe(
    `Could not list the runners: ${new URL(github.apiUrl).host} did not answer (socket hang up).`,
  );
});

test('a connection that is refused is explained with what the operating system says', async () => {
  await github.close();
  const failure = await failureOf(() => client.request(list));
  expect(failure.kind).toBe('network');
  expect(failure.explanation.happened).toMatch(/did not answer \(connect ECONNREFUSED 127\.0\.0\.1:\d+\)\.$/);
});

test('a redirect to another host is explained, and the token goes nowhere', async () => {
  const other = await GitHub.start();
  try {
    github.intercept = (_, response) => {
      github.send(response, { status: 302, headers: { location: `${other.serverUrl}/login` } });
      return true;
    };
    const failure = await failureOf(() => client.request(list));
    expect(failure.kind).toBe('invalid-response');
    expect(failure.message).toContain('which was not followed');
    expect(other.requests).toEqual([]);
  } finally {
    await other.close();
  }
});

test('a repository that was renamed is found, with the method kept', async () => {
  github.renameRepository('octo/app', 'octo/new');
  const create: Request = { ...list, method: 'POST', path: '/actions/runners/remove-token', expected: [201] };
  expect((await client.request(create)).status).toBe(201);
  expect(github.issuedTokens).toMatchObject([{ registration: 'octo/new' }]);
});

describe('with a proxy', () => {
  const asked: string[] = [];
  const sockets: Socket[] = [];
  const proxy = createServer();
  let before: NodeJS.ProcessEnv;

  beforeEach(async () => {
    // Whatever the host, the tunnel leads to the stand-in.
    proxy.on('connect', ({ url, headers }: IncomingMessage, client: Socket) => {
      asked.push(`${url} ${headers['proxy-authorization']}`);
      const upstream = connect(Number(new URL(github.serverUrl).port), '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        client.pipe(upstream).pipe(client);
      });
      for (const socket of [client, upstream]) sockets.push(socket.on('error', () => socket.destroy()));
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    before = process.env;
    const withoutProxies = Object.entries(before).filter(([name]) => !/_proxy$/i.test(name));
    const address = `http://user:word@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    process.env = { ...Object.fromEntries(withoutProxies), http_proxy: address };
  });
  afterEach(async () => {
    process.env = before;
    for (const socket of sockets.splice(0)) socket.destroy();
    asked.splice(0);
    proxy.removeAllListeners('connect');
    await new Promise((resolve) => proxy.close(resolve));
  });

  test('that the environment names for the server, requests go through it', async () => {
    const server = { apiUrl: 'http://ghe.invalid/api/v3', webUrl: 'http://ghe.invalid' };
    const behind = createClient({ server, adminToken: 'ghp_admin', retries: 0 }, recordingLog().log);
    expect(await behind.request(list)).toMatchObject({ status: 200, data: { total_count: 0 } });
    expect(asked).toEqual([`ghe.invalid:80 Basic ${Buffer.from('user:word').toString('base64')}`]);
    expect(github.requests).toMatchObject([
      {
        path: '/api/v3/repos/octo/app/actions/runners',
        headers: {
          host: 'ghe.invalid',
          authorization: 'token ghp_admin',
          'user-agent': expect.stringMatching(/^runner-remove-token /),
        },
      },
    ]);
  });

  test('that the environment does not name for the server, requests go straight there', async () => {
    await client.request(list);
    expect(github.requests).toHaveLength(1);
    expect(asked).toEqual([]);
  });
});

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { GitHub } from '../../sandbox/github.ts';
import { createFetch } from '../../src/github/transport.ts';
import { startGitHub } from '../support.ts';

let github: GitHub;
let deadline: AbortController;
let fetch: ReturnType<typeof createFetch>;
const get = () => fetch(`${github.serverUrl}/start`, { method: 'GET', headers: {} });

beforeEach(async () => {
  github = await startGitHub();
  deadline = new AbortController();
  fetch = createFetch(github.apiUrl, undefined, deadline.signal);
});

function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): void {
  github.intercept = (request, response) => {
    handle(request, response);
    return true;
  };
}
const sent = (): string[] => github.requests.map(({ method, path }) => `${method} ${path}`);

test('sends a request and returns the response', async () => {
  serve((_, response) => response.writeHead(202, { 'x-header': 'value' }).end('the body'));

  const response = await fetch(`${github.serverUrl}/path?query`, {
    method: 'POST',
    headers: { authorization: 'token x' },
    body: 'sent',
  });

  expect([response.status, response.headers.get('x-header')]).toEqual([202, 'value']);
  expect(await response.text()).toBe('the body');
  expect(Buffer.from(await response.arrayBuffer()).toString()).toBe('the body');
  expect(github.requests).toMatchObject([
    { method: 'POST', path: '/path?query', body: 'sent', headers: { authorization: 'token x' } },
  ]);
});

test('uses one connection for consecutive requests', async () => {
  const ports = new Set<unknown>();
  serve(({ socket }, response) => {
    ports.add(socket.remotePort);
    response.writeHead(204).end();
  });

  for (let requests = 0; requests < 3; requests += 1) {
    expect(await (await get()).text()).toBe('');
  }

  expect(ports.size).toBe(1);
});

test('uses TLS for https', async () => {
  const url = github.apiUrl.replace('http:', 'https:');
  const secure = createFetch(url, undefined, deadline.signal);

  await expect(secure(url, { method: 'GET', headers: {} })).rejects.toMatchObject({ code: 'EPROTO' });
});

describe('a redirect', () => {
  test.each([300, 301, 302, 303, 307, 308, 399])(
    '%d on the same host is followed with the same method, body and token',
    async (status) => {
      serve(({ url }, response) => {
        const location = url === '/start' ? '/relative' : `${github.serverUrl}/end`;
        if (url === '/end') response.end('arrived');
        else response.writeHead(status, { location }).end('moved');
      });

      const options = { method: 'POST', headers: { authorization: 'token x' }, body: 'sent' };
      const response = await fetch(`${github.serverUrl}/start`, options);

      expect([response.status, await response.text()]).toEqual([200, 'arrived']);
      expect(sent()).toEqual(['POST /start', 'POST /relative', 'POST /end']);
      for (const { headers, body } of github.requests) {
        expect([headers.authorization, body]).toEqual(['token x', 'sent']);
      }
    },
  );

  test.each([200, 299, 400])('is not followed with status %d', async (status) => {
    serve((_, response) => response.writeHead(status, { location: '/elsewhere' }).end());

    expect((await get()).status).toBe(status);
    expect(github.requests).toHaveLength(1);
  });

  test('without a location is returned', async () => {
    serve((_, response) => response.writeHead(302).end('where?'));

    const response = await get();

    expect([response.status, await response.text()]).toEqual([302, 'where?']);
  });

  test('is followed five times', async () => {
    serve((_, response) => {
      if (github.requests.length > 5) response.end('arrived');
      else response.writeHead(302, { location: '/again' }).end();
    });

    expect(await (await get()).text()).toBe('arrived');
  });

  test('is not followed a sixth time', async () => {
    serve((_, response) => response.writeHead(302, { location: '/again' }).end());

    await expect(get()).rejects.toThrow('the request was redirected more than 5 times');
    expect(github.requests).toHaveLength(6);
  });

  test.each([
    ['another host', 'http://login.example/', 'login.example'],
    ['another port', 'http://127.0.0.1:2/', '127.0.0.1:2'],
    ['another protocol', 'https://SELF/', 'SELF'],
    ['an invalid URL', 'http://[', 'an invalid URL'],
    ['a URL without a host', 'javascript:alert(1)', 'an invalid URL'],
  ])('to %s is not followed', async (_, location, name) => {
    const { host } = new URL(github.serverUrl);
    serve((_, response) => response.writeHead(307, { location: location.replace('SELF', host) }).end());

    await expect(get()).rejects.toThrow(
      `the request was referred to ${name.replace('SELF', host)}, but the token is sent to one host only`,
    );
    expect(github.requests).toHaveLength(1);
  });

  test('is followed without waiting for the rest of its body', async () => {
    const closed = new Promise<void>((resolve) => {
      serve(({ url }, response) => {
        if (url === '/end') {
          response.end('arrived');
          return;
        }
        response.on('close', resolve);
        response.writeHead(302, { location: '/end' }).write('to be continued');
      });
    });

    expect(await (await get()).text()).toBe('arrived');
    await closed;
  });
});

test('a request to another host than that of the API is not sent', async () => {
  const other = await startGitHub();
  await expect(fetch(other.apiUrl, { method: 'GET', headers: {} })).rejects.toThrow('one host only');
  expect(other.requests).toEqual([]);
});

describe('a body', () => {
  const limit = 1_000_000;
  const tooLong = 'the response is longer than 1000000 bytes';

  test('of a million bytes is read', async () => {
    serve((_, response) => response.end(Buffer.alloc(limit, 'x')));

    expect((await (await get()).text()).length).toBe(limit);
  });

  test('is decompressed', async () => {
    serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(limit))),
    );

    expect((await (await get()).text()).length).toBe(limit);
  });

  test('that is too long after decompression is refused', async () => {
    const compressed = gzipSync(Buffer.alloc(limit + 1));
    serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(compressed));

    await expect(get()).rejects.toThrow(tooLong);
  });

  test('without end is refused, and the connection is closed', async () => {
    const closed = new Promise<void>((resolve) => {
      serve((_, response) => {
        const more = (): void => {
          while (response.write(Buffer.alloc(65_536)));
        };
        response.on('drain', more).on('close', resolve);
        more();
      });
    });

    await expect(get()).rejects.toThrow(tooLong);
    await closed;
  });

  test.each([
    ['plain', Buffer.from('the body'), {}],
    ['compressed', gzipSync('the body'), { 'content-encoding': 'gzip' }],
  ])('that is cut off is an error: %s', async (_, body, headers) => {
    serve((_, response) => {
      response.writeHead(200, { ...headers, 'content-length': body.length });
      response.write(body.subarray(0, -1), () => response.destroy());
    });

    await expect(get()).rejects.toThrow();
  });
});

test('a switch to another protocol is an error', async () => {
  serve((_, response) => {
    response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n');
  });

  await expect(get()).rejects.toThrow('the connection was closed without a response');
});

test.each<[string, (response: ServerResponse, timeOut: () => void) => void]>([
  ['without a response', (_, timeOut) => timeOut()],
  ['with a response that never ends', (response, timeOut) => response.write(' ', timeOut)],
])('a request times out after 30 seconds, redirects included: %s', async (_, behavior) => {
  const clock = new AbortController();
  const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(clock.signal);
  try {
    serve(({ url }, response) => {
      if (url === '/start') response.writeHead(302, { location: '/slow' }).end();
      else behavior(response, () => clock.abort(new DOMException('The time is up', 'TimeoutError')));
    });

    await expect(get()).rejects.toMatchObject({ name: 'TimeoutError', message: 'The time is up' });
    expect(sent()).toEqual(['GET /start', 'GET /slow']);
    expect(timeout.mock.calls).toEqual([[30_000]]);
  } finally {
    timeout.mockRestore();
  }
});

test('a request that the deadline aborts fails with its reason', async () => {
  const reason = new Error('cancelled');
  serve(() => deadline.abort(reason));

  await expect(get()).rejects.toBe(reason);
  await expect(get()).rejects.toBe(reason);
});

describe('a proxy', () => {
  let connections: { socket: Socket; request: string }[];
  let proxy: ReturnType<typeof createServer>;
  let respond: (socket: Socket) => void;

  beforeEach(async () => {
    connections = [];
    proxy = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (request) => {
        connections.push({ socket, request: request.toString() });
        respond(socket);
      });
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
  });
  afterEach(() => {
    proxy.close();
  });

  /** The error of a request through the proxy. */
  async function fail(login = ''): Promise<unknown> {
    const { port } = proxy.address() as AddressInfo;
    const through = createFetch(
      'https://ghe.example/api/v3',
      new URL(`http://${login}127.0.0.1:${port}`),
      deadline.signal,
    );
    return through('https://ghe.example/api/v3/path', { method: 'GET', headers: {} }).catch((error) => error);
  }
  /** Waits until the action closes its connection. An open one would keep its process alive. */
  const closed = () =>
    Promise.all(connections.map(({ socket }) => socket.closed || once(socket.resume(), 'close')));

  test('that refuses the tunnel is an error with its status, and the connection is closed', async () => {
    respond = (socket) => socket.write('HTTP/1.1 407 Who?\r\ncontent-length: 0\r\n\r\n');

    expect(await fail()).toMatchObject({ code: 'ERR_PROXY_TUNNEL', statusCode: 407 });
    expect(connections).toHaveLength(1);
    expect(connections[0]?.request).toMatch(/^CONNECT ghe\.example:443 HTTP\/1\.1\r\n/);
    expect(connections[0]?.request).not.toMatch(/authorization/i);
    await closed();
  });

  test('gets the user name and password, decoded', async () => {
    respond = (socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');

    expect(await fail('us%40er:p%C3%A4ss@')).toMatchObject({ statusCode: 502 });
    const credentials = Buffer.from('us@er:päss').toString('base64');
    expect(connections[0]?.request).toContain(`proxy-authorization: Basic ${credentials}\r\n`);
  });

  test.each([
    ['ends the connection', (socket: Socket) => socket.end()],
    ['responds without HTTP', (socket: Socket) => socket.end('SSH-2.0\r\n\r\n')],
  ])('that %s is an error without a status', async (_, behavior) => {
    respond = behavior;

    const error = await fail();

    expect(error).toMatchObject({ code: 'ERR_PROXY_TUNNEL' });
    expect(Number((error as { statusCode?: number }).statusCode)).toBeNaN();
    expect(connections).toHaveLength(1);
    await closed();
  });

  test('that never responds is left when the deadline aborts the request', async () => {
    const reason = new Error('cancelled');
    respond = () => deadline.abort(reason);

    expect(await fail()).toBe(reason);
    await closed();
  });

  test('that never responds is left when the request times out', async () => {
    const reason = new DOMException('The time is up', 'TimeoutError');
    const clock = new AbortController();
    jest.spyOn(AbortSignal, 'timeout').mockReturnValue(clock.signal);
    const idleTimeout = jest.spyOn(Socket.prototype, 'setTimeout');
    respond = () => clock.abort(reason);
    try {
      expect(await fail()).toBe(reason);
      // Node.js closes the connection then.
      expect(idleTimeout).toHaveBeenCalledWith(30_000, expect.any(Function));
    } finally {
      jest.restoreAllMocks();
      deadline.abort();
    }
  });
});

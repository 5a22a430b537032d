import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import { sendThrough } from '../../src/github/proxied.ts';
import { ProxyError } from '../../src/github/proxy.ts';

describe('a proxy', () => {
  let proxy: Server;
  let connections: string[];
  let reply: string;

  beforeEach(async () => {
    connections = [];
    reply = '';
    proxy = createServer((socket) => {
      socket.on('error', () => undefined);
      if (reply === 'closes') {
        connections.push('');
        socket.destroy();
      } else {
        socket.once('data', (request) => {
          connections.push(request.toString());
          socket.end(reply);
        });
      }
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
  });
  afterEach(() => new Promise((resolve) => proxy.close(resolve)));

  async function request(token?: string): Promise<ProxyError | undefined> {
    const { port } = proxy.address() as { port: number };
    const send = sendThrough({ uri: `http://127.0.0.1:${port}`, ...(token !== undefined && { token }) });
    const options = { method: 'GET', headers: {}, signal: AbortSignal.timeout(30_000) } as const;
    const error = await send(new URL('https://ghe.example/api/v3'), options).catch((cause) => cause);
    return error instanceof ProxyError ? error : undefined;
  }

  test.each(['closes', ''])(
    'that closes the connection is asked once, not without end: %j',
    async (behaviour) => {
      reply = behaviour;
      const error = await request();
      expect(error?.status).toBeUndefined();
      expect(error?.message).toMatch(/^the proxy 127\.0\.0\.1:\d+ did not answer$/);
      expect(error?.cause).toBeInstanceOf(Error);
      expect(connections).toHaveLength(1);
    },
  );

  test('that refuses is not kept waiting', async () => {
    proxy.removeAllListeners('connection').on('connection', (socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n'));
      connections.push('');
    });
    const connection = once(proxy, 'connection');

    expect((await request())?.status).toBe(403);
    const [socket] = await connection;
    if (!socket.closed) {
      await once(socket.resume(), 'close');
    }
  });

  test('that opens the way is gone through, and the answer is the one of the server', async () => {
    const github = await GitHub.start();
    const { port } = proxy.address() as AddressInfo;
    proxy.removeAllListeners('connection').on('connection', (socket) => {
      socket.once('data', () => {
        const onward = connect(Number(new URL(github.serverUrl).port), '127.0.0.1');
        socket.write('HTTP/1.1 200 Connected\r\n\r\n');
        socket.pipe(onward).pipe(socket);
        socket.on('error', () => onward.destroy());
        onward.on('error', () => socket.destroy());
      });
    });
    github.intercept = (_request, response) => {
      github.send(response, { status: 202, body: { said: 'this' } });
      return true;
    };
    try {
      const send = sendThrough({ uri: `http://127.0.0.1:${port}` });
      const options = {
        method: 'GET',
        headers: { accept: 'this' },
        signal: AbortSignal.timeout(30_000),
      } as const;
      const { status, headers, body } = await send(new URL('/path', github.serverUrl), options);

      expect(status).toBe(202);
      expect(headers['content-type']).toContain('application/json');
      expect(Buffer.concat(await body.toArray()).toString()).toBe('{"said":"this"}');
      expect(github.requests).toMatchObject([{ method: 'GET', path: '/path', headers: { accept: 'this' } }]);
    } finally {
      await github.close();
    }
  });

  test('that refuses is told with its status, and without its login', async () => {
    reply = 'HTTP/1.1 407 Who?\r\ncontent-length: 0\r\n\r\n';
    const error = await request('Basic bG9naW4=');
    expect(error?.status).toBe(407);
    expect(error?.message).toMatch(/^the proxy 127\.0\.0\.1:\d+ answered 407$/);
    expect(connections[0]).toMatch(/^CONNECT ghe\.example:443 HTTP\/1\.1/);
    expect(connections[0]).toContain('proxy-authorization: Basic bG9naW4=\r\n');
  });

  test('that needs no login gets none', async () => {
    reply = 'HTTP/1.1 502 Oops\r\n\r\n';
    expect((await request())?.status).toBe(502);
    expect(connections[0]).not.toContain('authorization');
  });
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
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
      expect(connections).toHaveLength(1);
    },
  );

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

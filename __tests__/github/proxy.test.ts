import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fetch } from 'undici';
import { ProxyError, proxyFor } from '../../src/github/proxy.ts';
import { failureOf } from '../support.ts';

let before: NodeJS.ProcessEnv;
beforeEach(() => {
  before = process.env;
  process.env = Object.fromEntries(Object.entries(before).filter(([name]) => !/_proxy$/i.test(name)));
});
afterEach(() => {
  process.env = before;
});

const server = 'https://ghe.example/api/v3';

describe('no proxy is used', () => {
  test.each<[string, Record<string, string>]>([
    ['when none is named', {}],
    ['when it is named for the other protocol', { http_proxy: 'http://proxy:1' }],
    ['for a host in no_proxy', { https_proxy: 'http://proxy:1', no_proxy: 'other, GHE.example' }],
    ['for a host below one in NO_PROXY', { HTTPS_PROXY: 'http://proxy:1', NO_PROXY: '.example' }],
    ['for a host with its port in no_proxy', { https_proxy: 'http://proxy:1', no_proxy: 'ghe.example:443' }],
    ['for any host', { https_proxy: 'http://proxy:1', no_proxy: '*' }],
  ])('%s', (_, environment) => {
    Object.assign(process.env, environment);
    expect(proxyFor(server)).toBeUndefined();
  });

  test.each(['https://127.0.0.1', 'https://localhost', 'https://[::1]:8443'])('for loopback: %s', (url) => {
    process.env['https_proxy'] = 'http://proxy:1';
    expect(proxyFor(url)).toBeUndefined();
  });
});

test.each<[string, Record<string, string>]>([
  [server, { https_proxy: 'http://proxy:1' }],
  [server, { HTTPS_PROXY: 'proxy:1' }],
  [server, { https_proxy: 'http://proxy:1', no_proxy: 'example.org,ghe.example:8443' }],
  ['http://ghe.example', { HTTP_PROXY: 'https://proxy:1' }],
])('a proxy is used for %s with %j', (url, environment) => {
  Object.assign(process.env, environment);
  expect(proxyFor(url)).toBeDefined();
});

test.each(['socks5://proxy:1080', 'http://user:100%@proxy:1', 'http://proxy:port', 'http://', ' '])(
  'what is no address of a proxy is not gone past: %j',
  async (address) => {
    process.env['https_proxy'] = address;
    const failure = await failureOf(() => proxyFor(server));
    expect(failure.kind).toBe('proxy');
    expect(failure.message).toMatch(/variable https_proxy cannot be used.*percent-encoded.*SOCKS.*no_proxy/s);
    expect(failure.message).not.toContain('100%');
  },
);

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

  async function request(login = ''): Promise<ProxyError | undefined> {
    const { port } = proxy.address() as { port: number };
    process.env['https_proxy'] = `http://${login}127.0.0.1:${port}`;
    const dispatcher = proxyFor(server);
    if (dispatcher === undefined) throw new Error('No proxy');
    const error = await fetch(server, { dispatcher }).then(
      () => undefined,
      ({ cause }: Error) => cause,
    );
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
    const error = await request('us%40er:pa%3Ass@');
    expect(error?.status).toBe(407);
    expect(error?.message).toMatch(/^the proxy 127\.0\.0\.1:\d+ answered 407$/);
    const login = Buffer.from('us@er:pa:ss').toString('base64');
    expect(connections[0]).toMatch(/^CONNECT ghe\.example:443 HTTP\/1\.1/);
    expect(connections[0]).toContain(`proxy-authorization: Basic ${login}\r\n`);
  });

  test('that needs no login gets none', async () => {
    reply = 'HTTP/1.1 502 Oops\r\n\r\n';
    expect((await request())?.status).toBe(502);
    expect(connections[0]).not.toContain('authorization');
  });
});

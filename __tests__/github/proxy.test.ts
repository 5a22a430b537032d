import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { proxyFor } from '../../src/github/proxy.ts';
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

const login = Buffer.from('us@er:pa:ss').toString('base64');
test.each<[string, Record<string, string>, object]>([
  [server, { https_proxy: 'http://proxy:1' }, { uri: 'http://proxy:1' }],
  [server, { HTTPS_PROXY: 'proxy:1' }, { uri: 'http://proxy:1' }],
  [
    server,
    { https_proxy: 'http://proxy:1', no_proxy: 'example.org,ghe.example:8443' },
    { uri: 'http://proxy:1' },
  ],
  ['http://ghe.example', { HTTP_PROXY: 'https://proxy:1' }, { uri: 'https://proxy:1' }],
  [
    server,
    { https_proxy: 'http://us%40er:pa%3Ass@proxy:1' },
    { uri: 'http://proxy:1', token: `Basic ${login}` },
  ],
])('a proxy is used for %s with %j', (url, environment, proxy) => {
  Object.assign(process.env, environment);
  expect(proxyFor(url)).toEqual(proxy);
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

import { describe, expect, test } from '@jest/globals';
import * as proxy from '../../src/github/proxy.ts';
import { failureOf } from '../support.ts';

const server = 'https://ghe.example/api/v3';
const https_proxy = 'http://proxy:3128';
const { version, allowedNodeEnvironmentFlags } = process;
const proxyFor = (apiUrl: string, env: NodeJS.ProcessEnv) =>
  proxy.proxyFor(apiUrl, { env, version, allowedNodeEnvironmentFlags });

describe('no proxy is used', () => {
  test.each<[string, NodeJS.ProcessEnv]>([
    ['if none is set', {}],
    ['if one is set for http only', { http_proxy: https_proxy }],
    ['for a host in no_proxy', { https_proxy, no_proxy: 'other, GHE.example' }],
    ['for a subdomain of a domain in no_proxy', { https_proxy, no_proxy: 'example' }],
    ['for a subdomain of a domain with a dot', { HTTPS_PROXY: https_proxy, NO_PROXY: '.example' }],
    ['for a subdomain of a domain with a wildcard', { https_proxy, no_proxy: 'other *.example' }],
    ['for a host with its port in no_proxy', { https_proxy, no_proxy: 'ghe.example:443' }],
    ['for any host', { https_proxy, no_proxy: 'other,*' }],
    [
      'for a host in no_proxy, even if it is unusable',
      { https_proxy: 'socks5://proxy', no_proxy: 'example' },
    ],
  ])('%s', (_, environment) => {
    expect(proxyFor(server, environment)).toBeUndefined();
  });

  test.each(['https://127.0.0.1', 'http://localhost', 'https://[::1]:8443'])('for loopback: %s', (url) => {
    expect(proxyFor(url, { https_proxy })).toBeUndefined();
  });
});

describe('a proxy is used', () => {
  test.each<[string, NodeJS.ProcessEnv, string]>([
    ['from https_proxy', { https_proxy, HTTPS_PROXY: 'http://other' }, 'http://proxy:3128/'],
    ['from HTTPS_PROXY', { HTTPS_PROXY: 'https://proxy' }, 'https://proxy/'],
    ['without a protocol', { https_proxy: 'proxy:3128' }, 'http://proxy:3128/'],
    [
      'with a user name and password',
      { https_proxy: 'http://us%40er:p%C3%A4ss@proxy' },
      'http://us%40er:p%C3%A4ss@proxy/',
    ],
    [
      'for a host that is not in no_proxy',
      { https_proxy, no_proxy: 'example.org,ghe.example:8443,e.example,,' },
      'http://proxy:3128/',
    ],
  ])('%s', (_, environment, expected) => {
    expect(proxyFor(server, environment)?.href).toBe(expected);
  });

  test('for a port that is not in no_proxy', () => {
    const environment = { https_proxy, no_proxy: 'ghe.example:443' };

    expect(proxyFor('https://ghe.example:8443', environment)?.host).toBe('proxy:3128');
  });
});

test.each(['socks5://proxy:1080', 'http://user:100%@proxy', 'http://proxy:port', 'http://', ' '])(
  'a value that cannot be used is refused: %j',
  async (value) => {
    const failure = await failureOf(() => proxyFor(server, { https_proxy: value }));

    expect(failure).toMatchObject({
      kind: 'proxy',
      explanation: {
        happened: 'The value of https_proxy cannot be used. Nothing was requested or changed.',
        cause: expect.stringContaining('SOCKS proxies are not supported'),
        remedy:
          'Set https_proxy to http://HOST:PORT or http://USER:PASSWORD@HOST:PORT. If ghe.example can be reached without a proxy, add it to no_proxy.',
      },
    });
    expect(failure.message).not.toContain('100%');
  },
);

test('a proxy is refused with a Node.js that would ignore it', async () => {
  const old = { version: 'v20.20.2', allowedNodeEnvironmentFlags: new Set<string>() };

  expect(proxy.proxyFor(server, { env: { https_proxy, no_proxy: 'ghe.example' }, ...old })).toBeUndefined();
  expect(await failureOf(() => proxy.proxyFor(server, { env: { https_proxy }, ...old }))).toMatchObject({
    kind: 'proxy',
    explanation: {
      happened:
        'The proxy in https_proxy cannot be used with Node.js v20.20.2. Nothing was requested or changed.',
      cause: expect.stringContaining('comes with runner 2.328'),
      remedy: 'Update the runner. If ghe.example can be reached without a proxy, add it to no_proxy.',
    },
  });
});

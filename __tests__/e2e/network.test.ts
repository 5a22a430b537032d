import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, startGitHub } from '../support.ts';
import { adminToken, expectFailure, expectNoSecret, World } from '../world.ts';
import { companyHost, freePort, missingPrograms, Network } from './network.ts';

const isSkipped = missingPrograms().length > 0 && process.env['REQUIRE_SYSTEM_TOOLS'] !== 'true';
const password = 'pass:wörd/@1';
const login = `user:${encodeURIComponent(password)}`;

(isSkipped ? describe.skip : describe)('in a company network (openssl, nginx, squid)', () => {
  let world: World;
  let network: Network;
  let servers: Record<'private' | 'self-signed' | 'expired', number>;
  let open: Awaited<ReturnType<Network['startProxy']>>;
  let closed: typeof open;

  beforeAll(async () => {
    world = await World.start();
    network = await Network.start();
    const { serverUrl } = world.github;
    const [trusted, selfSigned, expired, ...proxies] = await Promise.all([
      network.startServer(serverUrl, 'private'),
      network.startServer(serverUrl, 'self-signed'),
      network.startServer(serverUrl, 'expired'),
      network.startProxy(),
      network.startProxy({ user: 'user', password }),
    ]);
    servers = { private: trusted, 'self-signed': selfSigned, expired };
    [open, closed] = proxies;
  }, 60_000);
  afterAll(async () => {
    await world.end();
    await network.end();
  });
  beforeEach(() => {
    world.github.requests.length = 0;
  });

  const run = (apiUrl: string, environment: Record<string, string> = {}, retries = '0') =>
    world.run({ 'github-api-url': apiUrl, retries }, { environment });
  const trusting = () => ({ NODE_EXTRA_CA_CERTS: network.authority });
  const company = () => `https://${companyHost}:${servers.private}/api/v3`;
  const local = (server: keyof typeof servers) => `https://localhost:${servers[server]}/api/v3`;

  test('a private authority in NODE_EXTRA_CA_CERTS is trusted, and loopback needs no proxy', async () => {
    const https_proxy = `http://127.0.0.1:${await freePort()}`;

    const result = await run(local('private'), { ...trusting(), https_proxy });

    expect(result.conclusion).toBe('success');
    expect(world.github.requests).toHaveLength(1);
  });

  test.each([
    ['an unknown private authority', 'private', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'NODE_EXTRA_CA_CERTS'],
    ['a self-signed certificate', 'self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'NODE_EXTRA_CA_CERTS'],
    ['an expired certificate', 'expired', 'CERT_HAS_EXPIRED', 'the clock of this machine is wrong'],
  ] as const)('%s is not retried', async (_, server, code, explanation) => {
    const environment = server === 'expired' ? trusting() : {};

    const result = await run(local(server), environment, '3');

    expectFailure(result, code, explanation, /More: .*\btls\b/);
    expect(result.log).not.toMatch(/Retry \d/);
    expect(world.github.requests).toEqual([]);
    expectNoSecret(world, result);
  });

  test('a certificate for another host name is explained', async () => {
    const result = await run(`https://127.0.0.1:${servers.private}/api/v3`, trusting(), '3');

    expectFailure(result, 'ERR_TLS_CERT_ALTNAME_INVALID', 'for another host name', /More: .*\btls\b/);
  });

  test('https on a port for http is explained', async () => {
    const result = await run(world.github.apiUrl.replace('http:', 'https:'), {}, '3');

    expectFailure(result, 'EPROTO', 'does not use TLS', /More: .*\btls\b/);
  });

  test('the proxy in https_proxy is used', async () => {
    const result = await run(company(), { ...trusting(), https_proxy: `http://127.0.0.1:${open.port}` });

    expect(result.conclusion).toBe('success');
    expect(world.github.requests).toHaveLength(1);
    // squid logs a connection some time after its end.
    await eventually(async () => (await open.log()).includes(`CONNECT ${companyHost}:${servers.private}`));
  });

  test('a host in no_proxy is reached without the proxy', async () => {
    const proxy = { https_proxy: `http://127.0.0.1:${open.port}`, no_proxy: 'other.test,test' };

    const result = await run(company(), { ...trusting(), ...proxy });

    expectFailure(result, 'cannot be resolved', /More: .*\bnetwork\b/);
    expect(world.github.requests).toEqual([]);
  });

  test('only the proxy gets the user name and password', async () => {
    const https_proxy = `http://${login}@127.0.0.1:${closed.port}`;

    const result = await run(company(), { ...trusting(), https_proxy });

    expect(result.conclusion).toBe('success');
    await eventually(async () => /CONNECT ghe\.test:\d+ user/.test(await closed.log()));
    expect(world.github.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
    expect(await closed.log()).not.toContain(adminToken);
  });

  test.each([
    ['no password', ''],
    ['a wrong password', 'user:wrong-word@'],
  ])('a proxy that gets %s is not tried again, and does not delay the end of the step', async (_, wrong) => {
    const https_proxy = `http://${wrong}127.0.0.1:${closed.port}`;
    const start = performance.now();

    const result = await run(company(), { ...trusting(), https_proxy }, '3');

    expectFailure(
      result,
      `the proxy 127.0.0.1:${closed.port} did not connect to ${companyHost}: it responded 407`,
      'percent-encoded',
      /More: .*\bproxy\b/,
    );
    expect(result.log).not.toMatch(/Retry \d/);
    expect(`${result.stdout}${result.stderr}`).not.toContain('wrong-word');
    expect(world.github.requests).toEqual([]);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('a proxy that does not allow the host is not tried again', async () => {
    const https_proxy = `http://127.0.0.1:${open.port}`;

    const result = await run('https://forbidden.test/api/v3', { https_proxy }, '3');

    expectFailure(result, 'it responded 403', 'The rules of the proxy', /More: .*\bproxy\b/);
    expect(result.log).not.toMatch(/Retry \d/);
  });

  test('a proxy that cannot reach the host is tried again', async () => {
    const https_proxy = `http://127.0.0.1:${open.port}`;

    const result = await run(`https://${companyHost}:${await freePort()}/api/v3`, { https_proxy }, '1');

    expectFailure(
      result,
      /it responded 50[0-9]/,
      `The proxy cannot resolve or reach ${companyHost}`,
      'after 2 attempts',
      /More: .*\bproxy\b/,
    );
  });

  test('a proxy that is down is tried again', async () => {
    const https_proxy = `http://${login}@127.0.0.1:${await freePort()}`;

    const result = await run(company(), { ...trusting(), https_proxy }, '1');

    expectFailure(result, 'ECONNREFUSED', 'after 2 attempts', /More: .*\bproxy\b/);
    expect(`${result.stdout}${result.stderr}`).not.toContain(encodeURIComponent(password));
  });

  test('a proxy that cannot be used is refused before anything is requested', async () => {
    const result = await run(company(), { https_proxy: `socks5://127.0.0.1:${open.port}` });

    expectFailure(result, 'The value of https_proxy cannot be used', 'SOCKS', /More: .*\bproxy\b/);
    expect(world.github.requests).toEqual([]);
  });
});

test('a server with an IPv6 address is reached', async () => {
  const github = await startGitHub({ host: '::1' });
  const world = await World.start();
  try {
    const inputs = { token: 'ghp_admin', repo: 'octo/app', 'github-api-url': github.apiUrl };
    const result = await world.run(inputs);

    expect(github.apiUrl).toMatch(/^http:\/\/\[::1\]:\d+/);
    expect(result.conclusion).toBe('success');
    expect(github.requests).toHaveLength(1);
  } finally {
    await world.end();
  }
});

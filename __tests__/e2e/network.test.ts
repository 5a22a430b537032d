import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import { companyHost, freePort, missingPrograms, Network } from '../../sandbox/network.ts';
import { adminToken, expectFailure, expectNoSecret, repository, World } from '../world.ts';

const missing = missingPrograms();
// The gate installs them; elsewhere their absence is shown, not hidden.
const inNetwork = missing.length > 0 && !process.env['CI'] ? describe.skip : describe;
const password = 'pass:wörd/@1';
const login = `user:${encodeURIComponent(password)}`;

inNetwork(
  `in a company's network${missing.length > 0 ? ` (not installed: ${missing.join(', ')})` : ''}`,
  () => {
    let world: World;
    let network: Network;
    let servers: Record<'private' | 'self-signed' | 'expired' | 'down', number>;
    let open: Awaited<ReturnType<Network['startProxy']>>;
    let closed: typeof open;

    beforeAll(async () => {
      world = await World.start();
      network = await Network.start();
      const { serverUrl } = world.github;
      const [trusted, selfSigned, expired, down, ...proxies] = await Promise.all([
        network.startServer(serverUrl, 'private'),
        network.startServer(serverUrl, 'self-signed'),
        network.startServer(serverUrl, 'expired'),
        network.startServer(`http://127.0.0.1:${await freePort()}`, 'private'),
        network.startProxy(),
        network.startProxy({ user: 'user', password }),
      ]);
      servers = { private: trusted, 'self-signed': selfSigned, expired, down };
      [open, closed] = proxies;
    }, 60_000);
    afterAll(async () => {
      await world.end();
      await network.end();
    });
    beforeEach(() => {
      world.github.requests.length = 0;
    });

    /** Runs a step that talks to this API root with these variables. */
    const run = (apiUrl: string, environment: Record<string, string> = {}, retries = '0') =>
      world.run({ 'github-api-url': apiUrl, retries }, { environment });
    const trusting = () => ({ NODE_EXTRA_CA_CERTS: network.authority });
    const company = () => `https://${companyHost}:${servers.private}/api/v3`;
    const local = (server: keyof typeof servers) => `https://localhost:${servers[server]}/api/v3`;

    test('a private authority is trusted that NODE_EXTRA_CA_CERTS names', async () => {
      const result = await run(local('private'), trusting());

      expect(result.conclusion).toBe('success');
      expect(world.github.requests).toHaveLength(1);
    });

    test.each([
      [
        'a private authority that is not named',
        'private',
        'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
        'NODE_EXTRA_CA_CERTS',
      ],
      ['a self-signed certificate', 'self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'NODE_EXTRA_CA_CERTS'],
      ['an expired certificate', 'expired', 'CERT_HAS_EXPIRED', 'the clock of this machine is wrong'],
    ] as const)('%s ends the step at once, with the way out', async (_, server, code, remedy) => {
      const environment = server === 'expired' ? trusting() : {};

      const result = await run(local(server), environment, '3');

      expectFailure(result, code, remedy, /#tls/);
      expect(result.log).not.toContain('Trying again');
      expect(world.github.requests).toEqual([]);
      expectNoSecret(world, result);
    });

    test('a certificate for another name says so', async () => {
      const result = await run(`https://127.0.0.1:${servers.private}/api/v3`, trusting(), '3');

      expectFailure(result, 'ERR_TLS_CERT_ALTNAME_INVALID', 'for another name', /#tls/);
    });

    test('https where only http is spoken says so', async () => {
      const result = await run(world.github.apiUrl.replace('http:', 'https:'), {}, '3');

      expectFailure(result, 'EPROTO', 'does not speak TLS', /#tls/);
    });

    test("a gateway that does not reach the server answers with a page, which is the server's error", async () => {
      const result = await run(local('down'), trusting(), '1');

      expectFailure(result, 'answered 502', 'tried 2 times', /#server-error/);
    });

    test('the proxy is used that https_proxy names', async () => {
      const result = await run(company(), { ...trusting(), https_proxy: `http://127.0.0.1:${open.port}` });

      expect(result.conclusion).toBe('success');
      expect(world.github.requests).toHaveLength(1);
      expect(await open.log()).toContain(`CONNECT ${companyHost}:${servers.private}`);
    });

    test('a host in no_proxy is not reached through it', async () => {
      const proxy = { https_proxy: `http://127.0.0.1:${open.port}`, no_proxy: `other.test,${companyHost}` };

      const result = await run(company(), { ...trusting(), ...proxy });

      expectFailure(result, 'cannot be resolved', /#network/);
      expect(world.github.requests).toEqual([]);
    });

    test('a login is sent to the proxy, and nowhere else', async () => {
      const https_proxy = `http://${login}@127.0.0.1:${closed.port}`;

      const result = await run(company(), { ...trusting(), https_proxy });

      expect(result.conclusion).toBe('success');
      expect(await closed.log()).toMatch(/CONNECT ghe\.test:\d+ user/);
      expect(world.github.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
      expect(await open.log()).not.toContain(adminToken);
    });

    test.each([
      ['no login', ''],
      ['the wrong login', 'user:wrong-word@'],
    ])('a proxy that asks for a login and gets %s ends the step at once', async (_, wrong) => {
      const https_proxy = `http://${wrong}127.0.0.1:${closed.port}`;

      const result = await run(company(), { ...trusting(), https_proxy }, '3');

      expectFailure(result, `the proxy 127.0.0.1:${closed.port} answered 407`, 'percent-encoded', /#proxy/);
      expect(result.log).not.toContain('Trying again');
      expect(`${result.stdout}${result.stderr}`).not.toContain('wrong-word');
      expect(world.github.requests).toEqual([]);
    });

    test('a proxy that forbids the host ends the step at once', async () => {
      const https_proxy = `http://127.0.0.1:${open.port}`;

      const result = await run('https://forbidden.test/api/v3', { https_proxy }, '3');

      expectFailure(result, 'answered 403', 'The rules of the proxy', /#proxy/);
      expect(result.log).not.toContain('Trying again');
    });

    test('a proxy that does not reach the host is asked again', async () => {
      const https_proxy = `http://127.0.0.1:${open.port}`;

      const result = await run(`https://${companyHost}:${await freePort()}/api/v3`, { https_proxy }, '1');

      expectFailure(
        result,
        /answered 50[0-9]/,
        `The proxy cannot reach ${companyHost}`,
        'tried 2 times',
        /#proxy/,
      );
    });

    test('a proxy that is down is asked again', async () => {
      const https_proxy = `http://${login}@127.0.0.1:${await freePort()}`;

      const result = await run(company(), { ...trusting(), https_proxy }, '1');

      expectFailure(result, 'ECONNREFUSED', 'tried 2 times', /#proxy/);
      expect(`${result.stdout}${result.stderr}`).not.toContain(encodeURIComponent(password));
    });
  },
);

test('a server with an IPv6 address is reached', async () => {
  const github = await GitHub.start({ host: '::1' });
  github.addRepository(repository);
  github.addAdminToken(adminToken, { registrations: [repository] });
  const world = await World.start();
  try {
    const result = await world.run({ 'github-api-url': github.apiUrl });

    expect(github.apiUrl).toMatch(/^http:\/\/\[::1\]:\d+/);
    expect(result.conclusion).toBe('success');
    expect(github.requests).toHaveLength(1);
  } finally {
    await world.end();
    await github.close();
  }
});

import { Failure } from '../failure.ts';
import { isLoopback } from '../registration.ts';

/**
 * The proxy for requests to a server: `https_proxy` in either case, unless the server is a loopback address or in
 * `no_proxy`, where a domain includes its subdomains. The runner and `@actions/http-client` choose the same way; Node.js
 * uses a proxy for loopback too, and only takes `.example.com` for the subdomains.
 *
 * @throws Failure if the value cannot be used. Node.js would ignore it and connect directly.
 */
export function proxyFor(
  apiUrl: string,
  node: Pick<NodeJS.Process, 'env' | 'version' | 'allowedNodeEnvironmentFlags'> = process,
): URL | undefined {
  const server = new URL(apiUrl);
  const value = node.env['https_proxy'] || node.env['HTTPS_PROXY'];
  const excluded = node.env['no_proxy'] || node.env['NO_PROXY'] || '';
  if (!value || isLoopback(server.hostname) || isExcluded(server, excluded)) {
    return undefined;
  }
  const withoutProxy = `If ${server.hostname} can be reached without a proxy, add it to no_proxy.`;
  // Added to Node.js together with `proxyEnv` of `https.Agent`.
  if (!node.allowedNodeEnvironmentFlags.has('--use-env-proxy')) {
    throw new Failure('proxy', {
      happened: `The proxy in https_proxy cannot be used with Node.js ${node.version}. Nothing was requested or changed.`,
      cause: 'Proxies require Node.js 24.5, which comes with runner 2.328 (not with the one for 32-bit Arm).',
      remedy: `Update the runner. ${withoutProxy}`,
    });
  }
  const proxy = parseProxy(value);
  if (proxy === undefined) {
    throw new Failure('proxy', {
      happened: 'The value of https_proxy cannot be used. Nothing was requested or changed.',
      cause:
        'It is not the URL of an HTTP proxy, or its user name or password is not percent-encoded. SOCKS proxies are not supported.',
      remedy: `Set https_proxy to http://HOST:PORT or http://USER:PASSWORD@HOST:PORT. ${withoutProxy}`,
    });
  }
  return proxy;
}

/** Parses `http://USER:PASSWORD@HOST:PORT`. Everything except the host is optional. */
function parseProxy(value: string): URL | undefined {
  try {
    const url = new URL(value.includes('://') ? value : `http://${value}`);
    decodeURIComponent(`${url.username}:${url.password}`);
    return ['http:', 'https:'].includes(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a list such as `ghe.example.com,.example.org,host:8443` contains the server. */
function isExcluded({ hostname, port }: URL, list: string): boolean {
  const names = [`.${hostname}`, `.${hostname}:${port || 443}`];
  const entries = list.toLowerCase().match(/[^\s,]+/g) ?? [];
  return entries.some((entry) => {
    const suffix = entry.replace(/^(\*?\.)?/, '.');
    return entry === '*' || names.some((name) => name.endsWith(suffix));
  });
}

import { checkBypass } from '@actions/http-client/lib/proxy';
import { Failure } from '../failure.ts';

/** A proxy did not open the way to the server. */
export class ProxyError extends Error {
  /** The proxy's host, without what logs in to it. */
  readonly proxy: string;
  /** What the proxy answered; `undefined` when it did not. */
  readonly status: number | undefined;

  constructor(proxy: string, status: number | undefined, options?: ErrorOptions) {
    super(`the proxy ${proxy} ${status === undefined ? 'did not answer' : `answered ${status}`}`, options);
    this.proxy = proxy;
    this.status = status;
  }
}

/** Where a proxy is, and what logs in to it. */
export interface HttpProxy {
  /** Its protocol, host and port. */
  readonly uri: string;
  /** The header `proxy-authorization`. */
  readonly token?: string;
}

/**
 * The proxy that the environment names for a server, if it names one: `https_proxy` or `http_proxy`, in either case, but
 * for the hosts in `no_proxy` and loopback; as in every action that uses the toolkit.
 *
 * @throws Failure when what the environment names cannot be a proxy. The toolkit goes past it.
 */
export function proxyFor(serverUrl: string): HttpProxy | undefined {
  const server = new URL(serverUrl);
  const variable = server.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const address = process.env[variable] || process.env[variable.toUpperCase()];
  if (!address || checkBypass(server)) {
    return undefined;
  }
  const proxy = parseProxy(address);
  if (proxy === undefined) {
    throw new Failure('proxy', {
      happened: `The variable ${variable} cannot be used. Nothing was requested or changed.`,
      cause:
        'It is not the address of an HTTP proxy, or its user name or password holds a character that has to be percent-encoded.',
      remedy: `Set ${variable} to http://HOST:PORT or http://USER:PASSWORD@HOST:PORT (a SOCKS proxy cannot be used), or name ${server.hostname} in no_proxy if it is reached without one.`,
    });
  }
  return proxy;
}

/** Reads `http://USER:PASSWORD@HOST:PORT`, all but the host optional. */
function parseProxy(address: string): HttpProxy | undefined {
  try {
    const url = new URL(address.includes('://') ? address : `http://${address}`);
    const login = decodeURIComponent(`${url.username}:${url.password}`);
    return ['http:', 'https:'].includes(url.protocol)
      ? {
          uri: url.origin,
          ...(url.username !== '' && { token: `Basic ${Buffer.from(login).toString('base64')}` }),
        }
      : undefined;
  } catch {
    return undefined;
  }
}

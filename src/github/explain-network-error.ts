import { causesOf, type ErrorProperties, type Explanation, Failure, type FailureKind } from '../failure.ts';
import type { Server } from '../registration.ts';
import { FailedAttempt } from './retry.ts';
import { ForeignResponse } from './transport.ts';

/** What the explanation needs to know of the request. */
interface SentRequest {
  readonly purpose: string;
  readonly server: Server;
  readonly proxy: URL | undefined;
}

type Reason = Explanation & { readonly kind: FailureKind; readonly retry: FailedAttempt['retry'] };

/** @see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const tlsCode = /^(ERR_SSL|ERR_TLS|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;
const checkSettings = 'Check the input "github-api-url" and the proxy settings of this machine.';

/** Explains a request without a response, or with one that cannot be read. */
export function explainNetworkError(error: unknown, request: SentRequest): FailedAttempt {
  const causes = causesOf(error);
  const failure = causes.find((cause) => cause instanceof Failure);
  if (failure !== undefined) {
    return new FailedAttempt(failure, 'never');
  }
  const { kind, retry, ...reason } = reasonFor(causes.at(-1) ?? { message: error }, request);
  const happened = `Could not ${request.purpose}: ${reason.happened}.`;
  return new FailedAttempt(new Failure(kind, { ...reason, happened }, { cause: error }), retry);
}

function reasonFor(error: ErrorProperties, { server, proxy }: SentRequest): Reason {
  const { host, hostname } = new URL(server.apiUrl);
  // The code of a DOMException, such as a timeout, is a number.
  const code = String(typeof error.code === 'string' ? error.code : error.name);
  if (error instanceof ForeignResponse) {
    return {
      kind: 'invalid-response',
      retry: 'never',
      happened: error.message,
      likelyCause:
        'A proxy or a sign-in page responded instead of GitHub, or "github-api-url" is not the root of the REST API.',
      remedy: checkSettings,
    };
  }
  if (tlsCode.test(code)) {
    const peer = proxy?.protocol === 'https:' ? `${host}, or to the proxy ${proxy.host},` : host;
    // OpenSSL's own messages contain memory addresses and source lines.
    const detail = /ERR_SSL|EPROTO/.test(code) ? code : `${code}: ${error.message}`;
    return {
      kind: 'tls',
      retry: 'never',
      happened: `the secure connection to ${peer} failed (${detail})`,
      ...explainCertificate(code),
    };
  }
  if (/^(HPE_|Z_)/.test(code)) {
    return {
      kind: 'invalid-response',
      // Compressed data may have been cut off. A server that does not use HTTP will not start to.
      retry: code.startsWith('Z_') ? 'backoff' : 'never',
      happened: `the response of ${host} cannot be read (${error.message})`,
      likelyCause: 'The server does not use HTTP on this port, or a proxy damaged the response.',
      remedy: checkSettings,
    };
  }
  if (proxy !== undefined && (code === 'ERR_PROXY_TUNNEL' || isConnecting(error))) {
    return explainProxy(error, proxy, hostname);
  }
  const peer = proxy === undefined ? host : `${host} through the proxy ${proxy.host}`;
  return {
    kind: 'network',
    retry: 'backoff',
    happened:
      code === 'TimeoutError'
        ? `the request to ${peer} timed out after 30 seconds`
        : `the request to ${peer} failed (${error.message})`,
    likelyCause:
      proxy === undefined
        ? likelyNetworkCause(code)
        : 'The proxy or the server does not respond, or closed the connection.',
    remedy: `Check that this machine can reach ${server.apiUrl}, and that https_proxy and no_proxy are set for this step as your network requires.`,
  };
}

/** With a proxy, Node.js resolves and connects to the proxy only. */
function isConnecting({ syscall }: ErrorProperties): boolean {
  return syscall === 'connect' || syscall === 'getaddrinfo';
}

function likelyNetworkCause(code: string): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'The host name cannot be resolved: it is misspelled, or the DNS server of this machine is unavailable or does not know it.';
    case 'ECONNREFUSED':
      return 'Nothing listens on this host and port, or a firewall rejects the connection.';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'TimeoutError':
      return 'A firewall drops the packets, a required proxy is not set, or the server is down.';
    default:
      return 'The server, a firewall or a proxy closed the connection.';
  }
}

function explainCertificate(code: string): { likelyCause: string; remedy: string } {
  if (/^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/.test(code)) {
    return {
      likelyCause:
        'The certificate was issued by a private certificate authority, or by a proxy that inspects TLS traffic. Node.js does not trust it.',
      remedy:
        "Set NODE_EXTRA_CA_CERTS to a PEM file with the certificate of that authority, in the runner's .env file or in the step's env. Do not disable the verification: anyone could then read the token.",
    };
  }
  if (/HAS_EXPIRED|NOT_YET_VALID/.test(code)) {
    return {
      likelyCause: `The certificate is expired or not yet valid, or the clock of this machine is wrong. The clock shows ${new Date().toISOString()}.`,
      remedy: 'Check the clock. If it is right, the certificate of the server must be renewed.',
    };
  }
  if (/ALTNAME|HOSTNAME/.test(code)) {
    return {
      likelyCause:
        'The certificate is for another host name: the host in "github-api-url" is an alias or an IP address, or another machine responded.',
      remedy:
        'Set "github-api-url" to a host name in the certificate, or issue a certificate for the present host name.',
    };
  }
  return {
    likelyCause: 'The server does not use TLS on this port, or no TLS version that Node.js accepts.',
    remedy: checkSettings,
  };
}

function explainProxy(error: ErrorProperties, proxy: URL, hostname: string): Reason {
  const kind = 'proxy';
  const happened = `the proxy ${proxy.host} did not connect to ${hostname}`;
  const withoutProxy = `If ${hostname} can be reached without the proxy, add it to no_proxy.`;
  // `NaN` is the status of a response that is not HTTP.
  const status = Number(error.statusCode) || undefined;
  if (status === undefined) {
    const detail = isConnecting(error) ? error.message : 'no HTTP response';
    return {
      kind,
      retry: 'backoff',
      happened: `${happened} (${detail})`,
      likelyCause: 'The URL of the proxy is wrong, or the proxy is down.',
      remedy: `Check https_proxy in the runner's .env file and in the step's env. ${withoutProxy}`,
    };
  }
  const responded = `${happened}: it responded ${status}`;
  if (status === 407) {
    return {
      kind,
      retry: 'never',
      happened: responded,
      cause: 'The proxy requires a user name and password, and got none or the wrong ones.',
      remedy:
        'Set https_proxy to http://USER:PASSWORD@HOST:PORT, with a percent-encoded password. Only Basic authentication is supported.',
    };
  }
  return status >= 500 || status === 429 || status === 408
    ? {
        kind,
        retry: 'backoff',
        happened: responded,
        likelyCause: `The proxy cannot resolve or reach ${hostname}.`,
        remedy: `Run curl --proxy with ${hostname} on this machine, and check the log of the proxy. ${withoutProxy}`,
      }
    : {
        kind,
        retry: 'never',
        happened: responded,
        likelyCause: `The rules of the proxy do not allow connections to ${hostname}.`,
        remedy: `Allow ${hostname} on the proxy. ${withoutProxy}`,
      };
}

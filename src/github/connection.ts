import { causesOf, Failure } from '../failure.ts';
import type { Server } from '../server.ts';
import { ProxyError } from './proxy.ts';
import { Setback } from './retry.ts';

/** What the operating system, Node.js and undici call a failure, and where it comes from. */
const causesOfNoAnswer: [codes: string[], cause: string][] = [
  [
    ['ENOTFOUND', 'EAI_AGAIN'],
    "The name of the host cannot be resolved: it is misspelled, or this machine's name server does not know it or has a problem.",
  ],
  [
    ['ECONNREFUSED'],
    'Nothing listens there, or a firewall refuses the connection: the server or port is wrong, or it is down.',
  ],
  [
    ['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'TimeoutError'],
    'A firewall that drops packets, a proxy that is needed and not set, or an outage.',
  ],
];

/** Errors of OpenSSL and of Node.js about certificates: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const tlsCode = /^(ERR_SSL|ERR_TLS|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;
const trustProblem = /^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/;

/** Explains a request that was never answered, or not in a way that can be read. */
export function explainNoAnswer(error: unknown, purpose: string, server: Server): Setback {
  const causes = causesOf(error);
  const foreseen = causes.find((cause) => cause instanceof Failure);
  if (foreseen !== undefined) {
    return new Setback(foreseen, 'permanent');
  }
  const proxyError = causes.find((cause) => cause instanceof ProxyError);
  const deepest = causes.at(-1) ?? {};
  // The code of a DOMException, such as a time-out, is an old number; its name tells more.
  const code = String(typeof deepest.code === 'string' ? deepest.code : deepest.name);
  if (tlsCode.test(code)) {
    const other = proxyError === undefined ? new URL(server.apiUrl).host : `the proxy ${proxyError.proxy}`;
    return explainTlsError(code, String(deepest.message), { error, purpose, other });
  }
  if (proxyError !== undefined) {
    return explainProxyError(proxyError, { error, purpose, server });
  }
  const { host } = new URL(server.apiUrl);
  if (/^(HPE_|UND_ERR_HEADERS_OVERFLOW|Z_)/.test(code)) {
    const failure = new Failure(
      'invalid-response',
      {
        happened: `Could not ${purpose}: the answer of ${host} cannot be read (${deepest.message}).`,
        cause: 'Something that does not speak HTTP listens there, or a proxy damaged the answer.',
        remedy: 'Check the input "github-api-url" and the proxy settings of this machine.',
      },
      { cause: error },
    );
    // An unpacked body may have been cut off on its way; what is no HTTP stays none.
    return new Setback(failure, code.startsWith('Z_') ? 'passing' : 'permanent');
  }
  const said = code === 'TimeoutError' ? 'nothing for 30 seconds' : String(deepest.message ?? error);
  const [, cause = 'The connection broke off: a restart, a firewall or a proxy on the way, or an outage.'] =
    causesOfNoAnswer.find(([codes]) => codes.includes(code)) ?? [];
  const failure = new Failure(
    'network',
    {
      happened: `Could not ${purpose}: ${host} did not answer (${said}).`,
      cause,
      remedy: `Check from this machine that ${server.apiUrl} can be reached, and that https_proxy and no_proxy are set for this step as the network needs them.`,
    },
    { cause: error },
  );
  return new Setback(failure, 'passing');
}

function explainTlsError(
  code: string,
  message: string,
  { error, purpose, other }: { error: unknown; purpose: string; other: string },
): Setback {
  // What OpenSSL itself says holds addresses in memory and lines of its source.
  const said = /ERR_SSL|EPROTO/.test(code) ? code : `${code}: ${message}`;
  const failure = new Failure(
    'tls',
    {
      happened: `Could not ${purpose}: no secure connection to ${other} could be made (${said}).`,
      ...explainCertificate(code),
    },
    { cause: error },
  );
  return new Setback(failure, 'permanent');
}

function explainCertificate(code: string): { cause: string; remedy: string } {
  if (trustProblem.test(code)) {
    return {
      cause:
        'Its certificate comes from an authority that Node.js does not know: a private one, or that of a proxy which opens TLS.',
      remedy:
        "Set NODE_EXTRA_CA_CERTS to a file (PEM) with that authority's certificate, in the .env file of the runner or in the step's env. Do not turn the check off: the token would go to anybody.",
    };
  }
  if (/HAS_EXPIRED|NOT_YET_VALID/.test(code)) {
    return {
      cause: `The certificate is out of date, or the clock of this machine is wrong: it says ${new Date().toISOString()}.`,
      remedy:
        "Compare the clock with the time of day and set it right (NTP). If it is right, the server's administrator has to renew the certificate.",
    };
  }
  if (/ALTNAME|HOSTNAME/.test(code)) {
    return {
      cause:
        'The certificate is for another name: the host in "github-api-url" is an alias or an address, or another machine answers in its place.',
      remedy: 'Use the name in the certificate in "github-api-url", or have the certificate extended.',
    };
  }
  return {
    cause: 'The other side does not speak TLS on this port, or no version of it that Node.js accepts.',
    remedy: 'Check the protocol and the port in "github-api-url" and in the proxy settings of this machine.',
  };
}

function explainProxyError(
  { proxy, status, cause: reason }: ProxyError,
  { error, purpose, server }: { error: unknown; purpose: string; server: Server },
): Setback {
  const { hostname } = new URL(server.apiUrl);
  const said =
    status === undefined ? `did not answer (${causesOf(reason).at(-1)?.message})` : `answered ${status}`;
  const failure = new Failure(
    'proxy',
    {
      happened: `Could not ${purpose}: the proxy ${proxy} ${said}, so that ${hostname} was not reached.`,
      ...explainProxyStatus(status, hostname),
    },
    { cause: error },
  );
  const isPassing = status === undefined || status >= 500 || status === 429 || status === 408;
  return new Setback(failure, isPassing ? 'passing' : 'permanent');
}

function explainProxyStatus(status: number | undefined, hostname: string): { cause: string; remedy: string } {
  if (status === undefined) {
    return {
      cause: 'The address of the proxy is wrong, or it is down.',
      remedy: `Check https_proxy in the .env file of the runner and in the step's env, or name ${hostname} in no_proxy if it is reached without a proxy.`,
    };
  }
  if (status === 407) {
    return {
      cause: 'It wants a user name and a password, and got none or the wrong ones.',
      remedy:
        'Set https_proxy to http://USER:PASSWORD@HOST:PORT, with the password percent-encoded. Only the basic scheme is spoken.',
    };
  }
  return status < 500
    ? {
        cause: `The rules of the proxy do not let this machine reach ${hostname}.`,
        remedy: `Have ${hostname} allowed on the proxy, or name it in no_proxy if it is reached without one.`,
      }
    : {
        cause: `The proxy cannot reach ${hostname}: it does not know the name, or the way on is interrupted.`,
        remedy: `Try curl --proxy with the API root ${hostname} from this machine, and look at the log of the proxy.`,
      };
}

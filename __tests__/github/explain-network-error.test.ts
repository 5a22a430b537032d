import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/failure.ts';
import { explainNetworkError } from '../../src/github/explain-network-error.ts';
import { ForeignResponse } from '../../src/github/transport.ts';
import { parseServer } from '../../src/registration.ts';

const server = parseServer('https://ghe.example:8443/api/v3');
const proxy = new URL('http://user:word@proxy.example:3128');
const withCode = (code: string, properties: object = {}, message = 'message') =>
  Object.assign(new Error(message), { code, ...properties });

/** Octokit's error has the network error as its cause. */
function explain(networkError: unknown, through?: URL) {
  const error = new Error('request failed', { cause: networkError });
  const { failure, retry } = explainNetworkError(error, { purpose: 'do this', server, proxy: through });
  // The debug log shows all causes.
  expect(failure.cause).toBe(error);
  expect(failure.message).not.toContain('word@');
  return { kind: failure.kind, retry, ...failure.explanation };
}

describe('a connection', () => {
  test.each([
    ['ENOTFOUND', /cannot be resolved/],
    ['EAI_AGAIN', /cannot be resolved/],
    ['ECONNREFUSED', /Nothing listens/],
    ['ETIMEDOUT', /drops the packets/],
    ['EHOSTUNREACH', /drops the packets/],
    ['ENETUNREACH', /drops the packets/],
    ['ECONNRESET', /closed the connection/],
    ['UNKNOWN', /closed the connection/],
  ])('that fails with %s is retried', (code, likelyCause) => {
    expect(explain(withCode(code, { syscall: 'connect' }))).toEqual({
      kind: 'network',
      retry: 'backoff',
      happened: 'Could not do this: the request to ghe.example:8443 failed (message).',
      likelyCause: expect.stringMatching(likelyCause),
      remedy: expect.stringMatching(/ https:\/\/ghe\.example:8443\/api\/v3, .*https_proxy and no_proxy/),
    });
  });

  test('that times out is retried', () => {
    const error = new DOMException('The operation was aborted due to timeout', 'TimeoutError');

    expect(explain(error)).toMatchObject({
      kind: 'network',
      retry: 'backoff',
      happened: 'Could not do this: the request to ghe.example:8443 timed out after 30 seconds.',
      likelyCause: expect.stringContaining('drops the packets'),
    });
  });

  test('to several addresses is explained with the last error', () => {
    const refused = ['::1', '127.0.0.1'].map((address) => withCode('ECONNREFUSED', {}, address));

    expect(explain(new AggregateError(refused)).happened).toMatch(/ failed \(127\.0\.0\.1\)\.$/);
  });

  test('that fails with something other than an error is explained', () => {
    const { failure } = explainNetworkError('text', { purpose: 'do this', server, proxy: undefined });

    expect(failure.explanation.happened).toMatch(/ failed \(text\)\.$/);
  });
});

test('the failure of an aborted request is left unchanged', () => {
  const failure = new Failure('removal-failed', { happened: 'Cancelled.', cause: 'c', remedy: 'r' });
  const error = new Error('request failed', { cause: failure });

  expect(explainNetworkError(error, { purpose: 'do this', server, proxy })).toEqual({
    failure,
    retry: 'never',
  });
});

describe('a certificate', () => {
  test.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', /private certificate authority/, /NODE_EXTRA_CA_CERTS/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /private certificate authority/, /NODE_EXTRA_CA_CERTS/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /private certificate authority/, /Do not disable/],
    ['CERT_HAS_EXPIRED', /clock of this machine is wrong\. The clock shows \d{4}-/, /renewed/],
    ['CERT_NOT_YET_VALID', /clock of this machine is wrong\. The clock shows \d{4}-/, /renewed/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /for another host name/, /to a host name in the certificate/],
    ['HOSTNAME_MISMATCH', /for another host name/, /to a host name in the certificate/],
  ])('that Node.js does not accept is not retried: %s', (code, likelyCause, remedy) => {
    expect(explain(withCode(code), proxy)).toEqual({
      kind: 'tls',
      retry: 'never',
      happened: `Could not do this: the secure connection to ghe.example:8443 failed (${code}: message).`,
      likelyCause: expect.stringMatching(likelyCause),
      remedy: expect.stringMatching(remedy),
    });
  });

  test.each(['ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO'])('that does not exist: %s', (code) => {
    expect(explain(withCode(code, {}, '40:error:tls.c:77:\n'))).toMatchObject({
      kind: 'tls',
      happened: `Could not do this: the secure connection to ghe.example:8443 failed (${code}).`,
      likelyCause: expect.stringContaining('does not use TLS'),
      remedy: expect.stringContaining('"github-api-url" and the proxy settings'),
    });
  });

  test('may be that of an https proxy', () => {
    expect(explain(withCode('CERT_HAS_EXPIRED'), new URL('https://proxy.example')).happened).toContain(
      'the secure connection to ghe.example:8443, or to the proxy proxy.example, failed',
    );
  });
});

describe('a response', () => {
  test.each([
    ['HPE_INVALID_CONSTANT', 'never'],
    ['Z_DATA_ERROR', 'backoff'],
  ])('that cannot be read (%s): %s', (code, retry) => {
    expect(explain(withCode(code))).toEqual({
      kind: 'invalid-response',
      retry,
      happened: 'Could not do this: the response of ghe.example:8443 cannot be read (message).',
      likelyCause: expect.stringContaining('does not use HTTP'),
      remedy: expect.stringContaining('"github-api-url" and the proxy settings'),
    });
  });

  test('that is not from GitHub is not retried', () => {
    expect(explain(new ForeignResponse('the response is long'))).toEqual({
      kind: 'invalid-response',
      retry: 'never',
      happened: 'Could not do this: the response is long.',
      likelyCause: expect.stringContaining('a sign-in page'),
      remedy: expect.stringContaining('"github-api-url" and the proxy settings'),
    });
  });
});

describe('a proxy', () => {
  const notConnected = 'Could not do this: the proxy proxy.example:3128 did not connect to ghe.example';

  test.each([
    [407, 'never', 'cause', /user name and password/, /percent-encoded/],
    [403, 'never', 'likelyCause', /rules of the proxy/, /Allow ghe\.example/],
    [408, 'backoff', 'likelyCause', /cannot resolve or reach/, /curl --proxy/],
    [429, 'backoff', 'likelyCause', /cannot resolve or reach/, /curl --proxy/],
    [500, 'backoff', 'likelyCause', /cannot resolve or reach/, /curl --proxy/],
    [503, 'backoff', 'likelyCause', /cannot resolve or reach/, /curl --proxy/],
  ])('that responds %d: %s', (statusCode, retry, certainty, cause, remedy) => {
    expect(explain(withCode('ERR_PROXY_TUNNEL', { statusCode }), proxy)).toEqual({
      kind: 'proxy',
      retry,
      happened: `${notConnected}: it responded ${statusCode}.`,
      [certainty]: expect.stringMatching(cause),
      remedy: expect.stringMatching(remedy),
    });
  });

  test.each([
    [withCode('ECONNREFUSED', { syscall: 'connect' }), 'message'],
    [withCode('ENOTFOUND', { syscall: 'getaddrinfo' }), 'message'],
    [withCode('ERR_PROXY_TUNNEL'), 'no HTTP response'],
    [withCode('ERR_PROXY_TUNNEL', { statusCode: Number.NaN }), 'no HTTP response'],
  ])('without a response is retried: %p', (error, detail) => {
    expect(explain(error, proxy)).toEqual({
      kind: 'proxy',
      retry: 'backoff',
      happened: `${notConnected} (${detail}).`,
      likelyCause: 'The URL of the proxy is wrong, or the proxy is down.',
      remedy: expect.stringMatching(/^Check https_proxy .*ghe\.example can be reached without the proxy/),
    });
  });

  test('is not blamed for a connection that is closed later', () => {
    expect(explain(withCode('ECONNRESET', { syscall: 'read' }), proxy)).toMatchObject({
      kind: 'network',
      happened:
        'Could not do this: the request to ghe.example:8443 through the proxy proxy.example:3128 failed (message).',
      likelyCause: 'The proxy or the server does not respond, or closed the connection.',
    });
  });
});

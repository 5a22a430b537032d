import { describe, expect, test } from '@jest/globals';
import { explainNoAnswer } from '../../src/github/connection.ts';
import { ProxyError } from '../../src/github/proxy.ts';
import type { Setback } from '../../src/github/retry.ts';
import { parseServer } from '../../src/server.ts';

const server = parseServer('https://ghe.example:8443/api/v3');
const withCode = (code: string, message = 'said'): Error => Object.assign(new Error(message), { code });
/** As `fetch` reports what is behind a request without an answer. */
const explain = (behind: unknown): Setback => {
  const error = new TypeError('fetch failed', { cause: behind });
  const setback = explainNoAnswer(error, 'do this', server);
  // Where debug logging is on, all that is behind it is shown.
  expect(setback.failure.cause).toBe(error);
  return setback;
};

describe('a certificate', () => {
  test.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', /authority that Node\.js does not know/, /NODE_EXTRA_CA_CERTS/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /authority that Node\.js does not know/, /NODE_EXTRA_CA_CERTS/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /authority that Node\.js does not know/, /Do not turn the check off/],
    ['CERT_HAS_EXPIRED', /the clock of this machine is wrong: it says \d{4}-/, /NTP/],
    ['CERT_NOT_YET_VALID', /the clock of this machine is wrong: it says \d{4}-/, /NTP/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /for another name/, /Use the name in the certificate/],
    ['HOSTNAME_MISMATCH', /for another name/, /Use the name in the certificate/],
  ])('that is not accepted names the way out, and is not tried again: %s', (code, cause, remedy) => {
    const { failure, outlook } = explain(withCode(code));
    expect(outlook).toBe('permanent');
    expect(failure.kind).toBe('tls');
    expect(failure.explanation.happened).toBe(
      `Could not do this: no secure connection to ghe.example:8443 could be made (${code}: said).`,
    );
    expect(failure.explanation.cause).toMatch(cause);
    expect(failure.explanation.remedy).toMatch(remedy);
  });

  test.each(['ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO'])('may be missing altogether: %s', (code) => {
    const { failure } = explain(withCode(code, '40:error:tls.c:77:\n'));
    expect(failure).toMatchObject({
      kind: 'tls',
      explanation: {
        happened: expect.stringContaining(`(${code})`),
        cause: expect.stringContaining('does not speak TLS'),
        remedy: expect.stringContaining('the protocol and the port'),
      },
    });
  });

  test("of a proxy is told from the server's", () => {
    const error = new ProxyError('proxy.example:3128', undefined, { cause: withCode('CERT_HAS_EXPIRED') });
    expect(explain(error).failure).toMatchObject({
      kind: 'tls',
      message: expect.stringContaining('no secure connection to the proxy proxy.example:3128 could be made'),
    });
  });
});

describe('a proxy', () => {
  test.each([
    [407, 'permanent', /wants a user name and a password/, /percent-encoded/],
    [403, 'permanent', /rules of the proxy do not let this machine reach ghe\.example/, /no_proxy/],
    [429, 'passing', /rules of the proxy/, /allowed on the proxy/],
    [408, 'passing', /rules of the proxy/, /allowed on the proxy/],
    [499, 'permanent', /rules of the proxy/, /allowed on the proxy/],
    [500, 'passing', /cannot reach ghe\.example/, /log of the proxy/],
    [502, 'passing', /cannot reach ghe\.example/, /curl --proxy/],
  ])('that answers %d: %s', (status, outlook, cause, remedy) => {
    const setback = explain(new ProxyError('proxy.example:3128', status));
    expect(setback.outlook).toBe(outlook);
    const { kind, explanation } = setback.failure;
    expect(kind).toBe('proxy');
    expect(explanation.happened).toBe(
      `Could not do this: the proxy proxy.example:3128 answered ${status}, so that ghe.example was not reached.`,
    );
    expect(explanation.cause).toMatch(cause);
    expect(explanation.remedy).toMatch(remedy);
  });

  test('that does not answer is tried again', () => {
    const cause = new Error('connect ECONNREFUSED 10.0.0.1:3128');
    const { failure, outlook } = explain(new ProxyError('proxy.example:3128', undefined, { cause }));
    expect(outlook).toBe('passing');
    expect(failure.explanation).toMatchObject({
      happened:
        'Could not do this: the proxy proxy.example:3128 did not answer (connect ECONNREFUSED 10.0.0.1:3128), so that ghe.example was not reached.',
      cause: expect.stringContaining('the proxy is wrong, or it is down'),
      remedy: expect.stringContaining('name ghe.example in no_proxy'),
    });
  });
});

describe('a connection', () => {
  test.each([
    ['ENOTFOUND', /cannot be resolved/],
    ['EAI_AGAIN', /cannot be resolved/],
    ['ECONNREFUSED', /Nothing listens there/],
    ['ETIMEDOUT', /drops packets/],
    ['EHOSTUNREACH', /drops packets/],
    ['ENETUNREACH', /drops packets/],
    ['UND_ERR_CONNECT_TIMEOUT', /drops packets/],
    ['ECONNRESET', /broke off/],
    ['UND_ERR_SOCKET', /broke off/],
  ])('that fails with %s is tried again', (code, cause) => {
    const { failure, outlook } = explain(withCode(code));
    expect(outlook).toBe('passing');
    expect(failure.kind).toBe('network');
    expect(failure.explanation.happened).toBe('Could not do this: ghe.example:8443 did not answer (said).');
    expect(failure.explanation.cause).toMatch(cause);
    expect(failure.explanation.remedy).toMatch(
      /that https:\/\/ghe\.example:8443\/api\/v3 can be reached, and that https_proxy and no_proxy are set/,
    );
  });

  test('on which nothing comes for half a minute is tried again', () => {
    const { failure, outlook } = explainNoAnswer(
      new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
      'do this',
      server,
    );
    expect(outlook).toBe('passing');
    expect(failure.explanation.happened).toContain('(nothing for 30 seconds)');
    expect(failure.explanation.cause).toContain('drops packets');
  });
});

test.each([
  ['UND_ERR_HEADERS_OVERFLOW', 'permanent'],
  ['HPE_INVALID_CONSTANT', 'permanent'],
  ['Z_DATA_ERROR', 'passing'],
])('an answer that cannot be read (%s): %s', (code, outlook) => {
  const setback = explain(withCode(code));
  expect(setback.outlook).toBe(outlook);
  expect(setback.failure.kind).toBe('invalid-response');
  expect(setback.failure.explanation.happened).toBe(
    'Could not do this: the answer of ghe.example:8443 cannot be read (said).',
  );
  expect(setback.failure.explanation.cause).toContain('does not speak HTTP');
  expect(setback.failure.explanation.remedy).toContain('"github-api-url" and the proxy settings');
});

import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { GitHub } from '../../sandbox/github.ts';
import type { FailureKind } from '../../src/failure.ts';

type Reply = Parameters<GitHub['send']>[1];

/** How the stand-in responds to a request. A function uses the connection itself. */
export type Behavior = 'as usual' | Reply | ((response: ServerResponse, github: GitHub) => void);

/** A fault of GitHub, or of the network, and what the user of a step that creates a token sees. */
export interface Fault {
  readonly name: string;
  /** One per request. The last one repeats. */
  readonly behaviors: readonly [Behavior, ...Behavior[]];
  readonly inputs?: Readonly<Record<string, string>>;
  readonly outcome: FailureKind | 'success';
  /** In the log, and in the section of the troubleshooting page. */
  readonly symptom: string;
  /** Also in the log. */
  readonly says?: readonly RegExp[];
  /** One for each behavior, unless the step repeats them or does not get as far. */
  readonly requests?: number;
}

const now = { 'retry-after': '0' };
const html = { 'content-type': 'text/html; charset=utf-8' };

/** An error in GitHub's form. */
const refusal = (status: number, message: string, headers: Reply['headers'] = {}): Reply => ({
  status,
  body: { message, documentation_url: 'https://docs.github.com/rest' },
  headers,
});
const gateway = (status: number): Behavior => body(status, `<h1>${status}</h1>`, { ...html, ...now });
const body =
  (status: number, content: string | Buffer, headers: Reply['headers'] = {}): Behavior =>
  (response) => {
    response.writeHead(status, headers).end(content);
  };
/** Sends text without the HTTP of the server. */
const raw =
  (text: string): Behavior =>
  (response) => {
    response.socket?.end(text);
  };
const drop: Behavior = (response) => response.destroy();
const reset: Behavior = (response) => response.socket?.resetAndDestroy();
const token = JSON.stringify({ token: 'AREMOVE', expires_at: '2099-01-01T00:00:00Z' });
const created = (content: string | Buffer, headers: Reply['headers'] = {}): Behavior =>
  body(201, content, { 'content-type': 'application/json', ...now, ...headers });
const rateLimited =
  (seconds: number): Behavior =>
  (response, github) =>
    github.send(
      response,
      refusal(403, 'API rate limit exceeded for user ID 1.', {
        'x-ratelimit-remaining': 0,
        'x-ratelimit-reset': Math.floor(Date.now() / 1000) + seconds,
      }),
    );
const redirect =
  (status: number, location: string) =>
  (response: ServerResponse, github: GitHub): void =>
    github.send(response, { status, headers: { location: location.replace('SELF', github.serverUrl) } });

const classic = 'ghp_classic000000000000000000';
const fineGrained = 'github_pat_11FINE000000_grained';
const app = 'ghs_appOrWorkflow000000000000';
const never = { inputs: { retries: '0' } };
const once = { inputs: { retries: '1' } };

export const faults: readonly Fault[] = [
  {
    name: 'an unknown token',
    behaviors: ['as usual'],
    inputs: { token: 'ghp_unknown0000000000000000' },
    outcome: 'bad-credentials',
    symptom: 'responded 401',
    says: [/"Bad credentials"/, /expired, revoked/, /Create a new token/, /GitHub request ID: \w+:/],
  },
  {
    name: 'GITHUB_TOKEN, or the token of an app without the permission',
    behaviors: [
      refusal(403, 'Resource not accessible by integration', {
        'x-accepted-github-permissions': 'administration=write',
      }),
    ],
    inputs: { token: app },
    outcome: 'github-token-not-allowed',
    symptom: 'Resource not accessible by integration',
    says: [/is GITHUB_TOKEN, which cannot manage runners, or .* App .* \("administration=write"\)/],
  },
  {
    name: 'a fine-grained token without the permission',
    behaviors: [
      refusal(403, 'Resource not accessible by personal access token', {
        'x-accepted-github-permissions': 'administration=write',
      }),
    ],
    inputs: { token: fineGrained },
    outcome: 'missing-permission',
    symptom: 'Resource not accessible by personal access token',
    says: [/fine-grained token does not have .*"administration=write"/, /"Administration: write"/],
  },
  {
    name: 'a classic token of a person who is not an admin',
    behaviors: [
      refusal(403, 'Must have admin rights to Repository.', {
        'x-oauth-scopes': 'repo',
        'x-accepted-oauth-scopes': 'repo',
      }),
    ],
    inputs: { token: classic },
    outcome: 'missing-permission',
    symptom: 'Must have admin rights to Repository',
    says: [/Likely cause: .* its owner is not an admin of repository octo-org\/octo-repo/],
  },
  {
    name: 'a classic token without the scope, for which GitHub responds 404',
    behaviors: [
      refusal(404, 'Not Found', {
        'x-oauth-scopes': 'gist, read:org',
        'x-accepted-oauth-scopes': 'admin:org, repo',
      }),
    ],
    inputs: { token: classic },
    outcome: 'missing-permission',
    symptom: 'responded 404',
    says: [/Cause: The token has the scopes "gist, read:org"\. GitHub requires one of "admin:org, repo"\./],
  },
  {
    name: 'a fine-grained token for an enterprise',
    behaviors: [refusal(404, 'Not Found')],
    inputs: { token: fineGrained, enterprise: 'acme' },
    outcome: 'missing-permission',
    symptom: 'only classic tokens',
    says: [/the scope "manage_runners:enterprise"/],
  },
  {
    name: 'an archived repository',
    behaviors: [refusal(403, 'Repository was archived so is read-only.')],
    outcome: 'missing-permission',
    symptom: 'Repository was archived so is read-only',
    says: [/Unarchive the repository/],
  },
  {
    name: 'a token that is not authorized for single sign-on',
    behaviors: [
      refusal(403, 'Resource protected by organization SAML enforcement.', {
        'x-github-sso': 'required; url=https://github.com/orgs/octo-org/sso?authorization_request=AZ',
      }),
    ],
    inputs: { token: classic },
    outcome: 'sso-required',
    symptom: 'Resource protected by organization SAML enforcement',
    says: [/Open https:\/\/github\.com\/orgs\/octo-org\/sso\?authorization_request=AZ as the owner/],
  },
  {
    name: 'an address that is not on the allow list',
    behaviors: [
      refusal(
        403,
        'Although you appear to have the correct authorization credentials, the `octo-org` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.',
      ),
    ],
    outcome: 'ip-not-allowed',
    symptom: 'has an IP allow list enabled',
    says: [/Add the address to the IP allow list/],
  },
  {
    name: 'a token that cannot see the repository',
    behaviors: [refusal(404, 'Not Found')],
    inputs: { token: fineGrained },
    outcome: 'not-found',
    symptom: 'responded 404',
    says: [/fine-grained token has no access .*, or the repository does not exist/, /Check the spelling/],
  },
  {
    name: 'an unknown refusal',
    behaviors: [refusal(422, 'Validation Failed')],
    outcome: 'invalid-response',
    symptom: 'responded 422',
    says: [/"Validation Failed"/, /a newer version/],
  },

  {
    name: 'an hourly limit that is reset in half an hour',
    behaviors: [rateLimited(1800)],
    outcome: 'rate-limited',
    symptom: 'API rate limit exceeded',
    says: [/used up/, /Re-run the job after \d{4}-\d\d-\d\dT[\d:]+Z \(in (29|30|31) minutes\)/],
  },
  {
    name: 'a secondary limit with a short wait',
    behaviors: [
      refusal(403, 'You have exceeded a secondary rate limit.', { 'retry-after': '1' }),
      'as usual',
    ],
    outcome: 'success',
    symptom: 'You have exceeded a secondary rate limit',
    says: [/Retry 1 of 3 in 1\.\d seconds/],
  },
  {
    name: 'a secondary limit with a long wait',
    behaviors: [refusal(429, 'You have exceeded a secondary rate limit.', { 'retry-after': '600' })],
    outcome: 'rate-limited',
    symptom: 'You have exceeded a secondary rate limit',
    says: [/Re-run the job after .* \(in 10 minutes\)/],
  },
  {
    name: 'the limit of a gateway, without a time',
    behaviors: [{ status: 429 }],
    ...never,
    outcome: 'rate-limited',
    symptom: 'responded 429',
    says: [/Re-run the job in a few minutes/],
  },

  {
    name: 'an outage that persists',
    behaviors: [gateway(503)],
    outcome: 'server-error',
    symptom: 'responded 503',
    says: [/Gave up after 4 attempts\./, /Retry 3 of 3/, /contact the administrator/],
    requests: 4,
  },
  {
    name: 'an outage, without retries',
    behaviors: [refusal(502, 'Server Error')],
    ...never,
    outcome: 'server-error',
    symptom: 'responded 502',
    says: [/"Server Error"/, /GitHub request ID/],
  },
  {
    name: 'a transient error of each kind',
    behaviors: [gateway(502), created('{"tok'), refusal(429, 'Slow down', now), 'as usual'],
    outcome: 'success',
    symptom: 'responded 502',
    says: [/Retry 1 of 3/, /Retry 2 of 3/, /Retry 3 of 3/],
  },

  {
    name: 'a dropped connection',
    behaviors: [drop, 'as usual'],
    outcome: 'success',
    symptom: 'socket hang up',
    says: [/failed \(socket hang up\)\. Retry 1 of 3 in [01]\.\d seconds/],
  },
  {
    name: 'a reset connection',
    behaviors: [reset],
    ...once,
    outcome: 'network',
    symptom: 'ECONNRESET',
    says: [/closed the connection/, /Gave up after 2 attempts/],
    requests: 2,
  },
  {
    name: 'an unknown host',
    behaviors: ['as usual'],
    inputs: { 'github-api-url': 'https://ghe.invalid/api/v3', retries: '0' },
    outcome: 'network',
    symptom: 'cannot be resolved',
    requests: 0,
  },
  {
    name: 'a port without a server',
    behaviors: ['as usual'],
    inputs: { 'github-api-url': 'http://127.0.0.1:2/api/v3', retries: '0' },
    outcome: 'network',
    symptom: 'ECONNREFUSED',
    says: [/Nothing listens/],
    requests: 0,
  },
  {
    name: 'a switch to another protocol',
    behaviors: [raw('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')],
    ...never,
    outcome: 'network',
    symptom: 'closed without a response',
  },

  {
    name: 'a small body that is large after decompression',
    behaviors: [created(gzipSync(Buffer.alloc(50_000_000)), { 'content-encoding': 'gzip' })],
    outcome: 'invalid-response',
    symptom: 'longer than 1000000 bytes',
  },
  {
    name: 'a body that is not compressed as its headers say',
    behaviors: [created('{"token":1}', { 'content-encoding': 'gzip' }), 'as usual'],
    outcome: 'success',
    symptom: 'cannot be read',
  },
  {
    name: 'JSON that is always cut off',
    behaviors: [created(token.slice(0, -3))],
    ...once,
    outcome: 'invalid-response',
    symptom: 'is not JSON',
    says: [/Gave up after 2 attempts/],
    requests: 2,
  },
  {
    name: 'a page that refuses the request',
    behaviors: [body(403, '<h1>Access denied</h1>', html)],
    outcome: 'invalid-response',
    symptom: 'is a web page instead of JSON',
    says: [/A proxy or a sign-in page/],
  },
  {
    name: 'the web pages of an Enterprise Server',
    behaviors: [body(404, '<h1>Not here</h1>', html)],
    inputs: { 'github-api-url': 'ROOT' },
    outcome: 'invalid-response',
    symptom: 'has no path',
    says: [/Set "github-api-url" to http:\/\/127\.0\.0\.1:\d+\/api\/v3/],
  },
  {
    name: 'a token with a workflow command',
    behaviors: [
      created(JSON.stringify({ token: 'A\n::set-env name=X::y', expires_at: '2099-01-01T00:00:00Z' })),
    ],
    outcome: 'invalid-response',
    symptom: 'no valid token and expiration time',
  },
  {
    name: 'another status of success',
    behaviors: [{ status: 200, body: JSON.parse(token) }],
    outcome: 'invalid-response',
    symptom: 'should have status 201',
  },
  {
    name: 'a server that does not use HTTP',
    behaviors: [raw('SSH-2.0-OpenSSH_9.2\r\n')],
    outcome: 'invalid-response',
    symptom: 'cannot be read',
    says: [/does not use HTTP/],
  },

  {
    name: 'a renamed repository',
    behaviors: [
      redirect(307, 'SELF/api/v3/repos/octo-org/other-repo/actions/runners/remove-token'),
      'as usual',
    ],
    outcome: 'success',
    symptom: 'expires at',
  },
  {
    name: 'a redirect in a circle',
    behaviors: [redirect(307, '/again')],
    outcome: 'invalid-response',
    symptom: 'redirected more than 5 times',
    requests: 6,
  },
  {
    name: 'a redirect to another host',
    // It would reach the same server by another name.
    behaviors: [
      (response, github) => redirect(302, github.apiUrl.replace('127.0.0.1', 'localhost'))(response, github),
      'as usual',
    ],
    outcome: 'invalid-response',
    symptom: 'the token is sent to one host only',
    requests: 1,
  },

  {
    name: 'a message with workflow commands',
    behaviors: [refusal(403, 'a\n::set-env name=X::y\r\n##[error]forged\n::add-mask::a')],
    outcome: 'missing-permission',
    symptom: 'responded 403',
    says: [/a ::set-env name=X::y ## \[error\]forged ::add-mask::a/],
  },
];

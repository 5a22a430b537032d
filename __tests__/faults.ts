import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Answer, GitHub } from '../sandbox/github.ts';
import type { FailureKind } from '../src/failure.ts';

/** What the stand-in API does with a request: answers as usual, or this way, or does this to the connection. */
export type Behaviour =
  | 'as usual'
  | Answer
  | ((response: ServerResponse, github: GitHub, request: IncomingMessage) => void);

/** A way in which GitHub, or what is between it and a machine, misbehaves, and what a user then sees. */
export interface Fault {
  readonly name: string;
  /** One per request; the last is repeated. */
  readonly behaviours: readonly [Behaviour, ...Behaviour[]];
  readonly inputs?: Readonly<Record<string, string>>;
  readonly outcome: FailureKind | 'success';
  /** In the message; the section of the troubleshooting page names it too. */
  readonly symptom: string;
  /** More that the user sees in the log. */
  readonly says?: readonly RegExp[];
  readonly requests: number;
  /** It takes the half minute that a request may last. */
  readonly isSlow?: true;
}

const soon = { 'retry-after': '0' };
const html = { 'content-type': 'text/html; charset=utf-8' };

/** An answer with a message, as GitHub words its refusals. */
const refusal = (status: number, message: string, headers: Answer['headers'] = {}): Answer => ({
  status,
  body: { message, documentation_url: 'https://docs.github.com/rest' },
  headers,
});
/** A gateway's answer, which lets the client come back at once. */
const gateway = (status: number): Behaviour => page(status, `<h1>${status}</h1>`, soon);
/** An answer that is no JSON. */
function page(status: number, text: string | Buffer, headers: Answer['headers'] = {}): Behaviour {
  return (response) => {
    response.writeHead(status, { ...html, ...headers }).end(text);
  };
}
/** Something other than HTTP, or HTTP that breaks off. */
const raw =
  (text: string): Behaviour =>
  (response) => {
    response.socket?.end(text);
  };
const drop: Behaviour = (response) => response.destroy();
const reset: Behaviour = (response) => response.socket?.resetAndDestroy();
const token = JSON.stringify({ token: 'AREMOVE', expires_at: '2099-01-01T00:00:00Z' });
const json = (text: string | Buffer, headers: Answer['headers'] = {}): Behaviour =>
  page(201, text, { 'content-type': 'application/json', ...soon, ...headers });
const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
const rateLimited =
  (status: number, wait: number): Behaviour =>
  (response, github) =>
    github.send(
      response,
      refusal(status, 'API rate limit exceeded for user ID 1.', {
        'x-ratelimit-remaining': 0,
        'x-ratelimit-reset': inSeconds(wait),
      }),
    );
const redirect =
  (status: number, location: string): Behaviour =>
  (response, github) =>
    github.send(response, { status, headers: { location: location.replace('SELF', github.serverUrl) } });
const endless =
  (chunk: string, pause: number): Behaviour =>
  (response) => {
    response.writeHead(201, { 'content-type': 'application/json' });
    const more = (): void => {
      while (!response.destroyed && response.write(chunk) && pause === 0);
    };
    if (pause === 0) response.on('drain', more);
    else response.on('close', clearInterval.bind(undefined, setInterval(more, pause)));
    more();
  };

/** Inputs that make a user whose token is of another kind. */
const withToken = (token: string, inputs: Record<string, string> = {}) => ({
  inputs: { token, ...inputs },
});
const app = withToken('ghs_appOrWorkflow000000000000');
const classic = withToken('ghp_classic000000000000000000');
const fineGrained = withToken('github_pat_11FINE000000_grained');
const never = { inputs: { retries: '0' } };
const once = { inputs: { retries: '1' } };

const credentials: Fault[] = [
  {
    name: 'a token that GitHub does not know',
    behaviours: ['as usual'],
    ...withToken('ghp_unknown0000000000000000'),
    outcome: 'bad-credentials',
    symptom: 'answered 401',
    says: [/"Bad credentials"/, /expired, revoked/, /Make a new token/, /GitHub request id: \w+:/],
    requests: 1,
  },
  {
    name: "the workflow's own token, or an app's without the permission",
    behaviours: [
      refusal(403, 'Resource not accessible by integration', {
        'x-accepted-github-permissions': 'administration=write',
      }),
    ],
    ...app,
    outcome: 'github-token-not-allowed',
    symptom: 'Resource not accessible by integration',
    says: [
      /own GITHUB_TOKEN, which can never do this, or that of a GitHub App/,
      /GitHub wants "administration=write"/,
    ],
    requests: 1,
  },
  {
    name: "an app's token for an organization",
    behaviours: [refusal(403, 'Resource not accessible by integration')],
    ...withToken('ghs_app', { organization: 'octo-org' }),
    outcome: 'github-token-not-allowed',
    symptom: 'Resource not accessible by integration',
    says: [/organization permission "Self-hosted runners: write"/, /accepted in its installation/],
    requests: 1,
  },
  {
    name: 'a fine-grained token without the permission',
    behaviours: [
      refusal(403, 'Resource not accessible by personal access token', {
        'x-accepted-github-permissions': 'administration=write',
      }),
    ],
    ...fineGrained,
    outcome: 'missing-permission',
    symptom: 'Resource not accessible by personal access token',
    says: [/fine-grained token lacks the permission.*"administration=write"/, /"Administration: write"/],
    requests: 1,
  },
  {
    name: 'a classic token without the scope',
    behaviours: [
      refusal(403, 'Must have admin rights to Repository.', {
        'x-oauth-scopes': 'gist, read:org',
        'x-accepted-oauth-scopes': 'admin:org, repo',
      }),
    ],
    ...classic,
    outcome: 'missing-permission',
    symptom: 'Must have admin rights to Repository',
    says: [/has the scopes "gist, read:org", and one of "admin:org, repo" is needed/],
    requests: 1,
  },
  {
    name: 'a classic token of somebody who is no admin',
    behaviours: [
      refusal(403, 'Must have admin rights to Repository.', {
        'x-oauth-scopes': 'repo',
        'x-accepted-oauth-scopes': 'repo',
      }),
    ],
    ...classic,
    outcome: 'missing-permission',
    symptom: 'Must have admin rights to Repository',
    says: [/no admin of the repository octo-org\/octo-repo: the token itself has the scope/],
    requests: 1,
  },
  {
    name: 'a token of a kind that is not told',
    behaviours: [refusal(403, 'Must have admin rights to Repository.')],
    ...withToken('0123456789abcdef0123456789abcdef01234567'),
    outcome: 'missing-permission',
    symptom: 'Must have admin rights to Repository',
    says: [/lacks the permission, or the person who made it is no admin/],
    requests: 1,
  },
  {
    name: 'an archived repository',
    behaviours: [refusal(403, 'Repository was archived so is read-only.')],
    outcome: 'missing-permission',
    symptom: 'Repository was archived so is read-only',
    says: [/is archived, and nothing/, /Unarchive the repository/],
    requests: 1,
  },
  {
    name: 'a token that is not authorized for single sign-on',
    behaviours: [
      refusal(403, 'Resource protected by organization SAML enforcement.', {
        'x-github-sso': 'required; url=https://github.com/orgs/octo-org/sso?authorization_request=AZ',
      }),
    ],
    ...classic,
    outcome: 'sso-required',
    symptom: 'Resource protected by organization SAML enforcement',
    says: [/Open https:\/\/github\.com\/orgs\/octo-org\/sso\?authorization_request=AZ as the owner/],
    requests: 1,
  },
  {
    name: 'single sign-on without an address',
    behaviours: [
      refusal(403, 'Resource protected by organization SAML enforcement.', { 'x-github-sso': 'required' }),
    ],
    ...classic,
    outcome: 'sso-required',
    symptom: 'Resource protected by organization SAML enforcement',
    says: [/Configure SSO/],
    requests: 1,
  },
  {
    name: 'single sign-on with an address that is none',
    behaviours: [
      refusal(404, 'Resource protected by organization SAML enforcement.', {
        'x-github-sso': 'required; url=javascript:alert(1)',
      }),
    ],
    ...classic,
    outcome: 'sso-required',
    symptom: 'Resource protected by organization SAML enforcement',
    says: [/Configure SSO/],
    requests: 1,
  },
  {
    name: 'an address that is not on the allow list',
    behaviours: [
      refusal(
        403,
        'Although you appear to have the correct authorization credentials, the `octo-org` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.',
      ),
    ],
    outcome: 'ip-not-allowed',
    symptom: 'has an IP allow list enabled',
    says: [/lets only certain addresses use the API/, /added to the IP allow list/],
    requests: 1,
  },
];

const missing: Fault[] = [
  {
    name: 'not found, for a classic token without the scope',
    behaviours: [
      refusal(404, 'Not Found', { 'x-oauth-scopes': '', 'x-accepted-oauth-scopes': 'admin:org, repo' }),
    ],
    ...classic,
    outcome: 'not-found',
    symptom: 'answered 404',
    says: [/Either the token has no admin rights .* as it has no scope, and one of .*, or there is no such/],
    requests: 1,
  },
  {
    name: 'not found, for a classic token with the scope',
    behaviours: [refusal(404, 'Not Found', { 'x-oauth-scopes': 'repo', 'x-accepted-oauth-scopes': 'repo' })],
    ...classic,
    outcome: 'not-found',
    symptom: 'answered 404',
    says: [/has the scope; so either there is no such repository .*, or the person .* no admin rights/],
    requests: 1,
  },
  {
    name: 'not found, for a fine-grained token',
    behaviours: [refusal(404, 'Not Found')],
    ...fineGrained,
    outcome: 'not-found',
    symptom: 'answered 404',
    says: [/fine-grained token was not given access .*, or there is no such/, /Check the spelling/],
    requests: 1,
  },
  {
    name: "not found, for an app's token",
    behaviours: [refusal(404, 'Not Found')],
    ...app,
    outcome: 'not-found',
    symptom: 'answered 404',
    says: [/App is not installed on the repository .*, or there is no such/],
    requests: 1,
  },
  {
    name: 'not found, for an organization that is misspelled',
    behaviours: ['as usual'],
    inputs: { organization: 'octo-orgg' },
    outcome: 'not-found',
    symptom: 'answered 404',
    says: [/no such organization on http/, /Check the spelling/],
    requests: 1,
  },
  {
    name: 'an enterprise, on a server that has none',
    behaviours: ['as usual'],
    ...withToken('ghp_enterprise', { enterprise: 'nobody' }),
    outcome: 'bad-credentials',
    symptom: 'answered 401',
    requests: 1,
  },
  {
    name: 'an enterprise, on a server without enterprise accounts',
    behaviours: [refusal(404, 'Not Found')],
    inputs: { enterprise: 'acme' },
    outcome: 'not-found',
    symptom: 'answered 404',
    says: [/a server without enterprise accounts has no such runners/],
    requests: 1,
  },
  {
    name: 'a refusal that nobody foresaw',
    behaviours: [refusal(422, 'Validation Failed')],
    outcome: 'invalid-response',
    symptom: 'answered 422',
    says: [
      /"Validation Failed"/,
      /a reason that this version of the action does not know/,
      /a newer version/,
    ],
    requests: 1,
  },
];

const limits: Fault[] = [
  {
    name: 'the hourly limit is used up, for another half hour',
    behaviours: [rateLimited(403, 1800)],
    outcome: 'rate-limited',
    symptom: 'API rate limit exceeded',
    says: [/used up/, /It will work again at \d{4}-\d\d-\d\dT[\d:]+Z, in (29|30|31) minutes/],
    requests: 1,
  },
  {
    name: 'the hourly limit is used up, and starts anew at this moment',
    behaviours: [rateLimited(403, 0), 'as usual'],
    outcome: 'success',
    symptom: 'API rate limit exceeded',
    says: [/Trying again in 0\.\d seconds \(1 of 3\)/],
    requests: 2,
  },
  {
    name: 'the hourly limit is used up, answered with 429',
    behaviours: [rateLimited(429, 90_000)],
    outcome: 'rate-limited',
    symptom: 'API rate limit exceeded',
    says: [/It will work again in more than a day/],
    requests: 1,
  },
  {
    name: 'a secondary limit with a short wait',
    behaviours: [
      refusal(403, 'You have exceeded a secondary rate limit.', { 'retry-after': '1' }),
      'as usual',
    ],
    outcome: 'success',
    symptom: 'You have exceeded a secondary rate limit',
    says: [/Trying again in 1\.\d seconds \(1 of 3\)/],
    requests: 2,
  },
  {
    name: 'a secondary limit with a long wait',
    behaviours: [refusal(429, 'You have exceeded a secondary rate limit.', { 'retry-after': '600' })],
    outcome: 'rate-limited',
    symptom: 'You have exceeded a secondary rate limit',
    says: [/It will work again at .*, in 10 minutes/],
    requests: 1,
  },
  {
    name: 'a secondary limit that says when by a date',
    behaviours: [
      refusal(429, 'You have exceeded a secondary rate limit.', {
        'retry-after': 'Thu, 01 Jan 2099 00:00:00 GMT',
      }),
    ],
    outcome: 'rate-limited',
    symptom: 'You have exceeded a secondary rate limit',
    says: [/in more than a day/],
    requests: 1,
  },
  {
    name: 'a secondary limit that says when by no number, without retries',
    behaviours: [refusal(403, 'You have exceeded a secondary rate limit.', { 'retry-after': 'after lunch' })],
    ...never,
    outcome: 'rate-limited',
    symptom: 'You have exceeded a secondary rate limit',
    says: [/Too many requests in a short time/, /again at .*, in 60 seconds/],
    requests: 1,
  },
  {
    name: 'a secondary limit that does not go away',
    behaviours: [refusal(429, 'You have exceeded a secondary rate limit.', soon)],
    inputs: { retries: '10' },
    outcome: 'rate-limited',
    symptom: 'You have exceeded a secondary rate limit',
    says: [/It was tried 11 times/, /\(10 of 10\)/],
    requests: 11,
  },
  {
    name: 'too many requests for a gateway, which does not say more',
    behaviours: [{ status: 429 }, 'as usual'],
    outcome: 'success',
    symptom: 'answered 429',
    requests: 2,
  },
  {
    name: 'too many requests for a gateway, without retries',
    behaviours: [{ status: 429 }],
    ...never,
    outcome: 'rate-limited',
    symptom: 'answered 429',
    says: [/again in a few minutes/],
    requests: 1,
  },
  {
    name: 'a time to come back that is out of this world',
    behaviours: [
      refusal(403, 'API rate limit exceeded', {
        'x-ratelimit-remaining': 0,
        'x-ratelimit-reset': '9'.repeat(30),
      }),
    ],
    outcome: 'rate-limited',
    symptom: 'API rate limit exceeded',
    says: [/in more than a day/],
    requests: 1,
  },
];

const outages: Fault[] = [
  ...[500, 502, 503, 504, 408, 599].map(
    (status): Fault => ({
      name: `${status} twice, then an answer`,
      behaviours: [gateway(status), gateway(status), 'as usual'],
      outcome: 'success',
      symptom: `answered ${status}`,
      says: [/answered \d+\. Trying again in 0\.0 seconds \(1 of 3\)/, /\(2 of 3\)/],
      requests: 3,
    }),
  ),
  {
    name: 'an outage that lasts',
    behaviours: [gateway(503)],
    outcome: 'server-error',
    symptom: 'answered 503',
    says: [/It was tried 4 times\./, /\(3 of 3\)/, /githubstatus/],
    requests: 4,
  },
  {
    name: 'an outage, with a single retry',
    behaviours: [gateway(500)],
    ...once,
    outcome: 'server-error',
    symptom: 'answered 500',
    says: [/It was tried 2 times\./],
    requests: 2,
  },
  {
    name: 'an outage, without retries',
    behaviours: [refusal(502, 'Server Error')],
    ...never,
    outcome: 'server-error',
    symptom: 'answered 502',
    says: [/"Server Error"/, /GitHub request id/],
    requests: 1,
  },
  {
    name: 'maintenance for an hour',
    behaviours: [page(503, '<h1>Maintenance</h1>', { 'retry-after': '3600' })],
    outcome: 'server-error',
    symptom: 'answered 503',
    says: [/it asks to come back at .*, in 60 minutes/],
    requests: 1,
  },
  {
    name: 'one failure of every kind, then an answer',
    behaviours: [gateway(502), json('{"tok'), refusal(429, 'Slow down', soon), 'as usual'],
    outcome: 'success',
    symptom: 'answered 502',
    says: [/\(1 of 3\)/, /\(2 of 3\)/, /\(3 of 3\)/],
    requests: 4,
  },
];

const connections: Fault[] = [
  {
    name: 'a connection that is dropped, then an answer',
    behaviours: [drop, 'as usual'],
    outcome: 'success',
    symptom: 'did not answer',
    says: [/did not answer \(socket hang up\)\. Trying again in [01]\.\d seconds/],
    requests: 2,
  },
  {
    name: 'connections that are dropped',
    behaviours: [drop],
    ...once,
    outcome: 'network',
    symptom: 'did not answer',
    says: [/The connection broke off/, /tried 2 times/],
    requests: 2,
  },
  {
    name: 'a connection that is reset',
    behaviours: [reset],
    ...never,
    outcome: 'network',
    symptom: 'ECONNRESET',
    requests: 1,
  },
  {
    name: 'headers that break off, then an answer',
    behaviours: [raw('HTTP/1.1 201 Crea'), 'as usual'],
    outcome: 'success',
    symptom: 'did not answer',
    requests: 2,
  },
  {
    name: 'a body that breaks off, then an answer',
    behaviours: [
      raw('HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"tok'),
      'as usual',
    ],
    outcome: 'success',
    symptom: 'did not answer',
    requests: 2,
  },
  {
    name: 'a server that never answers',
    behaviours: [() => undefined],
    ...never,
    outcome: 'network',
    symptom: 'nothing for 30 seconds',
    says: [/firewall that drops packets/],
    requests: 1,
    isSlow: true,
  },
  {
    name: 'a body that comes by a byte now and then and never ends',
    behaviours: [endless(' ', 100)],
    ...never,
    outcome: 'network',
    symptom: 'nothing for 30 seconds',
    requests: 1,
    isSlow: true,
  },
  {
    name: 'a host that no name server knows',
    behaviours: ['as usual'],
    inputs: { 'github-api-url': 'https://ghe.invalid/api/v3', retries: '0' },
    outcome: 'network',
    symptom: 'cannot be resolved',
    requests: 0,
  },
  {
    name: 'a port where nothing listens',
    behaviours: ['as usual'],
    inputs: { 'github-api-url': 'http://127.0.0.1:2/api/v3', retries: '1' },
    outcome: 'network',
    symptom: 'ECONNREFUSED',
    says: [/Nothing listens there/, /tried 2 times/],
    requests: 0,
  },
];

const hostile: Fault[] = [
  {
    name: 'a body without end',
    behaviours: [endless('x'.repeat(65_536), 0)],
    outcome: 'invalid-response',
    symptom: 'longer than 1000000 bytes',
    requests: 1,
  },
  {
    name: 'a body that unpacks to much more than it is',
    behaviours: [json(gzipSync(Buffer.alloc(50_000_000)), { 'content-encoding': 'gzip' })],
    outcome: 'invalid-response',
    symptom: 'longer than 1000000 bytes',
    requests: 1,
  },
  {
    name: 'a body that says it is packed and is not, then an answer',
    behaviours: [json('{"token":1}', { 'content-encoding': 'gzip' }), 'as usual'],
    outcome: 'success',
    symptom: 'cannot be read',
    requests: 2,
  },
  {
    name: 'a body that is cut off, and says nothing of its length, then an answer',
    behaviours: [json(token.slice(0, -3)), 'as usual'],
    outcome: 'success',
    symptom: 'the answer cannot be used',
    requests: 2,
  },
  {
    name: 'a body that is cut off every time',
    behaviours: [json(token.slice(0, -3))],
    ...once,
    outcome: 'invalid-response',
    symptom: 'not JSON',
    says: [/tried 2 times/],
    requests: 2,
  },
  {
    name: 'an empty body',
    behaviours: [json('')],
    ...once,
    outcome: 'invalid-response',
    symptom: 'not JSON',
    requests: 2,
  },
  {
    name: 'a page to sign in, instead of the token',
    behaviours: [page(201, '<h1>Sign in</h1>', soon)],
    ...once,
    outcome: 'invalid-response',
    symptom: 'a web page instead of JSON',
    says: [/a proxy or a sign-in page/],
    requests: 2,
  },
  {
    name: "a gateway's page in place of an answer, then an answer",
    behaviours: [page(200, '<h1>One moment</h1>', soon), 'as usual'],
    outcome: 'success',
    symptom: 'a web page instead of JSON',
    requests: 2,
  },
  {
    name: "a proxy's page that refuses",
    behaviours: [page(403, '<h1>Access denied</h1>')],
    outcome: 'invalid-response',
    symptom: 'a web page instead of JSON',
    requests: 1,
  },
  {
    name: "the root of an Enterprise Server's web pages",
    behaviours: [page(404, '<h1>Not here</h1>')],
    inputs: { 'github-api-url': 'ROOT' },
    outcome: 'invalid-response',
    symptom: 'has no path',
    says: [/below \/api\/v3/, /Set "github-api-url" to http:\/\/127\.0\.0\.1:\d+\/api\/v3/],
    requests: 1,
  },
  {
    name: 'JSON of the wrong shape',
    behaviours: [json('[{}]')],
    outcome: 'invalid-response',
    symptom: 'without a token and the time that it expires',
    requests: 1,
  },
  {
    name: 'JSON that is a number',
    behaviours: [json('201')],
    ...never,
    outcome: 'invalid-response',
    symptom: 'not JSON',
    requests: 1,
  },
  {
    name: 'JSON that is nothing, then an answer',
    behaviours: [json('null', soon), 'as usual'],
    outcome: 'success',
    symptom: 'not JSON',
    requests: 2,
  },
  {
    name: 'a token with a line break and a workflow command in it',
    behaviours: [
      json(JSON.stringify({ token: 'A\n::set-env name=X::y', expires_at: '2099-01-01T00:00:00Z' })),
    ],
    outcome: 'invalid-response',
    symptom: 'without a token and the time that it expires',
    requests: 1,
  },
  {
    name: 'a token of half a million characters',
    behaviours: [json(JSON.stringify({ token: 'A'.repeat(500_000), expires_at: '2099-01-01T00:00:00Z' }))],
    outcome: 'invalid-response',
    symptom: 'without a token and the time that it expires',
    requests: 1,
  },
  {
    name: 'an expiry that says more than the time',
    behaviours: [json(JSON.stringify({ token: 'AREMOVE', expires_at: '1 Jan 2099 (::error::forged)' }))],
    outcome: 'invalid-response',
    symptom: 'without a token and the time that it expires',
    requests: 1,
  },
  {
    name: 'JSON in another charset',
    behaviours: [json(Buffer.from(token, 'utf16le'), { 'content-type': 'application/json; charset=utf-16' })],
    ...never,
    outcome: 'invalid-response',
    symptom: 'not JSON',
    requests: 1,
  },
  {
    name: 'bytes of another type',
    behaviours: [json(token, { 'content-type': 'application/octet-stream' })],
    ...never,
    outcome: 'invalid-response',
    symptom: 'not JSON',
    requests: 1,
  },
  {
    name: 'a success of another kind',
    behaviours: [{ status: 200, body: { token: 'AREMOVE', expires_at: '2099-01-01T00:00:00Z' } }],
    outcome: 'invalid-response',
    symptom: 'where 201 was due',
    requests: 1,
  },
  {
    name: 'headers of unusual size',
    behaviours: [raw(`HTTP/1.1 201 Created\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`)],
    outcome: 'invalid-response',
    symptom: 'cannot be read',
    requests: 1,
  },
  {
    name: 'something that does not speak HTTP',
    behaviours: [raw('SSH-2.0-OpenSSH_9.2\r\n')],
    outcome: 'invalid-response',
    symptom: 'cannot be read',
    says: [/does not speak HTTP/],
    requests: 1,
  },
  {
    name: 'a change to a protocol that nobody asked for',
    behaviours: [
      raw('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'),
    ],
    ...never,
    outcome: 'network',
    symptom: 'closed without an answer',
    requests: 1,
  },
  {
    name: 'a redirect in a circle',
    behaviours: [redirect(307, '/again')],
    outcome: 'invalid-response',
    symptom: 'redirected a request more than 5 times',
    requests: 6,
  },
  {
    name: 'a redirect to another host',
    behaviours: [redirect(302, 'https://login.example/')],
    outcome: 'invalid-response',
    symptom: 'the token is sent to one host only',
    requests: 1,
  },
  {
    name: 'a redirect to what is no host',
    behaviours: [redirect(307, 'javascript:alert(1)')],
    outcome: 'invalid-response',
    symptom: 'the token is sent to one host only',
    says: [/redirected a request to an address that cannot be read/],
    requests: 1,
  },
  {
    name: 'a redirect to the same host without encryption or with it',
    behaviours: [redirect(301, 'https://127.0.0.1/')],
    outcome: 'invalid-response',
    symptom: 'the token is sent to one host only',
    requests: 1,
  },
  {
    name: 'a renamed repository',
    behaviours: [
      redirect(307, 'SELF/api/v3/repos/octo-org/other-repo/actions/runners/remove-token'),
      'as usual',
    ],
    outcome: 'success',
    symptom: 'expires at',
    requests: 2,
  },
  {
    name: 'a message that is a workflow command',
    behaviours: [refusal(403, 'a\n::set-env name=X::y\r\n##[error]forged\n::add-mask::a')],
    outcome: 'missing-permission',
    symptom: 'answered 403',
    says: [/a ::set-env name=X::y ## \[error\]forged ::add-mask::a/],
    requests: 1,
  },
  {
    name: 'a message that is a workflow command, on a failure that passes',
    behaviours: [refusal(503, '\n::error::forged\n##[error]forged', soon), 'as usual'],
    outcome: 'success',
    symptom: 'answered 503',
    requests: 2,
  },
  {
    name: 'a message of a hundred thousand characters',
    behaviours: [refusal(403, 'x'.repeat(100_000))],
    outcome: 'missing-permission',
    symptom: 'answered 403',
    says: [/\(100000 characters\)/],
    requests: 1,
  },
  {
    name: 'a refusal without words',
    behaviours: [{ status: 403, body: { message: 1 } }],
    outcome: 'missing-permission',
    symptom: 'answered 403',
    requests: 1,
  },
];

export const faults: readonly Fault[] = [
  ...credentials,
  ...missing,
  ...limits,
  ...outages,
  ...connections,
  ...hostile,
];

import type { AdminTokenKind } from '../admin-token.ts';
import { Failure, type FailureKind } from '../failure.ts';
import { describeRegistration, type Registration, type Server } from '../registration.ts';
import {
  type ApiRequest,
  type ApiResponse,
  describeResponse,
  header,
  isJson,
  messageOf,
  quote,
  requestId,
} from './api-response.ts';
import { describeWait, explainRateLimit, isRateLimited, retryAfter } from './rate-limit.ts';
import { FailedAttempt } from './retry.ts';

/** Which token may manage the runners of a registration. */
const requiredToken: Record<Registration['kind'], string> = {
  repository:
    'Use a fine-grained token or a GitHub App with the repository permission "Administration: write", or a classic token of a repository admin with the scope "repo".',
  organization:
    'Use a fine-grained token or a GitHub App with the organization permission "Self-hosted runners: write", or a classic token of an organization owner with the scope "admin:org".',
  enterprise: 'Use a classic token of an enterprise owner with the scope "manage_runners:enterprise".',
};

/** Explains a response with an unexpected status, or without JSON. */
export function explainResponse(
  request: ApiRequest,
  response: ApiResponse,
  tokenKind: AdminTokenKind,
  server: Server,
): FailedAttempt {
  const { status } = response;
  if (isRateLimited(response)) {
    return explainRateLimit(request, response);
  }
  if (status >= 500 || status === 408) {
    return explainServerError(request, response, server);
  }
  // Replaced or cut off on its way, unless it is a page that refuses the request.
  const isDamaged = request.expected.includes(status) || (status < 300 && status !== 204);
  if (!isJson(response) && (isDamaged || isWebPage(response))) {
    const problem = isWebPage(response) ? 'is a web page instead of JSON' : 'is not JSON';
    const failure = explainInvalidResponse(request, response, problem, server);
    return new FailedAttempt(failure, isDamaged ? (retryAfter(response) ?? 'backoff') : 'never');
  }
  const refusal = refusalOf({ registration: request.registration, response, tokenKind, server });
  if (refusal === undefined) {
    const problem = `should have status ${request.expected.join(' or ')}`;
    return new FailedAttempt(explainInvalidResponse(request, response, problem, server), 'never');
  }
  const { kind, ...reason } = refusal;
  const happened = describeResponse(request, response);
  return new FailedAttempt(
    new Failure(kind, { ...reason, happened, requestId: requestId(response) }),
    'never',
  );
}

/**
 * Explains a response that cannot come from GitHub's REST API.
 *
 * @param problem follows "the response (status 200)"
 */
export function explainInvalidResponse(
  request: ApiRequest,
  response: ApiResponse,
  problem: string,
  server?: Server,
): Failure {
  const isRoot = server !== undefined && /^https?:\/\/(?!api\.)[^/]+$/.test(server.apiUrl);
  return new Failure('invalid-response', {
    happened: `Could not ${request.purpose}: the response (status ${response.status}) ${problem}.`,
    likelyCause: isRoot
      ? '"github-api-url" has no path. The REST API of a GitHub Enterprise Server is at /api/v3.'
      : 'A proxy or a sign-in page between this machine and GitHub responded instead.',
    remedy: isRoot
      ? `Set "github-api-url" to ${server.apiUrl}/api/v3, and check the proxy settings of this machine.`
      : 'Check the input "github-api-url" and the proxy settings of this machine.',
    requestId: requestId(response),
  });
}

function explainServerError(request: ApiRequest, response: ApiResponse, server: Server): FailedAttempt {
  const wait = retryAfter(response);
  const time = wait === undefined ? 'later' : describeWait(wait, response);
  const failure = new Failure('server-error', {
    happened: describeResponse(request, response),
    likelyCause: 'A problem at GitHub, or at a proxy in front of it.',
    remedy: `Re-run the job ${time}. ${
      server.webUrl === 'https://github.com'
        ? 'Check https://www.githubstatus.com.'
        : `If the problem persists, contact the administrator of ${server.webUrl}.`
    }`,
    requestId: requestId(response),
  });
  return new FailedAttempt(failure, wait ?? 'backoff');
}

function isWebPage(response: ApiResponse): boolean {
  return /^text\/html\b/i.test(header(response, 'content-type') ?? '');
}

interface Refused {
  readonly registration: Registration;
  readonly response: ApiResponse;
  readonly tokenKind: AdminTokenKind;
  readonly server: Server;
}

type Refusal = { readonly kind: FailureKind; readonly remedy: string } & (
  | { readonly cause: string }
  | { readonly likelyCause: string }
);

/** Why GitHub refused a request; `undefined` if the response does not say. */
function refusalOf(refused: Refused): Refusal | undefined {
  const { response, server } = refused;
  if (/^required\b/i.test(header(response, 'x-github-sso') ?? '')) {
    return singleSignOn(refused);
  }
  switch (response.status) {
    case 401:
      return {
        kind: 'bad-credentials',
        likelyCause: `The token is expired, revoked or incomplete, or it was not created on ${server.webUrl}.`,
        remedy:
          'Create a new token and update the secret. Check that "github-api-url" is the server that the token was created on.',
      };
    case 403:
      return policy(refused) ?? insufficientToken(refused) ?? forbidden(refused);
    case 404:
      return insufficientToken(refused) ?? notFound(refused);
    default:
      return messageOf(response) === ''
        ? undefined
        : {
            kind: 'invalid-response',
            cause: "GitHub's message gives the reason. This version of the action does not know it.",
            remedy: "Follow GitHub's message. If it does not help, check for a newer version of this action.",
          };
  }
}

function singleSignOn({ registration, response }: Refused): Refusal {
  const [, url] = /url=(https:\/\/[^\s;]{1,500})/i.exec(String(header(response, 'x-github-sso'))) ?? [];
  return {
    kind: 'sso-required',
    cause: `The owner of ${describeRegistration(registration)} requires SAML single sign-on, and the token is not authorized for it.`,
    remedy:
      url === undefined
        ? 'Authorize the token in Settings > Developer settings > Personal access tokens > Configure SSO.'
        : `Open ${url} as the owner of the token and authorize it.`,
  };
}

/** A refusal that no other token would change. */
function policy({ registration, response }: Refused): Refusal | undefined {
  const message = messageOf(response);
  if (/ip allow list/i.test(message)) {
    return {
      kind: 'ip-not-allowed',
      cause: `The owner of ${describeRegistration(registration)} has an IP allow list that does not contain the address of this machine or its proxy.`,
      remedy:
        'Add the address to the IP allow list of the organization or enterprise, or run the step on a machine with an allowed address.',
    };
  }
  return /\barchived\b/i.test(message)
    ? {
        kind: 'missing-permission',
        cause: 'The repository is archived and cannot be changed.',
        remedy: 'Unarchive the repository while you remove its runners.',
      }
    : undefined;
}

/** A token that certainly lacks the permission. GitHub responds 403 or 404 to it. */
function insufficientToken({ registration, response, tokenKind }: Refused): Refusal | undefined {
  const kind = 'missing-permission';
  const remedy = requiredToken[registration.kind];
  if (registration.kind === 'enterprise' && (tokenKind === 'app' || tokenKind === 'fine-grained')) {
    const what =
      tokenKind === 'app' ? 'comes from a GitHub App or is GITHUB_TOKEN' : 'is a fine-grained token';
    const cause = `GitHub accepts only classic tokens for the runners of an enterprise. This token ${what}.`;
    return { kind, cause, remedy };
  }
  const scopes = scopesOf(response);
  if (scopes === undefined || scopes.accepted.some((scope) => scopes.held.includes(scope))) {
    return undefined;
  }
  const held = scopes.held.length === 0 ? 'no scopes' : `the scopes ${quote(scopes.held.join(', '))}`;
  const cause = `The token has ${held}. GitHub requires one of ${quote(scopes.accepted.join(', '))}.`;
  return { kind, cause, remedy };
}

function forbidden({ registration, response, tokenKind }: Refused): Refusal {
  const what = describeRegistration(registration);
  const remedy = requiredToken[registration.kind];
  const accepted = header(response, 'x-accepted-github-permissions');
  const permission = `the required permission${accepted === undefined ? '' : ` (${quote(accepted)})`}`;
  switch (tokenKind) {
    case 'app':
      return {
        kind: 'github-token-not-allowed',
        likelyCause: `The token is GITHUB_TOKEN, which cannot manage runners, or comes from a GitHub App without ${permission} for ${what}.`,
        remedy: `${remedy} If the permissions of a GitHub App change, the owner of each installation must accept them.`,
      };
    case 'fine-grained':
      return {
        kind: 'missing-permission',
        likelyCause: `The fine-grained token does not have ${permission} for ${what}, or an owner has not approved the token yet.`,
        remedy,
      };
    default:
      return {
        kind: 'missing-permission',
        likelyCause:
          scopesOf(response) === undefined
            ? `The token does not have ${permission}, or its owner is not an admin of ${what}.`
            : `The token has a required scope, but its owner is not an admin of ${what}.`,
        remedy,
      };
  }
}

/** GitHub responds 404 if something does not exist, and if the token cannot see it. */
function notFound(refused: Refused): Refusal {
  const { registration, server } = refused;
  const slug =
    registration.kind === 'enterprise'
      ? ' Use the slug of the enterprise, as in its URL (/enterprises/SLUG). Some servers have no enterprise accounts.'
      : '';
  return {
    kind: 'not-found',
    likelyCause: `${whyInvisible(refused)}, or the ${registration.kind} does not exist on ${server.webUrl}.`,
    remedy: `Check the spelling in the inputs.${slug} ${requiredToken[registration.kind]}`,
  };
}

function whyInvisible({ registration, response, tokenKind }: Refused): string {
  const what = describeRegistration(registration);
  switch (tokenKind) {
    case 'app':
      return `The GitHub App is not installed for ${what} (GITHUB_TOKEN can access its own repository only, and cannot manage runners)`;
    case 'fine-grained':
      return `The fine-grained token has no access to ${what} (see its resource owner and repositories)`;
    default:
      return scopesOf(response) === undefined
        ? `The token has no admin rights for ${what}`
        : `The token has a required scope, but its owner is not an admin of ${what}`;
  }
}

/** The scopes of a classic token, and those that GitHub accepts; `undefined` if GitHub does not say. */
function scopesOf(response: ApiResponse): { held: string[]; accepted: string[] } | undefined {
  const [held, accepted] = ['x-oauth-scopes', 'x-accepted-oauth-scopes'].map((name) =>
    header(response, name)
      ?.split(',')
      .map((scope) => scope.trim())
      .filter((scope) => scope !== ''),
  );
  if (held === undefined || accepted === undefined || accepted.length === 0) {
    return undefined;
  }
  // GitHub does not list the scopes that another one includes.
  const included = held.includes('admin:enterprise') ? ['manage_runners:enterprise'] : [];
  return { held: [...held, ...included], accepted };
}

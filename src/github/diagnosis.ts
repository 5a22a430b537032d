import { Failure } from '../failure.ts';
import { describeRegistration, type Registration } from '../registration.ts';
import type { Server } from '../server.ts';
import { header, isJson, messageOf, quote } from './answer.ts';
import type { Answer, Request } from './client.ts';
import { explainRateLimit, isRateLimited, now, waitAskedFor, when } from './rate-limit.ts';
import { Setback } from './retry.ts';

/** What a kind of registration asks of a token, as GitHub's settings and its API call it. */
const needs: Record<Registration['kind'], { permission: string; scope: string }> = {
  repository: { permission: 'repository permission "Administration: write"', scope: 'repo' },
  organization: { permission: 'organization permission "Self-hosted runners: write"', scope: 'admin:org' },
  enterprise: {
    permission: 'enterprise permission "Self-hosted runners: write"',
    scope: 'manage_runners:enterprise',
  },
};

/** Explains an answer that is not what was asked for. */
export function explainAnswer(request: Request, answer: Answer, adminToken: string, server: Server): Setback {
  const { status } = answer;
  const message = messageOf(answer);
  const failed = `Could not ${request.purpose}: GitHub answered ${status}${message === '' ? '' : `, ${quote(message)}`}.`;
  if (isRateLimited(answer)) {
    return explainRateLimit(answer, failed);
  }
  if (status >= 500 || status === 408) {
    return explainServerError(answer, failed);
  }
  // An answer to the question that was cut off or replaced on its way; a page that refuses stays.
  const isDamaged = request.expected.includes(status) || (status < 300 && status !== 204);
  if (!isJson(answer) && (isDamaged || isPage(answer))) {
    const problem = isPage(answer) ? 'a web page instead of JSON' : 'not JSON';
    const failure = explainInvalidAnswer(request, answer, problem, server);
    return new Setback(failure, isDamaged ? (waitAskedFor(answer) ?? 'passing') : 'permanent');
  }
  const refusal = explainRefusal(request, answer, { failed, adminToken, server });
  return new Setback(refusal, 'permanent');
}

/** GitHub tells the kinds of token apart by how they begin (github.blog, "Behind GitHub's new authentication token formats"). */
function explainRefusal(
  request: Request,
  answer: Answer,
  { failed, adminToken, server }: { failed: string; adminToken: string; server: Server },
): Failure {
  const requestId = header(answer, 'x-github-request-id');
  const { registration } = request;
  const what = describeRegistration(registration);
  const explained = (kind: Failure['kind'], cause: string, remedy: string) =>
    new Failure(kind, { happened: failed, cause, remedy, requestId });

  const signOn = /^required\b(?:.*url=(https:\/\/[^\s;]{1,500}))?/i.exec(
    header(answer, 'x-github-sso') ?? '',
  );
  if (signOn !== null) {
    return explained(
      'sso-required',
      `The token is not authorized for single sign-on (SAML), which the owner of the ${what} demands.`,
      signOn[1] === undefined
        ? 'Authorize the token: Settings, Developer settings, Personal access tokens, Configure SSO.'
        : `Open ${signOn[1]} as the owner of the token and authorize it.`,
    );
  }
  switch (answer.status) {
    case 401:
      return explained(
        'bad-credentials',
        `The token in the input "token" is not valid on ${server.webUrl}: expired, revoked, cut off when it was copied, or made on another server.`,
        'Make a new token, store it as the secret again, and check that "github-api-url" names the server it was made on.',
      );
    case 403:
      if (/ip allow list/i.test(messageOf(answer))) {
        return explained(
          'ip-not-allowed',
          `The owner of the ${what} lets only certain addresses use the API, and the one that this machine (or its proxy) comes from is not among them.`,
          'Have the address in the message added to the IP allow list of the organization or enterprise, or run the step where an allowed address is used.',
        );
      }
      if (/\barchived\b/i.test(messageOf(answer))) {
        return explained(
          'missing-permission',
          `The ${what} is archived, and nothing in it can be changed.`,
          'Unarchive the repository for as long as it takes to remove its runners.',
        );
      }
      if (adminToken.startsWith('ghs_')) {
        return explained(
          'github-token-not-allowed',
          `The token is either the workflow's own GITHUB_TOKEN, which can never do this, or that of a GitHub App without the permission on the ${what}${acceptedPermissions(answer)}.`,
          `Use another token than GITHUB_TOKEN. ${remedyFor(registration)} A changed permission of an app has to be accepted in its installation.`,
        );
      }
      return explained('missing-permission', causeOf403(answer, adminToken, what), remedyFor(registration));
    case 404:
      return explained(
        'not-found',
        causeOf404(request, answer, adminToken, server),
        `${remedyFor(registration)} Check the spelling in the inputs too.${hintForEnterprise(registration)}`,
      );
    default:
      return messageOf(answer) === ''
        ? explainInvalidAnswer(request, answer, `where ${request.expected.join(' or ')} was due`, server)
        : explained(
            'invalid-response',
            'GitHub refuses for a reason that this version of the action does not know; its own words are above.',
            'Do what they say; if they say nothing of use, look whether there is a newer version of the action.',
          );
  }
}

/** Explains an answer that is not one of GitHub's REST API to this request. */
export function explainInvalidAnswer(
  request: Request,
  answer: Answer,
  problem: string,
  server?: Server,
): Failure {
  const isRoot = server !== undefined && /^https?:\/\/(?!api\.)[^/]+$/.test(server.apiUrl);
  return new Failure('invalid-response', {
    happened: `Could not ${request.purpose}: the answer cannot be used (status ${answer.status}, ${problem}).`,
    cause: isRoot
      ? '"github-api-url" has no path: the API of a GitHub Enterprise Server is below /api/v3, and its web pages answered. Or a proxy or a sign-in page answers in its place.'
      : 'Something between this machine and GitHub, such as a proxy or a sign-in page, answers in its place.',
    remedy: isRoot
      ? `Set "github-api-url" to ${server.apiUrl}/api/v3, or check the proxy settings of this machine.`
      : 'Check the input "github-api-url" and the proxy settings of this machine.',
    requestId: header(answer, 'x-github-request-id'),
  });
}

function explainServerError(answer: Answer, failed: string): Setback {
  const wait = waitAskedFor(answer);
  const failure = new Failure('server-error', {
    happened: failed,
    cause: 'GitHub, or a proxy in front of it, has a problem of its own.',
    remedy: `Run the job again later${wait === undefined ? '' : ` (it asks to come back ${when(wait, now(answer))})`}, and look at https://www.githubstatus.com.`,
    requestId: header(answer, 'x-github-request-id'),
  });
  return new Setback(failure, wait ?? 'passing');
}

function isPage(answer: Answer): boolean {
  return /^text\/html\b/i.test(header(answer, 'content-type') ?? '');
}

function causeOf403(answer: Answer, adminToken: string, what: string): string {
  if (adminToken.startsWith('github_pat_')) {
    return `The fine-grained token lacks the permission on the ${what}${acceptedPermissions(answer)}, or an owner has not approved it yet.`;
  }
  const scopes = scopesOf(answer);
  if (scopes?.isMissing) {
    return `The token has ${scopes.described}, or the person who made it is no admin of the ${what}.`;
  }
  return scopes === undefined
    ? `The token lacks the permission${acceptedPermissions(answer)}, or the person who made it is no admin of the ${what}.`
    : `The person who made the token is no admin of the ${what}: the token itself has the scope.`;
}

/** GitHub answers "not found" for what a token may not know about: which is likelier depends on the token. */
function causeOf404({ registration }: Request, answer: Answer, adminToken: string, server: Server): string {
  const what = describeRegistration(registration);
  const missing = `there is no such ${registration.kind} on ${server.webUrl}`;
  if (adminToken.startsWith('ghs_')) {
    return `Either the GitHub App is not installed on the ${what} (the workflow's own GITHUB_TOKEN knows its own repository only, and can never do this), or ${missing}.`;
  }
  if (adminToken.startsWith('github_pat_')) {
    return `Either the fine-grained token was not given access to the ${what} when it was made (its resource owner and its repositories), or ${missing}.`;
  }
  const scopes = scopesOf(answer);
  if (scopes !== undefined && !scopes.isMissing) {
    return `The token has the scope; so either ${missing}, or the person who made the token has no admin rights on the ${what} (GitHub then answers as if it were not there).`;
  }
  const lacking = scopes === undefined ? '' : `, as it has ${scopes.described}`;
  return `Either the token has no admin rights on the ${what}${lacking} (GitHub then answers as if it were not there), or ${missing}.`;
}

/** What a classic token may do, against what is accepted; `undefined` when GitHub does not say. */
function scopesOf(answer: Answer): { isMissing: boolean; described: string } | undefined {
  const [held, accepted] = ['x-oauth-scopes', 'x-accepted-oauth-scopes'].map((name) =>
    header(answer, name)
      ?.split(',')
      .map((scope) => scope.trim())
      .filter((scope) => scope !== ''),
  );
  if (held === undefined || accepted === undefined || accepted.length === 0) {
    return undefined;
  }
  const has = held.length === 0 ? 'no scope' : `the scopes ${quote(held.join(', '))}`;
  return {
    isMissing: !accepted.some((scope) => held.includes(scope)),
    described: `${has}, and one of ${quote(accepted.join(', '))} is needed`,
  };
}

function acceptedPermissions(answer: Answer): string {
  const accepted = header(answer, 'x-accepted-github-permissions');
  return accepted === undefined ? '' : ` (GitHub wants ${quote(accepted)})`;
}

function remedyFor({ kind }: Registration): string {
  const { permission, scope } = needs[kind];
  const holder = kind === 'enterprise' ? '' : ' (fine-grained or GitHub App)';
  const admin = kind === 'repository' ? ' of an admin' : '';
  return `Use a token with the ${permission}${holder}, or the scope "${scope}"${admin} (classic).`;
}

function hintForEnterprise({ kind }: Registration): string {
  return kind === 'enterprise'
    ? ' An enterprise is named by its slug, as in the address of its page (/enterprises/SLUG); a server without enterprise accounts has no such runners.'
    : '';
}

import { Failure } from '../failure.ts';
import { describeRegistration, type Registration } from '../registration.ts';
import type { Server } from '../server.ts';
import type { Answer, Request } from './client.ts';

/** Explains a request that was never answered, or not in a way that can be read. */
export function explainNoAnswer(error: unknown, purpose: string, server: Server): Error {
  const causes = causesOf(error);
  const foreseen = causes.find((cause) => cause instanceof Failure);
  if (foreseen !== undefined) {
    return foreseen;
  }
  const said = String(causes.at(-1)?.message ?? error);
  return new Failure(
    'network',
    {
      happened: `Could not ${purpose}: ${new URL(server.apiUrl).host} did not answer (${said}).`,
      cause:
        'This machine cannot reach the host: its name, a firewall, a proxy that is missing or wrong, or an outage.',
      remedy: `Check from this machine that ${server.apiUrl} can be reached, and that https_proxy and no_proxy are set for this step as the network needs them.`,
    },
    { cause: error },
  );
}

/**
 * An error, its cause, the cause of that, and so on: the deepest says what the operating system said. Where several
 * addresses were tried, that is about the last of them.
 */
function causesOf(error: unknown): { message?: unknown }[] {
  if (typeof error !== 'object' || error === null) {
    return [];
  }
  const { errors, cause }: { errors?: unknown[]; cause?: unknown } = error;
  return [error, ...causesOf(errors?.at(-1) ?? cause)];
}

/** Explains an answer that refuses what was asked. */
export function explainRefusal(
  request: Request,
  answer: Answer,
  adminToken: string,
  server: Server,
): Failure {
  const failed = `Could not ${request.purpose}: GitHub answered ${answer.status}${messageOf(answer)}.`;
  const requestId = header(answer, 'x-github-request-id');
  const what = describeRegistration(request.registration);
  switch (answer.status) {
    case 401:
      return new Failure('bad-credentials', {
        happened: failed,
        cause: `The token in the input "token" is not valid on ${server.webUrl}: expired, revoked, cut off when it was copied, or made on another server.`,
        remedy:
          'Make a new token, store it as the secret again, and check that "github-api-url" names the server it was made on.',
        requestId,
      });
    case 403:
      return new Failure('missing-permission', {
        happened: failed,
        cause: causeOf403(adminToken, what),
        remedy: remedyFor(request.registration),
        requestId,
      });
    case 404:
      return new Failure('not-found', {
        happened: failed,
        cause: `Either the token has no admin rights on the ${what} (GitHub then answers as if it were not there), or there is no such ${request.registration.kind} on ${server.webUrl}.`,
        remedy: `${remedyFor(request.registration)} Check the spelling in the inputs too.`,
        requestId,
      });
    default:
      return answer.status < 500
        ? explainInvalidAnswer(request, answer, `where ${request.expected.join(' or ')} was due`)
        : new Failure('server-error', {
            happened: failed,
            cause: 'GitHub, or a proxy in front of it, has a problem of its own.',
            remedy: 'Run the job again later, and look at https://www.githubstatus.com.',
            requestId,
          });
  }
}

/** Explains an answer that is not one of GitHub's REST API to this request. */
export function explainInvalidAnswer(request: Request, answer: Answer, problem: string): Failure {
  return new Failure('invalid-response', {
    happened: `Could not ${request.purpose}: the answer cannot be used (status ${answer.status}, ${problem}).`,
    cause:
      'Something between this machine and GitHub, such as a proxy or a sign-in page, answers in its place.',
    remedy: 'Check the input "github-api-url" and the proxy settings of this machine.',
    requestId: header(answer, 'x-github-request-id'),
  });
}

/** GitHub tells the kinds of token apart by how they begin. */
function causeOf403(adminToken: string, what: string): string {
  if (adminToken.startsWith('ghs_')) {
    return `The token is either the workflow's own GITHUB_TOKEN, which can never do this, or that of a GitHub App without the permission on the ${what}.`;
  }
  return `The token lacks the permission, or the person who made it is no admin of the ${what}.`;
}

function remedyFor(registration: Registration): string {
  switch (registration.kind) {
    case 'repository':
      return 'Use a token with the repository permission "Administration: write" (fine-grained or GitHub App), or the scope "repo" of an admin (classic).';
    case 'organization':
      return 'Use a token with the organization permission "Self-hosted runners: write" (fine-grained or GitHub App), or the scope "admin:org" (classic).';
    case 'enterprise':
      return 'Use a token with the enterprise permission "Self-hosted runners: write", or the scope "manage_runners:enterprise" (classic).';
  }
}

function messageOf(answer: Answer): string {
  const { data } = answer;
  return typeof data === 'object' && data !== null && 'message' in data && typeof data.message === 'string'
    ? `, "${data.message}"`
    : '';
}

function header(answer: Answer, name: string): string | undefined {
  return answer.headers[name]?.toString();
}

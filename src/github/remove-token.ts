import type { Endpoints } from '@octokit/types';
import { describeRegistration, type Registration } from '../registration.ts';
import type { Secrets } from '../secrets.ts';
import type { Client, Request } from './client.ts';
import { explainInvalidAnswer } from './diagnosis.ts';

/** What GitHub's API description calls an authentication token. It expires after an hour; nothing can revoke it. */
export type RemoveToken =
  Endpoints['POST /repos/{owner}/{repo}/actions/runners/remove-token']['response']['data'];

/**
 * Asks for a token that removes runners of the registration, any number of them, for an hour.
 *
 * @see https://docs.github.com/en/rest/actions/self-hosted-runners
 * @throws Failure when GitHub refuses, or answers with something that is no token
 */
export async function createRemoveToken(
  client: Client,
  registration: Registration,
  secrets: Secrets,
): Promise<RemoveToken> {
  const request: Request = {
    purpose: `create a remove token for the ${describeRegistration(registration)}`,
    registration,
    method: 'POST',
    path: '/actions/runners/remove-token',
    expected: [201],
    onAnswer: ({ data }) => {
      if (hasToken(data)) {
        secrets.protect(data.token);
      }
    },
  };
  const answer = await client.request(request);
  if (!isRemoveToken(answer.data)) {
    throw explainInvalidAnswer(request, answer, 'without a token and the time that it expires');
  }
  return answer.data;
}

function hasToken(data: unknown): data is { token: string } {
  return typeof (data as { token?: unknown } | null)?.token === 'string';
}

/** The optional properties are not looked at: nothing here depends on them. */
function isRemoveToken(data: unknown): data is RemoveToken {
  return (
    hasToken(data) &&
    /^[\x21-\x7e]{1,1000}$/.test(data.token) &&
    'expires_at' in data &&
    typeof data.expires_at === 'string' &&
    // Date.parse alone takes a good deal more, such as comments in parentheses.
    /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(data.expires_at) &&
    !Number.isNaN(Date.parse(data.expires_at))
  );
}

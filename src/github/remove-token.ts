import { describeRegistration, type Registration } from '../registration.ts';
import type { Secrets } from '../secrets.ts';
import type { ApiClient } from './api-client.ts';
import type { ApiRequest } from './api-response.ts';
import { explainInvalidResponse } from './explain-response.ts';
import { serverTime } from './rate-limit.ts';

/** Removes any number of runners of a registration. It cannot be revoked. */
export interface RemoveToken {
  readonly token: string;
  /** As GitHub returned it, in ISO 8601. */
  readonly expires_at: string;
  /** Milliseconds from GitHub's response until the token expires, by GitHub's clock. */
  readonly lifetime: number;
}

/** @see https://docs.github.com/en/rest/actions/self-hosted-runners */
export async function createRemoveToken(
  client: ApiClient,
  registration: Registration,
  secrets: Secrets,
): Promise<RemoveToken> {
  const request: ApiRequest = {
    purpose: `create a remove token for ${describeRegistration(registration)}`,
    registration,
    method: 'POST',
    path: '/actions/runners/remove-token',
    expected: [201],
    onResponse: ({ data }) => {
      const { token } = propertiesOf(data);
      if (typeof token === 'string') {
        secrets.protect(token);
      }
    },
  };
  const response = await client.request(request);
  const { token, expires_at } = propertiesOf(response.data);
  if (!isToken(token) || !isTime(expires_at)) {
    throw explainInvalidResponse(request, response, 'has no valid token and expiration time');
  }
  return { token, expires_at, lifetime: Date.parse(expires_at) - serverTime(response) };
}

function propertiesOf(data: unknown): { token?: unknown; expires_at?: unknown } {
  return data ?? {};
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,1000}$/.test(value);
}

/** `Date.parse` alone also accepts other text, such as comments in parentheses. */
function isTime(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}

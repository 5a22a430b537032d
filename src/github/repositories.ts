import { describeRegistration, type Repository } from '../registration.ts';
import type { ApiClient } from './api-client.ts';

/** Whether two names belong to the same repository: GitHub redirects the former name of a renamed one. */
export async function isSameRepository(
  client: ApiClient,
  one: Repository,
  other: Repository,
): Promise<boolean> {
  const [first, second] = await Promise.all([idOf(client, one), idOf(client, other)]);
  return first !== undefined && first === second;
}

/** @returns `undefined` if the token cannot see the repository */
async function idOf(client: ApiClient, repository: Repository): Promise<number | undefined> {
  const { data } = await client.request({
    purpose: `find ${describeRegistration(repository)}`,
    registration: repository,
    method: 'GET',
    path: '',
    expected: [200, 404],
  });
  const { id } = data as { id?: unknown };
  return typeof id === 'number' ? id : undefined;
}

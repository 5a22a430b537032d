import { describeRegistration, type Repository } from '../registration.ts';
import type { Client, Request } from './client.ts';

/**
 * Asks whether two names are the same repository: GitHub redirects the old name of one that was renamed.
 *
 * @throws Failure when GitHub cannot be asked
 */
export async function isSameRepository(client: Client, one: Repository, other: Repository): Promise<boolean> {
  const [first, second] = await Promise.all([idOf(client, one), idOf(client, other)]);
  return first !== undefined && first === second;
}

/** @returns `undefined` when the token cannot see it */
async function idOf(client: Client, repository: Repository): Promise<number | undefined> {
  const request: Request = {
    purpose: `look up the ${describeRegistration(repository)}`,
    registration: repository,
    method: 'GET',
    path: '',
    expected: [200, 404],
  };
  const { data } = await client.request(request);
  const { id } = data as { id?: unknown };
  return typeof id === 'number' ? id : undefined;
}

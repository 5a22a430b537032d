import type { Clock } from './clock.ts';
import type { ApiClient } from './github/api-client.ts';
import { createRemoveToken, type RemoveToken } from './github/remove-token.ts';
import type { Log } from './log.ts';
import { describeRegistration, registrationKey } from './registration.ts';
import type { Secrets } from './secrets.ts';
import type { Target } from './target.ts';

/** A token lives for an hour. After a long wait, a new one is requested. */
const maximumAge = 45 * 60_000;

/** The remove tokens of a run: one for each registration, however many runners share it. */
export class RemoveTokens {
  readonly #client: ApiClient;
  readonly #secrets: Secrets;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #issued = new Map<
    string,
    { readonly token: Promise<RemoveToken>; readonly requestedAt: number }
  >();

  constructor(client: ApiClient, secrets: Secrets, log: Log, clock: Clock) {
    this.#client = client;
    this.#secrets = secrets;
    this.#log = log;
    this.#clock = clock;
  }

  /** Requests the registration's token on the first call, and again when it is old. */
  async for(target: Target): Promise<RemoveToken> {
    const key = registrationKey(target.registration);
    const requestedAt = this.#clock.now();
    const issued = this.#issued.get(key);
    if (issued !== undefined && requestedAt - issued.requestedAt < maximumAge) {
      return issued.token;
    }
    const token = this.#request(target);
    this.#issued.set(key, { token, requestedAt });
    if (issued !== undefined) {
      // A wait outlasts a transient error: the next call tries again.
      token.catch(() => this.#issued.set(key, issued));
    }
    return token;
  }

  /** The tokens that GitHub issued, the newest for each registration. */
  async all(): Promise<RemoveToken[]> {
    const settled = await Promise.allSettled([...this.#issued.values()].map(({ token }) => token));
    return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }

  async #request({ registration, source }: Target): Promise<RemoveToken> {
    const what = `for ${describeRegistration(registration)} (from ${source})`;
    this.#log.debug(`Requesting a remove token ${what}.`);
    const token = await createRemoveToken(this.#client, registration, this.#secrets);
    this.#log.info(`Created a remove token ${what}. It expires at ${token.expires_at}.`);
    return token;
  }
}

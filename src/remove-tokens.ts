import type { ApiClient } from './github/api-client.ts';
import { createRemoveToken, type RemoveToken } from './github/remove-token.ts';
import type { Log } from './log.ts';
import { describeRegistration, registrationKey } from './registration.ts';
import type { Secrets } from './secrets.ts';
import type { Target } from './target.ts';

/** A remove token, and the registration that it was issued for. */
export interface IssuedToken extends Target {
  readonly token: RemoveToken;
}

/** The remove tokens of a run: one for each registration, however many runners share it. */
export class RemoveTokens {
  readonly #client: ApiClient;
  readonly #secrets: Secrets;
  readonly #log: Log;
  readonly #issued = new Map<string, Promise<IssuedToken>>();

  constructor(client: ApiClient, secrets: Secrets, log: Log) {
    this.#client = client;
    this.#secrets = secrets;
    this.#log = log;
  }

  /** Requests the registration's token on the first call. */
  async for(target: Target): Promise<IssuedToken> {
    const key = registrationKey(target.registration);
    const issued = this.#issued.get(key) ?? this.#request(target);
    this.#issued.set(key, issued);
    return issued;
  }

  async all(): Promise<IssuedToken[]> {
    return Promise.all(this.#issued.values());
  }

  async #request({ registration, source }: Target): Promise<IssuedToken> {
    const what = `for ${describeRegistration(registration)} (from ${source})`;
    this.#log.debug(`Requesting a remove token ${what}.`);
    const token = await createRemoveToken(this.#client, registration, this.#secrets);
    this.#log.info(`Created a remove token ${what}. It expires at ${token.expires_at}.`);
    return { registration, source, token };
  }
}

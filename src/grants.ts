import type { Addressed } from './addressing.ts';
import type { Client } from './github/client.ts';
import { createRemoveToken, type RemoveToken } from './github/remove-token.ts';
import type { Log } from './log.ts';
import { describeRegistration, registrationKey } from './registration.ts';
import type { Secrets } from './secrets.ts';

/** A remove token, the registration that it is for, and what made that the one. */
export interface Grant extends Addressed {
  readonly token: RemoveToken;
}

/** The remove tokens of a run: one for each registration, however many runners share it. */
export class Grants {
  readonly #client: Client;
  readonly #secrets: Secrets;
  readonly #log: Log;
  readonly #grants = new Map<string, Promise<Grant>>();

  constructor(client: Client, secrets: Secrets, log: Log) {
    this.#client = client;
    this.#secrets = secrets;
    this.#log = log;
  }

  /**
   * The token of a registration, asked for when it is needed first, and the line in the log that says so.
   *
   * @throws Failure when there is none to be had
   */
  async for(addressed: Addressed): Promise<Grant> {
    const key = registrationKey(addressed.registration);
    const grant = this.#grants.get(key) ?? this.#request(addressed);
    this.#grants.set(key, grant);
    return grant;
  }

  /** All that were asked for. */
  async all(): Promise<Grant[]> {
    return Promise.all(this.#grants.values());
  }

  async #request({ registration, source }: Addressed): Promise<Grant> {
    this.#log.debug(
      `A remove token is asked for, for the ${describeRegistration(registration)} (from ${source}).`,
    );
    const token = await createRemoveToken(this.#client, registration, this.#secrets);
    this.#log.info(
      `Remove token for the ${describeRegistration(registration)} (from ${source}), expires at ${token.expires_at}`,
    );
    return { registration, source, token };
  }
}

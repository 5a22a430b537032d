import type { Clock } from './clock.ts';
import type { ApiClient } from './github/api-client.ts';
import type { Inputs } from './inputs.ts';
import type { Log } from './log.ts';
import type { RemoveTokens } from './remove-tokens.ts';
import type { JobContext } from './runner/current-job.ts';
import type { Secrets } from './secrets.ts';

/** The machine and the step that this process runs in. */
export interface Machine extends JobContext {
  readonly isRoot: boolean;
}

/** How a cancelled step ends, in three stages. */
export interface Cancellation {
  /** Nothing new is started. */
  readonly requested: AbortSignal;
  /** Requests are aborted and programs are terminated. */
  readonly deadline: AbortSignal;
  /** Whatever is still running is abandoned: the runner is about to kill this process. */
  readonly abandoned: AbortSignal;
}

/** What every step of a removal needs. */
export interface Context {
  readonly inputs: Inputs;
  readonly machine: Machine;
  readonly client: ApiClient;
  readonly removeTokens: RemoveTokens;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly clock: Clock;
  readonly cancellation: Cancellation;
}

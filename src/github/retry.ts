import type { Clock } from '../clock.ts';
import { Failure } from '../failure.ts';
import type { Log } from '../log.ts';

/** An attempt that did not succeed. */
export class Setback {
  readonly failure: Failure;
  /** Whether another attempt may succeed; the milliseconds to wait for it when the server says so. */
  readonly outlook: 'permanent' | 'passing' | number;

  constructor(failure: Failure, outlook: Setback['outlook']) {
    this.failure = failure;
    this.outlook = outlook;
  }
}

/** When and how often a request is tried again. */
export interface Patience {
  readonly retries: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Is aborted when there is no more time, with what is then to be said. */
  readonly signal: AbortSignal;
}

/** The wait before the second attempt, in milliseconds; it doubles with each further one. */
const firstWait = 1_000;
/** A longer wait is not worth a runner's time: the user is told when it will work instead. */
const longestWait = 90_000;
/** No attempt begins later than this after the first, in milliseconds: examples give the step five minutes. */
const ceiling = 150_000;

/**
 * Tries until it succeeds, or there is no use in trying again. Everything that this action asks of GitHub may be
 * repeated: reading, deleting, and creating a remove token, which changes nothing.
 *
 * Octokit's plugins for this do not fit (plugin-retry 8.1, plugin-throttling 11.0). The first ignores `retry-after`,
 * waits without jitter, and tries certificate errors again; the second knows a secondary limit by its wording only, and
 * spaces requests that need no spacing. Neither gives up on a long wait, and both bundle Bottleneck.
 *
 * @throws Failure of the last attempt
 */
export async function withRetries<Success>(
  attempt: () => Promise<Success | Setback>,
  { retries, clock, log, signal }: Patience,
): Promise<Success> {
  const begin = clock.now();
  for (let attempts = 1; ; attempts += 1) {
    const outcome = await attempt();
    if (!(outcome instanceof Setback)) {
      return outcome;
    }
    const { failure, outlook } = outcome;
    if (outlook === 'permanent' || attempts > retries) {
      throw afterAttempts(failure, attempts);
    }
    const wait = waitFor(outlook, attempts);
    if (wait > longestWait || clock.now() + wait > begin + ceiling) {
      throw afterAttempts(failure, attempts);
    }
    log.info(
      `${failure.explanation.happened} Trying again in ${(wait / 1000).toFixed(1)} seconds (${attempts} of ${retries}).`,
    );
    await clock.sleep(wait, signal);
  }
}

/** Jobs that failed together do not come back together: the wait varies, but is never shorter than it has to be. */
function waitFor(outlook: 'passing' | number, attempts: number): number {
  const variation = Math.random();
  return outlook === 'passing'
    ? firstWait * 2 ** (attempts - 1) * (0.5 + variation / 2)
    : outlook * (1 + variation / 10);
}

function afterAttempts(failure: Failure, attempts: number): Failure {
  if (attempts === 1) {
    return failure;
  }
  const happened = `${failure.explanation.happened} It was tried ${attempts} times.`;
  return new Failure(failure.kind, { ...failure.explanation, happened }, { cause: failure.cause });
}

import { setTimeout as sleep } from 'node:timers/promises';

/** The passing of time, so that a test does not have to wait for it. */
export interface Clock {
  /** Milliseconds since some moment. Setting the machine's clock does not change it. */
  now(): number;
  /** @throws what the signal was aborted with, as soon as it is */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Does it after that time, unless there is nothing else left to do before. */
  later(milliseconds: number, act: () => void): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) =>
    sleep(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted()),
  later: (milliseconds, act) => void setTimeout(act, milliseconds).unref(),
};

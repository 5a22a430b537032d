import { setTimeout as sleep } from 'node:timers/promises';

/** The passing of time, so tests do not have to wait. */
export interface Clock {
  /** Milliseconds since an arbitrary moment; monotonic. */
  now(): number;
  /** @throws the signal's reason, as soon as it is aborted */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Calls the function after this time, without keeping the process alive for it. */
  later(milliseconds: number, act: () => void): void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) =>
    sleep(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted()),
  later: (milliseconds, act) => void setTimeout(act, milliseconds).unref(),
};

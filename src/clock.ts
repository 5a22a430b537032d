import { setTimeout } from 'node:timers/promises';

/** The passing of time, so that a test does not have to wait for it. */
export interface Clock {
  /** Milliseconds since some moment. Setting the machine's clock does not change it. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (milliseconds) => setTimeout(milliseconds),
};

import { setImmediate as turn } from 'node:timers/promises';

interface Sleeper {
  readonly until: number;
  /** Whether time passes for this sleeper alone. */
  readonly isAwaited: boolean;
  wake(): void;
}

/**
 * A clock for the action's source (`Clock` in src/clock.ts) whose time passes only while everything waits for it: many minutes
 * take none.
 */
export class VirtualClock {
  #time = 0;
  #sleepers: Sleeper[] = [];
  #holds = 0;
  #isRunning = false;

  readonly now = (): number => this.#time;

  readonly sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const sleeper = this.#add(milliseconds, true, () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      const onAbort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
    });

  readonly later = (milliseconds: number, act: () => void): void => {
    this.#add(milliseconds, false, act);
  };

  /** Stops time until `release` has been called as often as this. */
  hold(): void {
    this.#holds += 1;
  }

  release(): void {
    this.#holds -= 1;
  }

  #add(milliseconds: number, isAwaited: boolean, wake: () => void): Sleeper {
    const sleeper = { until: this.#time + milliseconds, isAwaited, wake };
    this.#sleepers.push(sleeper);
    if (!this.#isRunning) {
      this.#isRunning = true;
      void this.#run();
    }
    return sleeper;
  }

  async #run(): Promise<void> {
    for (;;) {
      // Lets everything happen that happens at this time.
      await turn();
      const due = this.#sleepers.filter(({ until }) => until <= this.#time);
      if (due.length > 0) {
        this.#sleepers = this.#sleepers.filter((sleeper) => !due.includes(sleeper));
        for (const { wake } of due) wake();
      } else if (this.#holds === 0) {
        if (!this.#sleepers.some(({ isAwaited }) => isAwaited)) break;
        this.#time = Math.min(...this.#sleepers.map(({ until }) => until));
      }
    }
    this.#isRunning = false;
  }
}

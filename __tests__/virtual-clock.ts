import { setImmediate as turn } from 'node:timers/promises';
import type { GitHub } from '../sandbox/github.ts';
import type { Clock } from '../src/clock.ts';
import type { ApiClient, ApiClientOptions } from '../src/github/api-client.ts';
import { clientOf } from './support.ts';

interface Sleeper {
  readonly until: number;
  /** Whether time passes for this sleeper alone. */
  readonly isAwaited: boolean;
  wake(): void;
}

/** A clock whose time passes only while everything waits for it, so a test of many minutes takes none. */
export class VirtualClock implements Clock {
  #time = 0;
  #sleepers: Sleeper[] = [];
  /** Requests without a response. Time stands still for them. */
  #requests = 0;
  #isRunning = false;

  readonly now = (): number => this.#time;

  readonly sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const sleeper = this.#add(milliseconds, true, resolve);
      signal.addEventListener(
        'abort',
        () => {
          this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
          reject(signal.reason);
        },
        { once: true },
      );
    });

  readonly later = (milliseconds: number, act: () => void): void => {
    this.#add(milliseconds, false, act);
  };

  /** A client of the stand-in whose requests take no time. */
  clientOf(github: GitHub, options: Partial<ApiClientOptions> = {}): ApiClient {
    const sleep: Clock['sleep'] = async (milliseconds, signal) => {
      this.#requests -= 1;
      await this.sleep(milliseconds, signal).finally(() => {
        this.#requests += 1;
      });
    };
    const client = clientOf(github, { ...options, clock: { ...this, sleep } });
    const track =
      <Request, Response>(send: (request: Request) => Promise<Response>) =>
      (request: Request): Promise<Response> => {
        this.#requests += 1;
        return send(request).finally(() => {
          this.#requests -= 1;
        });
      };
    return { request: track(client.request), requestPages: track(client.requestPages) };
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
      await turn();
      if (this.#requests > 0) {
        continue;
      }
      if (!this.#sleepers.some(({ isAwaited }) => isAwaited)) {
        break;
      }
      const next = this.#sleepers.reduce((first, other) => (other.until < first.until ? other : first));
      this.#sleepers.splice(this.#sleepers.indexOf(next), 1);
      this.#time = Math.max(this.#time, next.until);
      next.wake();
    }
    this.#isRunning = false;
  }
}

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';

/** Turns of the event loop in which nothing may happen before time goes on: enough for what has just been read to be used. */
const quietTurns = 20;
/** Milliseconds of the machine's time after which a simulation that neither works nor waits has gone wrong. */
const patience = 60_000;

interface Sleeper {
  readonly until: number;
  readonly name: string;
  readonly wake: () => void;
}

/**
 * Time that passes in an instant, and only while this process and the programs that it has started have nothing to do but
 * to wait for it. Whoever waits is woken alone, one after the other: what takes part can be real requests, files and
 * processes, and the order of events is always the same.
 */
export class VirtualTime {
  /** Milliseconds since the beginning. */
  now = 0;
  /** In the order in which they are to be woken. */
  readonly #sleepers: Sleeper[] = [];
  /** Requests that wait for time to pass before they are answered. */
  #held = 0;

  /** @param name decides who is woken first of those whose time comes at once */
  sleep(milliseconds: number, name = ''): Promise<void> {
    return new Promise((wake) => {
      const until = this.now + milliseconds;
      const later = this.#sleepers.findIndex(
        (sleeper) => sleeper.until > until || (sleeper.until === until && sleeper.name > name),
      );
      this.#sleepers.splice(later < 0 ? this.#sleepers.length : later, 0, { until, name, wake });
    });
  }

  /** Lets time pass before a request is answered. The process that made it, this one or a child, waits meanwhile. */
  async hold(milliseconds: number, name: string): Promise<void> {
    this.#held += 1;
    await this.sleep(milliseconds, name);
    this.#held -= 1;
  }

  /** Lets time pass until the work is done. */
  async passUntil<Result>(work: Promise<Result>): Promise<Result> {
    const requests = new OwnRequests();
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    work.then(done, done);
    try {
      for (;;) {
        await this.#quiet(requests, () => isDone);
        if (isDone) return await work;
        const next = this.#sleepers.shift();
        if (next === undefined) throw new Error('There is work to do, and nobody does it.');
        this.now = next.until;
        next.wake();
      }
    } finally {
      requests.ignore();
    }
  }

  /** Waits until everybody waits for time to pass. */
  async #quiet(requests: OwnRequests, isDone: () => boolean): Promise<void> {
    const begun = performance.now();
    for (let turns = 0; turns < quietTurns && !isDone(); turns += 1) {
      await turn();
      const active = process.getActiveResourcesInfo();
      const children = active.filter((resource) => resource === 'ProcessWrap').length;
      const isQuiet =
        // FSReqPromise, FileHandleCloseReq and the like: what the system is asked to do with files.
        children + requests.open === this.#held && !active.some((resource) => resource.includes('Req'));
      if (isQuiet) continue;
      turns = -1;
      if (performance.now() - begun > patience) throw new Error('Time stands still.');
      // A child needs the processor.
      if (children > 0) await pause(1);
    }
  }
}

/** What Node.js tells of its two HTTP clients, that of `node:http` and that of `fetch`. */
const channels = {
  begin: ['http.client.request.start', 'undici:request:create'],
  end: [
    ...['http.client.response.finish', 'http.client.request.error'],
    ...['undici:request:trailers', 'undici:request:error'],
  ],
};

/** Counts the requests of this process that were sent and not answered. */
class OwnRequests {
  open = 0;
  readonly #begin = () => {
    this.open += 1;
  };
  readonly #end = () => {
    this.open -= 1;
  };

  constructor() {
    for (const channel of channels.begin) subscribe(channel, this.#begin);
    for (const channel of channels.end) subscribe(channel, this.#end);
  }

  ignore(): void {
    for (const channel of channels.begin) unsubscribe(channel, this.#begin);
    for (const channel of channels.end) unsubscribe(channel, this.#end);
  }
}

import type { OutgoingHttpHeaders } from 'node:http';
import type { Answer } from './github.ts';

const minute = 60_000;
const hour = 60 * minute;

/**
 * What GitHub lets a token do, or what it has done at most.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export interface RateLimitCounts {
  /** The primary limit. An hour begins with the first request in it. */
  requestsPerHour: number;
  /** Requests that were begun and not yet answered. */
  concurrentRequests: number;
  /** A request that only reads is a point, any other five. */
  pointsPerMinute: number;
  /** Requests that create something. */
  creationsPerMinute: number;
  creationsPerHour: number;
}

/** The limits of GitHub.com, but that the primary one of a GitHub App can be up to 15,000. */
export const githubLimits: Readonly<RateLimitCounts> = {
  requestsPerHour: 5000,
  concurrentRequests: 100,
  pointsPerMinute: 900,
  creationsPerMinute: 80,
  creationsPerHour: 500,
};

/** A limit on what requests cost in any stretch of time that is as long as this, in milliseconds. */
interface SlidingLimit {
  name: 'pointsPerMinute' | 'creationsPerMinute' | 'creationsPerHour';
  stretch: number;
  cost: (method: string) => number;
}

const points = (method: string) => (['GET', 'HEAD', 'OPTIONS'].includes(method) ? 1 : 5);
/** GitHub does not say what creates content. A deletion does not. */
const creations = (method: string) => (['POST', 'PUT', 'PATCH'].includes(method) ? 1 : 0);

const slidingLimits: SlidingLimit[] = [
  { name: 'pointsPerMinute', stretch: minute, cost: points },
  { name: 'creationsPerMinute', stretch: minute, cost: creations },
  { name: 'creationsPerHour', stretch: hour, cost: creations },
];

/** The part of a token's requests that still counts. */
class Account {
  readonly spent = slidingLimits.map((limit) => ({
    limit,
    requests: [] as { time: number; cost: number }[],
  }));
  readonly most: RateLimitCounts = {
    requestsPerHour: 0,
    concurrentRequests: 0,
    pointsPerMinute: 0,
    creationsPerMinute: 0,
    creationsPerHour: 0,
  };
  reset = 0;
  used = 0;
  concurrent = 0;
}

/** A request that has been let in, or not. */
export interface Admission {
  /** How GitHub refuses it. */
  readonly refusal: Answer | undefined;
  /** The headers of whatever is answered. */
  readonly headers: OutgoingHttpHeaders;
  /** To be called when it is answered. */
  end(): void;
}

/**
 * Counts requests as GitHub does, each token for itself, and refuses what is too many. Where GitHub leaves it open, this
 * is the stricter: all requests of a token share the points, which GitHub counts for "a single endpoint", and any minute
 * counts, not the one on the clock. A refused request does not count.
 */
export class RateLimits {
  readonly #limits: Readonly<RateLimitCounts>;
  readonly #now: () => number;
  readonly #accounts = new Map<string, Account>();

  /** @param now the time in milliseconds */
  constructor(limits: Readonly<RateLimitCounts>, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** The most that a token has used of each limit. */
  mostUsed(token: string): Readonly<RateLimitCounts> {
    return this.#account(token).most;
  }

  /** Decides on a request that has arrived. */
  begin(token: string, method: string): Admission {
    const account = this.#account(token);
    const now = this.#now();
    if (now >= account.reset) {
      account.reset = now + hour;
      account.used = 0;
    }
    const refusal = this.#refusal(account, method);
    if (refusal === undefined) count(account, method, now);
    const { requestsPerHour: limit } = this.#limits;
    return {
      refusal,
      headers: {
        'x-ratelimit-limit': limit,
        'x-ratelimit-remaining': limit - account.used,
        'x-ratelimit-reset': Math.ceil(account.reset / 1000),
        'x-ratelimit-used': account.used,
      },
      end: () => {
        if (refusal === undefined) account.concurrent -= 1;
      },
    };
  }

  #account(token: string): Account {
    const account = this.#accounts.get(token) ?? new Account();
    this.#accounts.set(token, account);
    return account;
  }

  #refusal(account: Account, method: string): Answer | undefined {
    if (account.used >= this.#limits.requestsPerHour) return refuse('API rate limit exceeded for user ID 1.');
    if (account.concurrent >= this.#limits.concurrentRequests) return refuseFor(minute);
    const waits = account.spent.map(({ limit: { name, stretch, cost }, requests }) => {
      while (requests[0] !== undefined && requests[0].time <= this.#now() - stretch) requests.shift();
      const isFull = cost(method) > 0 && total(requests) + cost(method) > this.#limits[name];
      return isFull ? stretch - (this.#now() - (requests[0]?.time ?? this.#now())) : 0;
    });
    const wait = Math.max(...waits);
    return wait > 0 ? refuseFor(wait) : undefined;
  }
}

function count(account: Account, method: string, time: number): void {
  const { most } = account;
  account.used += 1;
  account.concurrent += 1;
  most.requestsPerHour = Math.max(most.requestsPerHour, account.used);
  most.concurrentRequests = Math.max(most.concurrentRequests, account.concurrent);
  for (const { limit, requests } of account.spent) {
    requests.push({ time, cost: limit.cost(method) });
    most[limit.name] = Math.max(most[limit.name], total(requests));
  }
}

function total(requests: readonly { cost: number }[]): number {
  return requests.reduce((sum, { cost }) => sum + cost, 0);
}

/** A secondary limit. Clients are to wait for a minute at least when they are not told for how long. */
function refuseFor(wait: number): Answer {
  return {
    ...refuse(
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      '#about-secondary-rate-limits',
    ),
    headers: { 'retry-after': String(Math.ceil(Math.max(wait, minute) / 1000)) },
  };
}

function refuse(message: string, section = '#about-primary-rate-limits'): Answer {
  const documentation = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api';
  return { status: 403, body: { message, documentation_url: `${documentation}${section}`, status: '403' } };
}

import { errorReply, type Reply } from './reply.ts';

const minute = 60_000;
const hour = 60 * minute;

/**
 * The limits of a token, or the most that it has used of each.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export interface RateLimitCounts {
  /** The primary limit. The hour starts with the first request. */
  requestsPerHour: number;
  concurrentRequests: number;
  /** A request that only reads costs one point, any other request five. */
  pointsPerMinute: number;
  /** Requests that create content. */
  creationsPerMinute: number;
  creationsPerHour: number;
}

/** The limits of GitHub.com. The primary limit of a GitHub App can be higher, up to 15,000. */
export const githubLimits: Readonly<RateLimitCounts> = {
  requestsPerHour: 5000,
  concurrentRequests: 100,
  pointsPerMinute: 900,
  creationsPerMinute: 80,
  creationsPerHour: 500,
};

const points = (method: string) => (['GET', 'HEAD', 'OPTIONS'].includes(method) ? 1 : 5);
/** GitHub does not say whether a remove token counts as created content. */
const creations = (method: string) => (['POST', 'PUT', 'PATCH'].includes(method) ? 1 : 0);

/** Limits on the cost of all requests within any period of this length. */
const slidingLimits = [
  { name: 'pointsPerMinute', period: minute, cost: points },
  { name: 'creationsPerMinute', period: minute, cost: creations },
  { name: 'creationsPerHour', period: hour, cost: creations },
] as const;

/** The use of one token. */
class TokenUsage {
  readonly most: RateLimitCounts = {
    requestsPerHour: 0,
    concurrentRequests: 0,
    pointsPerMinute: 0,
    creationsPerMinute: 0,
    creationsPerHour: 0,
  };
  readonly recent = slidingLimits.map((limit) => ({
    ...limit,
    requests: [] as { time: number; cost: number }[],
  }));
  reset = 0;
  used = 0;
  concurrent = 0;

  add(method: string, time: number): void {
    this.used += 1;
    this.concurrent += 1;
    this.#raise('requestsPerHour', this.used);
    this.#raise('concurrentRequests', this.concurrent);
    for (const { name, cost, requests } of this.recent) {
      requests.push({ time, cost: cost(method) });
      this.#raise(name, total(requests));
    }
  }

  #raise(name: keyof RateLimitCounts, value: number): void {
    this.most[name] = Math.max(this.most[name], value);
  }
}

export interface Admission {
  /** The error response to a request that exceeds a limit. */
  readonly refusal: Reply | undefined;
  /** To be called after the response. */
  end(): void;
}

/**
 * Counts the requests of each token and refuses those that exceed a limit. Where GitHub's documentation is vague, this is strict:
 * all requests of a token share the points, and any 60 seconds count as a minute. A refused request does not count.
 */
export class RateLimits {
  readonly #limits: Readonly<RateLimitCounts>;
  readonly #now: () => number;
  readonly #usages = new Map<string, TokenUsage>();

  /** @param now the time in milliseconds */
  constructor(limits: Readonly<RateLimitCounts>, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** The most that a token has used of each limit. */
  mostUsed(token: string): Readonly<RateLimitCounts> {
    return this.#usageOf(token).most;
  }

  /** To be called for each request before it is handled. */
  begin(token: string, method: string): Admission {
    const usage = this.#usageOf(token);
    const now = this.#now();
    if (now >= usage.reset) {
      usage.reset = now + hour;
      usage.used = 0;
    }
    const refusal = this.#refusal(usage, method);
    if (!refusal) usage.add(method, now);
    return {
      refusal,
      end: () => {
        if (!refusal) usage.concurrent -= 1;
      },
    };
  }

  #usageOf(token: string): TokenUsage {
    const usage = this.#usages.get(token) ?? new TokenUsage();
    this.#usages.set(token, usage);
    return usage;
  }

  #refusal(usage: TokenUsage, method: string): Reply | undefined {
    if (usage.used >= this.#limits.requestsPerHour) {
      const documentation = 'using-the-rest-api/rate-limits-for-the-rest-api#about-primary-rate-limits';
      return errorReply(403, 'API rate limit exceeded for user ID 1.', { documentation });
    }
    if (usage.concurrent >= this.#limits.concurrentRequests) return secondaryLimit(minute);
    const now = this.#now();
    const waits = usage.recent.map(({ name, period, cost, requests }) => {
      while (requests[0] && requests[0].time <= now - period) requests.shift();
      const isExceeded = cost(method) > 0 && total(requests) + cost(method) > this.#limits[name];
      return isExceeded ? period - (now - (requests[0]?.time ?? now)) : 0;
    });
    const wait = Math.max(...waits);
    return wait > 0 ? secondaryLimit(wait) : undefined;
  }
}

function total(requests: readonly { cost: number }[]): number {
  return requests.reduce((sum, { cost }) => sum + cost, 0);
}

/** Clients have to wait for at least a minute after a secondary limit. */
function secondaryLimit(wait: number): Reply {
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  return errorReply(403, message, {
    documentation: 'using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits',
    headers: { 'retry-after': String(Math.ceil(Math.max(wait, minute) / 1000)) },
  });
}

// What both simulations of docs/fleet.md share: requests with one admin token, GitHub's rate limits, simulated time, and the table.

import { githubLimits, type RateLimitCounts, RateLimits } from './rate-limits.ts';
import type { Reply } from './reply.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface Report {
  /** Number of runners by result. */
  results: Record<string, number>;
  tokenRequests: number;
  requests: number;
  refused: number;
  /** The most that the admin token used of each limit. */
  used: Readonly<RateLimitCounts>;
  /** In milliseconds. */
  duration: number;
}

/** Milliseconds from a request to its response. */
const responseTime = 100;
export const never = new AbortController().signal;

export class Simulation {
  readonly clock = new VirtualClock();
  readonly #limits: RateLimits;
  readonly #counts = { results: {} as Record<string, number>, tokenRequests: 0, requests: 0, refused: 0 };

  constructor(limits: Readonly<RateLimitCounts>) {
    this.#limits = new RateLimits(limits, () => Date.UTC(2026, 0, 1) + this.clock.now());
  }

  /** Returns the error response if a limit is exceeded. */
  async request(method: string): Promise<Reply | undefined> {
    this.#counts.requests += 1;
    if (method === 'POST') this.#counts.tokenRequests += 1;
    const { refusal, end } = this.#limits.begin('admin', method);
    await this.clock.sleep(responseTime, never);
    end();
    if (refusal) this.#counts.refused += 1;
    return refusal;
  }

  count(result: string, runners = 1): void {
    this.#counts.results[result] = (this.#counts.results[result] ?? 0) + runners;
  }

  report(): Report {
    return { ...this.#counts, used: this.#limits.mostUsed('admin'), duration: this.clock.now() };
  }
}

/** The rows of the tables: a heading and what it shows of a report. */
const rows = {
  runners: ({ results }) =>
    Object.entries(results)
      .map(([result, runners]) => `${runners} ${result}`)
      .join(', '),
  time: ({ duration }) => `${Math.floor(duration / 60_000)} min ${Math.round((duration % 60_000) / 1000)} s`,
  'token requests': ({ tokenRequests }) => tokenRequests,
  'requests with the admin token': ({ requests }) => requests,
  'refused requests': ({ refused }) => refused,
  [`requests per hour, of ${githubLimits.requestsPerHour}`]: ({ used }) => used.requestsPerHour,
  [`concurrent requests, of ${githubLimits.concurrentRequests}`]: ({ used }) => used.concurrentRequests,
  [`points per minute, of ${githubLimits.pointsPerMinute}`]: ({ used }) => used.pointsPerMinute,
  [`creations per minute, of ${githubLimits.creationsPerMinute}`]: ({ used }) => used.creationsPerMinute,
  [`creations per hour, of ${githubLimits.creationsPerHour}`]: ({ used }) => used.creationsPerHour,
} satisfies Record<string, (report: Report) => string | number>;

/** Prints a table of docs/fleet.md: a column for each report. */
export function printTable(columns: readonly (readonly [heading: string, report: Report])[]): void {
  const print = (...cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);
  print('', ...columns.map(([heading]) => heading));
  print('---', ...columns.map(() => '---:'));
  for (const [name, cell] of Object.entries(rows)) print(name, ...columns.map(([, report]) => cell(report)));
}

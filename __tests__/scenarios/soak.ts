import { expect } from '@jest/globals';
import type { GitHub } from '../../sandbox/github.ts';
import { numbers } from '../../sandbox/random.ts';
import { expectNoSecret, repository, type Subject, World } from '../world.ts';

const retries = 3;

/** What fails for a passing reason, most of it in a way that lets the client come back at once. */
const failures: readonly ((response: Parameters<GitHub['send']>[0], github: GitHub) => void)[] = [
  ...[500, 502, 503, 429].map((status) => (response: Parameters<GitHub['send']>[0], github: GitHub) => {
    github.send(response, { status, body: { message: 'Oops' }, headers: { 'retry-after': '0' } });
  }),
  (response) => response.writeHead(504, { 'retry-after': '0' }).end('<h1>Time-out</h1>'),
  (response) =>
    response.writeHead(200, { 'retry-after': '0', 'content-type': 'application/json' }).end('{"tok'),
  (response) => response.destroy(),
  (response) => response.socket?.resetAndDestroy(),
  (response) => response.socket?.end('HTTP/1.1 201 Crea'),
];

/** How runs ended, by their conclusion. */
export type Tally = Record<string, number>;

/**
 * Runs the action against an API that fails one of three requests at random. Every tenth run removes a runner.
 *
 * @param seeds of the runs; the same seed fails the same requests
 */
export async function soak(subject: Subject, seeds: readonly number[], atOnce: number): Promise<Tally> {
  const tally: Tally = {};
  const queue = [...seeds];
  const worker = async (): Promise<void> => {
    for (let seed = queue.shift(); seed !== undefined; seed = queue.shift()) {
      const conclusion = await run(subject, seed).catch((error: Error) => {
        error.message = `Seed ${seed}: ${error.message}`;
        throw error;
      });
      tally[conclusion] = (tally[conclusion] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return tally;
}

async function run(subject: Subject, seed: number): Promise<string> {
  const world = await World.start(subject);
  const { github } = world;
  const random = numbers(seed);
  github.intercept = (request, response) => {
    if (/^RemoteAuth/i.test(request.headers.authorization ?? '') || random() >= 1 / 3) return false;
    failures[Math.floor(random() * failures.length)]?.(response, github);
    return true;
  };
  try {
    const removal = seed % 10 === 0 ? await world.install(repository, 'box') : undefined;
    const result = await world.run({
      retries: String(retries),
      ...(removal && { remove: 'true', 'runner-directory': removal.installation.directory }),
    });
    expectNoSecret(world, result);
    expect(result.annotations.map(({ message }) => message).join()).not.toContain('unexpected');
    // A question is asked once and as often as the retries allow, and no question is asked twice but the runner's state.
    const asked = Map.groupBy(world.requests, (request) => request);
    const logged = [...result.log.matchAll(/Trying again in/g)].length;
    expect(world.requests.length).toBeLessThanOrEqual((removal ? 3 : 1) * (1 + retries));
    expect(world.requests.length - logged).toBeLessThanOrEqual(removal ? 3 : 1);
    expect(asked.size).toBeLessThanOrEqual(2);
    if (result.conclusion === 'success') {
      expect(result.outputs['remove-token']).toBe(github.issuedTokens.at(-1)?.token);
      if (removal) expect(github.runners(repository)).toEqual([]);
    } else {
      expect(result.annotations).toEqual([
        expect.objectContaining({
          level: 'error',
          message: expect.stringContaining('It was tried 4 times.'),
        }),
      ]);
    }
    return result.conclusion;
  } finally {
    await world.end();
  }
}

import { expect, test } from '@jest/globals';
import pLimit from 'p-limit';
import type { GitHub } from '../../sandbox/github.ts';
import { numbers } from '../../sandbox/random.ts';
import { expectNoSecret, repository, World } from '../world.ts';

const retries = 3;

type Fail = (response: Parameters<GitHub['send']>[0], github: GitHub) => void;

/** Transient errors. Most of them let the client retry at once. */
const failures: readonly Fail[] = [
  ...[500, 502, 503, 429].map(
    (status): Fail =>
      (response, github) =>
        github.send(response, { status, body: { message: 'Oops' }, headers: { 'retry-after': '0' } }),
  ),
  (response) => response.writeHead(504, { 'retry-after': '0' }).end('<h1>Time-out</h1>'),
  (response) =>
    response.writeHead(200, { 'retry-after': '0', 'content-type': 'application/json' }).end('{"tok'),
  (response) => response.destroy(),
  (response) => response.socket?.resetAndDestroy(),
  (response) => response.socket?.end('HTTP/1.1 201 Crea'),
];

/** `npm run test:soak` sets this. */
const runs = Number(process.env['SOAK_RUNS'] ?? 10);

test(`${runs} runs against an API that fails one request in three end well`, async () => {
  const atOnce = pLimit(4);
  const seeds = Array.from({ length: runs }, (_, index) => index + 1);
  const ends = await Promise.all(seeds.map((seed) => atOnce(() => run(seed))));

  // A request fails four times in a row in one case of 81. A removal makes three.
  expect(ends.filter(Boolean).length).toBeGreaterThan(runs * 0.95 - 1);
}, 600_000);

/**
 * Runs the action against an API that fails one of three requests at random. Every tenth run removes a runner.
 *
 * @param seed with the same seed, the same requests fail
 * @returns whether the step succeeded; if not, it gave up after the last retry
 */
async function run(seed: number): Promise<boolean> {
  const world = await World.start();
  const { github } = world;
  const random = numbers(seed);
  github.intercept = (request, response) => {
    const isRunner = /^RemoteAuth/i.test(request.headers.authorization ?? '');
    if (isRunner || random() >= 1 / 3) {
      return false;
    }
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
    expect(result.log).not.toContain('unexpected error');
    // The remove token, and the state of the runner before and after. Each retry is in the log.
    const needed = removal ? 3 : 1;
    const logged = [...result.log.matchAll(/Retry \d of 3 in/g)].length;
    expect(logged).toBeLessThanOrEqual(needed * retries);
    expect(world.requests.length - logged).toBeLessThanOrEqual(needed);
    if (result.conclusion === 'success') {
      expect(result.outputs['remove-token']).toBe(github.issuedTokens.at(-1)?.token);
      expect(github.runners(repository)).toEqual([]);
      return true;
    }
    expect(result.annotations).toEqual([
      expect.objectContaining({
        level: 'error',
        message: expect.stringContaining('Gave up after 4 attempts.'),
      }),
    ]);
    return false;
  } catch (error) {
    throw new Error(`Seed ${seed}`, { cause: error });
  } finally {
    await world.end();
  }
}

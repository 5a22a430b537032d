import { expect } from '@jest/globals';
import type { GitHub } from '../../sandbox/github.ts';
import { numbers } from '../../sandbox/random.ts';
import { expectNoSecret, repository, type Subject, World } from '../world.ts';

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

/**
 * Runs the action against an API that fails one of three requests at random. Every tenth run removes a runner.
 *
 * @param seeds of the runs: with the same seed, the same requests fail
 * @param parallel how many runs at a time
 * @returns how many runs succeeded
 */
export async function soak(subject: Subject, seeds: readonly number[], parallel: number): Promise<number> {
  let successes = 0;
  const queue = [...seeds];
  const worker = async (): Promise<void> => {
    for (let seed = queue.shift(); seed !== undefined; seed = queue.shift()) {
      const succeeded = await run(subject, seed).catch((error: Error) => {
        error.message = `Seed ${seed}: ${error.message}`;
        throw error;
      });
      successes += succeeded ? 1 : 0;
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return successes;
}

/** @returns whether the step succeeded; if not, it gave up after the last retry */
async function run(subject: Subject, seed: number): Promise<boolean> {
  const world = await World.start(subject);
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
  } finally {
    await world.end();
  }
}

import type { GitHub } from '../sandbox/github.ts';
import { VirtualClock } from '../sandbox/virtual-clock.ts';
import type { Clock } from '../src/clock.ts';
import type { ApiClient, ApiClientOptions } from '../src/github/api-client.ts';
import { clientOf } from './support.ts';

export { VirtualClock };

/** A client of the stand-in whose requests take no time of this clock. */
export function timelessClientOf(
  github: GitHub,
  clock: VirtualClock,
  options: Partial<ApiClientOptions> = {},
): ApiClient {
  const sleep: Clock['sleep'] = async (milliseconds, signal) => {
    clock.release();
    await clock.sleep(milliseconds, signal).finally(() => clock.hold());
  };
  const { now, later } = clock;
  const { request, requestPages } = clientOf(github, { ...options, clock: { now, later, sleep } });
  const held =
    <Request, Response>(send: (request: Request) => Promise<Response>) =>
    (toSend: Request): Promise<Response> => {
      clock.hold();
      return send(toSend).finally(() => clock.release());
    };
  return { request: held(request), requestPages: held(requestPages) };
}

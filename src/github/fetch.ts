import { fetch, type RequestInit, Response } from 'undici';
import { Failure } from '../failure.ts';
import { proxyFor } from './proxy.ts';

/** A request that has no answer after this time, in milliseconds, has failed. */
const requestTimeout = 30_000;
/** Of an answer's body no more is read than this, in bytes; the answers that are expected have a few hundred. */
const maximumBodySize = 1_000_000;
const maximumRedirects = 5;

/**
 * Makes the `fetch` that Octokit talks to the server with: through the proxy that the environment names for this very
 * server, bounded in time and size, and never to another host, because every request carries the admin token.
 *
 * @param apiUrl the root of the server's REST API
 */
export function createFetch(apiUrl: string): typeof fetch {
  const dispatcher = proxyFor(apiUrl);
  return async (input, init) => {
    const options: RequestInit = {
      ...init,
      ...(dispatcher === undefined ? {} : { dispatcher }),
      redirect: 'manual',
      signal: AbortSignal.timeout(requestTimeout),
    };
    let url = new URL(input.toString());
    for (let redirects = 0; redirects <= maximumRedirects; redirects += 1) {
      const response = await fetch(url, options);
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) {
        return withBoundedBody(response);
      }
      await response.body?.cancel();
      url = sameHost(url, location);
    }
    throw new Failure('invalid-response', {
      happened: `${url.host} redirected a request more than ${maximumRedirects} times.`,
      cause: 'Something between this machine and GitHub redirects in a circle.',
      remedy: 'Check the input "github-api-url" and the proxy settings of this machine.',
    });
  };
}

/** GitHub redirects requests for a renamed repository to another path; the method and body are kept. */
function sameHost(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to?.origin !== from.origin) {
    throw new Failure('invalid-response', {
      happened: `${from.host} redirected a request to ${to?.host ?? 'an address that cannot be read'}, which was not followed: the token is sent to one host only.`,
      cause: 'A sign-in page or a proxy answers in GitHub\'s place, or "github-api-url" is not the API root.',
      remedy:
        'Set "github-api-url" to the root of the REST API, and check that this machine reaches it directly or through its proxy.',
    });
  }
  return to;
}

async function withBoundedBody(response: Response): Promise<Response> {
  if (response.body === null) {
    return response;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maximumBodySize) {
      throw new Failure('invalid-response', {
        happened: `The answer to a request is longer than ${maximumBodySize} bytes and was not read further.`,
        cause: 'It does not come from GitHub: these answers have a few hundred bytes.',
        remedy: 'Check the input "github-api-url" and the proxy settings of this machine.',
      });
    }
  }
  return new Response(Buffer.concat(chunks), response);
}

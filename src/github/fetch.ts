import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { Failure } from '../failure.ts';
import type { Request } from './client.ts';

/** A request that has no answer after this time, in milliseconds, has failed. */
const requestTimeout = 30_000;
/** Of an answer's body no more is read than this, in bytes; the answers that are expected have a few hundred. */
const maximumBodySize = 1_000_000;
const maximumRedirects = 5;

/** Sends one request, and gives the answer as soon as its headers are there. */
export type Send = (url: URL, request: OutgoingRequest) => Promise<IncomingAnswer>;

/** What Octokit asks `fetch` to send, but for the address. */
interface FetchOptions {
  readonly method: Request['method'];
  readonly headers: Record<string, string>;
  readonly body?: string;
}

export interface OutgoingRequest extends FetchOptions {
  readonly signal: AbortSignal;
}

export interface IncomingAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** What Octokit needs of a `Response`. That class itself is part of a whole HTTP client, which takes its time to load. */
interface FetchedResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * Makes the `fetch` that Octokit talks to the server with: bounded in time and size, and never to another host than the
 * one that it is called with, because every request carries the admin token.
 *
 * @param ending is aborted when there is no more time for an answer
 */
export function createFetch(
  send: Send,
  ending: AbortSignal,
): (url: string, options: FetchOptions) => Promise<FetchedResponse> {
  return async (address, { method, headers, body }) => {
    const signal = AbortSignal.any([AbortSignal.timeout(requestTimeout), ending]);
    const request: OutgoingRequest = { method, headers, signal, ...(body !== undefined && { body }) };
    try {
      let url = new URL(address);
      for (let redirects = 0; redirects <= maximumRedirects; redirects += 1) {
        const answer = await send(url, request);
        const { location } = answer.headers;
        if (answer.status < 300 || answer.status > 399 || location === undefined) {
          return await readResponse(answer);
        }
        answer.body.destroy();
        url = sameHost(url, location);
      }
      throw new Failure('invalid-response', {
        happened: `${url.host} redirected a request more than ${maximumRedirects} times.`,
        cause: 'Something between this machine and GitHub redirects in a circle.',
        remedy: 'Check the input "github-api-url" and the proxy settings of this machine.',
      });
    } catch (error) {
      // What became of the connection when the time was up says less.
      signal.throwIfAborted();
      throw error;
    }
  };
}

/** GitHub redirects requests for a renamed repository to another path; the method and body are kept. */
function sameHost(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to?.origin !== from.origin) {
    throw new Failure('invalid-response', {
      happened: `${from.host} redirected a request to ${to?.host || 'an address that cannot be read'}, which was not followed: the token is sent to one host only.`,
      cause: 'A sign-in page or a proxy answers in GitHub\'s place, or "github-api-url" is not the API root.',
      remedy:
        'Set "github-api-url" to the root of the REST API, and check that this machine reaches it directly or through its proxy.',
    });
  }
  return to;
}

async function readResponse({ status, headers, body }: IncomingAnswer): Promise<FetchedResponse> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of await unpacked(body, headers['content-encoding'])) {
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
  const content = Buffer.concat(chunks);
  return {
    status,
    headers: new Map(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    text: async () => content.toString(),
    arrayBuffer: async () => new Uint8Array(content).buffer,
  };
}

/** No request asks for a packed body, but what is between may pack it all the same. */
async function unpacked(body: Readable, encoding: string | undefined): Promise<AsyncIterable<Uint8Array>> {
  if (encoding !== 'gzip') {
    return body;
  }
  const { createGunzip } = await import('node:zlib');
  // An error reaches whoever reads what comes out.
  return pipeline(body, createGunzip(), () => undefined);
}

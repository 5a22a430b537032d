import type { IncomingMessage } from 'node:http';
import { addAbortSignal, pipeline } from 'node:stream';

/** Milliseconds that a request may take, with its redirects and its body. */
const requestTimeout = 30_000;
/** In bytes. Most responses have some hundreds of bytes; a page of 100 runners has about 100,000. */
const maximumBodySize = 1_000_000;
const maximumRedirects = 5;

/** A response that is not from GitHub. */
export class ForeignResponse extends Error {}

interface FetchOptions {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** What Octokit uses of a `Response`. */
interface FetchedResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

type Send = (url: URL, options: FetchOptions & { signal: AbortSignal }) => Promise<IncomingMessage>;

/**
 * Creates a `fetch` for Octokit. The built-in one loads slowly and cannot use a proxy. Each request carries the admin
 * token, so all of them go to the origin of the API.
 *
 * @param deadline aborts all requests
 */
export function createFetch(
  apiUrl: string,
  proxy: URL | undefined,
  deadline: AbortSignal,
): (url: string, options: FetchOptions) => Promise<FetchedResponse> {
  const { origin } = new URL(apiUrl);
  let sender: Promise<Send> | undefined;

  return async (address, options) => {
    sender ??= createSender(origin, proxy, deadline);
    const send = await sender;
    const signal = AbortSignal.any([AbortSignal.timeout(requestTimeout), deadline]);
    try {
      let url = resolveUrl(address, origin);
      for (let redirects = 0; redirects <= maximumRedirects; redirects += 1) {
        const response = await send(url, { ...options, signal });
        const { location } = response.headers;
        const status = Number(response.statusCode);
        if (status < 300 || status > 399 || location === undefined) {
          return await read(response, status);
        }
        response.destroy();
        url = resolveUrl(location, url.href);
      }
      throw new ForeignResponse(`the request was redirected more than ${maximumRedirects} times`);
    } catch (error) {
      // The error of the aborted connection says less.
      signal.throwIfAborted();
      throw error;
    }
  };
}

/** Resolves the target of a redirect, or the next page of a list. */
function resolveUrl(address: string, base: string): URL {
  const url = URL.canParse(address, base) ? new URL(address, base) : undefined;
  if (url?.origin !== new URL(base).origin) {
    throw new ForeignResponse(
      `the request was referred to ${url?.host || 'an invalid URL'}, but the token is sent to one host only`,
    );
  }
  return url;
}

/** Sends single requests. Loads `node:https` only if it is needed. */
async function createSender(origin: string, proxy: URL | undefined, deadline: AbortSignal): Promise<Send> {
  const { Agent, request }: Pick<typeof import('node:http'), 'Agent' | 'request'> = origin.startsWith(
    'https:',
  )
    ? await import('node:https')
    : await import('node:http');
  const agent = new Agent({ keepAlive: true, proxyEnv: proxy ? { https_proxy: proxy.href } : {} });

  // Node.js (24.21) leaves the connection to a proxy open if the proxy refuses the tunnel, or if the request is aborted
  // before the tunnel is established. The process would not end.
  const createConnection = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const connection = createConnection(options, (error, socket) => {
      if (error) {
        connection?.destroy();
      }
      callback?.(error, socket);
    });
    return connection && addAbortSignal(deadline, connection);
  };

  return (url, { body, ...options }) =>
    new Promise((resolve, reject) => {
      options.signal.addEventListener('abort', () => reject(options.signal.reason));
      // The timeout is that of a proxy's tunnel. The signal ends everything else.
      request(url, { ...options, agent, timeout: requestTimeout }, resolve)
        .on('error', reject)
        // A response that changes the protocol (101) causes no error.
        .on('close', () => reject(new Error('the connection was closed without a response')))
        .end(body);
    });
}

async function read(response: IncomingMessage, status: number): Promise<FetchedResponse> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of await decompress(response)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maximumBodySize) {
      throw new ForeignResponse(`the response is longer than ${maximumBodySize} bytes`);
    }
  }
  const body = Buffer.concat(chunks);
  return {
    status,
    headers: new Map(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
    text: async () => body.toString(),
    arrayBuffer: async () => new Uint8Array(body).buffer,
  };
}

/** Requests do not ask for compression, but a proxy may compress the response. */
async function decompress(response: IncomingMessage): Promise<AsyncIterable<Uint8Array>> {
  if (response.headers['content-encoding'] !== 'gzip') {
    return response;
  }
  const { createGunzip } = await import('node:zlib');
  // The reader of the decompressed stream gets the errors.
  return pipeline(response, createGunzip(), () => undefined);
}

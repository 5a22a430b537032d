import { type Dispatcher, Pool, ProxyAgent, request } from 'undici';
import type { Send } from './fetch.ts';
import { type HttpProxy, ProxyError } from './proxy.ts';

export { getOctokit } from '@actions/github';

/** Sends requests through a proxy. */
export function sendThrough(proxy: HttpProxy): Send {
  const dispatcher = new ProxyAgent({
    ...proxy,
    clientFactory: (origin, options) => new ProxyPool(origin, options),
  });
  return async (url, options) => {
    const { statusCode, headers, body } = await request(url, { ...options, dispatcher });
    return { status: statusCode, headers, body };
  };
}

/**
 * Connections to a proxy. Its failures get a class of their own: they are told from the server's, and undici (6.29)
 * connects again, without end or pause, to a proxy that closes connections, unless the error is none of its own.
 */
class ProxyPool extends Pool {
  readonly #host: string;

  constructor(origin: URL, options: object) {
    super(origin, options);
    this.#host = origin.host;
  }

  override connect(options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData>;
  override connect(
    options: Dispatcher.ConnectOptions,
    callback: (error: Error | null, data: Dispatcher.ConnectData) => void,
  ): void;
  // undici's agent uses the form that returns a promise.
  override async connect(options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> {
    const data = await super.connect(options).catch((cause: unknown) => {
      throw new ProxyError(this.#host, undefined, { cause });
    });
    if (data.statusCode !== 200) {
      data.socket.destroy();
      throw new ProxyError(this.#host, data.statusCode);
    }
    return data;
  }
}

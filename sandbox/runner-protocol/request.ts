import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request of a runner, whose body is only read by whoever serves it. */
export class RunnerRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** In lower case; empty without an authorization header. */
  readonly scheme: string;
  readonly token: string;
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(message: IncomingMessage, response: ServerResponse) {
    const { pathname, searchParams } = new URL(message.url ?? '', 'http://localhost');
    const [scheme = '', token = ''] = (message.headers.authorization ?? '').split(' ');
    this.method = message.method ?? '';
    this.path = decodeURIComponent(pathname);
    this.query = searchParams;
    this.scheme = scheme.toLowerCase();
    this.token = token;
    this.#message = message;
    this.#response = response;
  }

  /** The runner no longer waits for the response. */
  get abandoned(): boolean {
    return this.#response.destroyed;
  }

  text(): Promise<string> {
    return text(this.#message);
  }

  /** The parsed body, not validated. */
  async json<Body>(): Promise<Body> {
    return JSON.parse(await this.text()) as Body;
  }
}

import type { Registration } from '../registration.ts';

/** A request to GitHub's REST API about a registration. */
export interface ApiRequest {
  /** Follows "Could not": `create a remove token for repository octo/app`. */
  readonly purpose: string;
  readonly registration: Registration;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Follows the registration's own path: `/actions/runners/remove-token`. */
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  /** Any other status is a failure. */
  readonly expected: readonly number[];
  /** Called before each retry, after the wait. If it returns `false`, the request fails. */
  readonly mayRetry?: () => Promise<boolean>;
  /** Gets each response before anything about it is logged: it can contain a secret. */
  readonly onResponse?: (response: ApiResponse) => void;
}

/** `data` is parsed JSON, not validated. */
export interface ApiResponse {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: unknown;
}

export function header({ headers }: ApiResponse, name: string): string | undefined {
  return headers[name]?.toString();
}

export function requestId(response: ApiResponse): string | undefined {
  return header(response, 'x-github-request-id');
}

/** GitHub's error message, or an empty string. */
export function messageOf({ data }: ApiResponse): string {
  return isObject(data) && 'message' in data && typeof data.message === 'string' ? data.message : '';
}

/** Every body of the REST API is a JSON object or array. */
export function isJson({ data }: ApiResponse): boolean {
  return isObject(data) && !(data instanceof ArrayBuffer);
}

export function describeResponse({ purpose }: ApiRequest, response: ApiResponse): string {
  const message = messageOf(response);
  return `Could not ${purpose}: GitHub responded ${response.status}${message && `, ${quote(message)}`}.`;
}

/** A long text is left out entirely: redaction cannot recognize part of a secret. */
export function quote(text: string): string {
  return text.length > 500 ? `(${text.length} characters)` : `"${text}"`;
}

function isObject(data: unknown): data is object {
  return typeof data === 'object' && data !== null;
}

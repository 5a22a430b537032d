import type { Answer } from './client.ts';

/** A header, by its name in lower case. */
export function header(answer: Answer, name: string): string | undefined {
  return answer.headers[name]?.toString();
}

/** What GitHub says in words about a request that failed; empty when it says nothing. */
export function messageOf({ data }: Answer): string {
  return typeof data === 'object' && data !== null && 'message' in data && typeof data.message === 'string'
    ? data.message
    : '';
}

/** Whether the body is what every answer of the REST API is that has one: a JSON object or array. */
export function isJson({ data }: Answer): boolean {
  return typeof data === 'object' && data !== null && !(data instanceof ArrayBuffer);
}

/**
 * Text from elsewhere in quotation marks. One that is too long to read is left out as a whole: a part of it could hold a
 * part of a secret, which nothing would recognize.
 */
export function quote(text: string): string {
  return text.length > 500 ? `(${text.length} characters)` : `"${text}"`;
}

import { apiRoute } from '../registration.ts';
import { header } from './answer.ts';
import type { Answer, Request } from './client.ts';

/**
 * The line of the debug log about a request, without its query:
 * `GET /orgs/octo/actions/runners: 200 in 12 ms, request id 04AC:1:22, 4999 requests left`.
 */
export function describeExchange(
  { registration, method, path, parameters }: Request,
  answer: Answer | undefined,
  milliseconds: number,
): string {
  const base = apiRoute(registration);
  const values: Record<string, string | number> = { ...base.parameters, ...parameters };
  const route = `${base.path}${path}`.replaceAll(/\{(\w+)\}/g, (_, name) => String(values[name]));
  const told =
    answer === undefined
      ? ''
      : `, request id ${header(answer, 'x-github-request-id')}, ${header(answer, 'x-ratelimit-remaining')} requests left`;
  return `${method} ${route}: ${answer?.status ?? 'no answer'} in ${Math.round(milliseconds)} ms${told}`;
}

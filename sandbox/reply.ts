import type { OutgoingHttpHeaders } from 'node:http';

/** A response of the stand-in. Without a body it has no content type. */
export interface Reply {
  status: number;
  body?: unknown;
  headers?: OutgoingHttpHeaders;
}

/**
 * An error in the form of GitHub's REST API.
 *
 * @param documentation the page below docs.github.com/rest that the error points to
 */
export function errorReply(
  status: number,
  message: string,
  { documentation = '', headers = {} }: { documentation?: string; headers?: OutgoingHttpHeaders } = {},
): Reply {
  const documentation_url = ['https://docs.github.com/rest', documentation].filter(Boolean).join('/');
  return { status, body: { message, documentation_url, status: String(status) }, headers };
}

/** A GitHub server: GitHub.com, NAME.ghe.com or a GitHub Enterprise Server. */
export interface Server {
  /** The root of its REST API, without a slash at the end. */
  readonly apiUrl: string;
  /** The address of its web pages, without a slash at the end: what runners are registered with. */
  readonly webUrl: string;
}

/** Why an address cannot be the root of a REST API that a secret is sent to. */
export class InvalidApiUrl extends Error {}

/**
 * Reads the root of a server's REST API: `https://api.github.com`, `https://api.NAME.ghe.com` or
 * `https://HOST/api/v3`. Plain `http` is taken on loopback only: there the token does not leave the machine.
 *
 * @throws InvalidApiUrl that says what is wrong, without the credentials that the address may carry
 */
export function parseServer(text: string): Server {
  if (!URL.canParse(text)) {
    throw new InvalidApiUrl('It is not a URL.');
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new InvalidApiUrl('It carries a user name or a password.');
  }
  if (/[?#]/.test(text)) {
    throw new InvalidApiUrl('It has a query or a fragment.');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new InvalidApiUrl('A token may only be sent over https.');
  }
  const host = url.host.replace(/^api\.(github\.com|[^.]+\.ghe\.com)$/, '$1');
  return { apiUrl: url.href.replace(/\/+$/, ''), webUrl: `${url.protocol}//${host}` };
}

/** The host of a server's web pages, as `parseRegistrationUrl` gives it: without `www.`. */
export function webHost(server: Server): string {
  return new URL(server.webUrl).host.replace(/^www\./, '');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

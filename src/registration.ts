export interface Repository {
  readonly kind: 'repository';
  readonly owner: string;
  readonly repo: string;
}

/** What a runner is registered with. */
export type Registration =
  | Repository
  | { readonly kind: 'organization'; readonly organization: string }
  | { readonly kind: 'enterprise'; readonly enterprise: string };

/**
 * Whether the text is safe as the name of an account, repository or enterprise in a URL's path. GitHub's own rules are
 * narrower, and change.
 */
export function isName(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,100}$/.test(text) && text !== '.' && text !== '..';
}

/** Parses `owner/name`, with or without `.git`; `undefined` if the text is anything else. */
export function parseRepository(text: string): Repository | undefined {
  const [, owner = '', name = ''] = /^([^/]*)\/([^/]*)$/.exec(text) ?? [];
  const repo = withoutGit(name);
  return isName(owner) && isName(repo) ? { kind: 'repository', owner, repo } : undefined;
}

export function withoutGit(name: string): string {
  return name.replace(/\.git$/i, '');
}

/**
 * Parses the URL that a runner was registered with: `https://HOST/OWNER/REPO`, `https://HOST/ORGANIZATION` or
 * `https://HOST/enterprises/SLUG`, as a person typed it: perhaps with a trailing slash, other case, or `www.`.
 *
 * @returns the host (lower case, with a port other than the default) and the registration; `undefined` if the text is
 *   anything else
 */
export function parseRegistrationUrl(text: string): { host: string; registration: Registration } | undefined {
  if (!URL.canParse(text)) {
    return undefined;
  }
  const url = new URL(text);
  const registration = registrationOf(url.pathname.split('/').filter((name) => name !== ''));
  return registration && { host: url.host.replace(/^www\./, ''), registration };
}

function registrationOf(names: string[]): Registration | undefined {
  const [first, second] = names;
  if (first === undefined || names.length > 2 || !names.every(isName)) {
    return undefined;
  }
  if (second === undefined) {
    return { kind: 'organization', organization: first };
  }
  return first.toLowerCase() === 'enterprises'
    ? { kind: 'enterprise', enterprise: second }
    : parseRepository(`${first}/${second}`);
}

/** The path of the registration's page on GitHub. */
export function webPath(registration: Registration): string {
  switch (registration.kind) {
    case 'repository':
      return `${registration.owner}/${registration.repo}`;
    case 'organization':
      return registration.organization;
    case 'enterprise':
      return `enterprises/${registration.enterprise}`;
  }
}

/** For example `repository octo/app`. */
export function describeRegistration(registration: Registration): string {
  switch (registration.kind) {
    case 'repository':
      return `repository ${registration.owner}/${registration.repo}`;
    case 'organization':
      return `organization ${registration.organization}`;
    case 'enterprise':
      return `enterprise ${registration.enterprise}`;
  }
}

/** The root of the registration's REST routes, as in GitHub's OpenAPI description, and its parameters. */
export function apiRoute(registration: Registration): { path: string; parameters: Record<string, string> } {
  switch (registration.kind) {
    case 'repository':
      return {
        path: '/repos/{owner}/{repo}',
        parameters: { owner: registration.owner, repo: registration.repo },
      };
    case 'organization':
      return { path: '/orgs/{org}', parameters: { org: registration.organization } };
    case 'enterprise':
      return { path: '/enterprises/{enterprise}', parameters: { enterprise: registration.enterprise } };
  }
}

/** Identifies a registration on its server. Names are case-insensitive. */
export function registrationKey(registration: Registration): string {
  return webPath(registration).toLowerCase();
}

export function sameRegistration(one: Registration, other: Registration): boolean {
  return registrationKey(one) === registrationKey(other);
}

/** A GitHub server: github.com, NAME.ghe.com or a GitHub Enterprise Server. */
export interface Server {
  /** The root of the REST API, without a trailing slash. */
  readonly apiUrl: string;
  /** The root of the web pages, without a trailing slash. Runners are registered with it. */
  readonly webUrl: string;
}

/**
 * Parses the root of a REST API: `https://api.github.com`, `https://api.NAME.ghe.com` or `https://HOST/api/v3`. Plain
 * `http` is accepted on loopback only, where the token does not leave the machine.
 *
 * @throws Error that says why not, in words that follow "The value", without the credentials that the URL may contain
 */
export function parseServer(text: string): Server {
  if (!URL.canParse(text)) {
    throw new Error('is not a URL');
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new Error('contains a user name or password');
  }
  if (/[?#]/.test(text)) {
    throw new Error('contains a query or fragment');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new Error('does not use https');
  }
  const host = url.host.replace(/^api\.(github\.com|[^.]+\.ghe\.com)$/, '$1');
  return { apiUrl: url.href.replace(/\/+$/, ''), webUrl: `${url.protocol}//${host}` };
}

/** The host of the server's web pages, in the form of `parseRegistrationUrl`. */
export function webHost(server: Server): string {
  return new URL(server.webUrl).host.replace(/^www\./, '');
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

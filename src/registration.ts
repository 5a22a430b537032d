/** A repository's place on its server. */
export interface Repository {
  readonly kind: 'repository';
  readonly owner: string;
  readonly repo: string;
}

/** Where a runner is registered: with a repository, an organization or an enterprise. */
export type Registration =
  | Repository
  | { readonly kind: 'organization'; readonly organization: string }
  | { readonly kind: 'enterprise'; readonly enterprise: string };

/**
 * Whether the text may be the name of an account, a repository or an enterprise: safe in a URL's path. GitHub's own
 * rules are narrower and change, so that they are not repeated here.
 */
export function isName(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,100}$/.test(text) && text !== '.' && text !== '..';
}

/** Reads `owner/name`; `undefined` when it is something else. A `.git` at the end is dropped. */
export function parseRepository(text: string): Repository | undefined {
  const [, owner = '', name = ''] = /^([^/]*)\/([^/]*)$/.exec(text) ?? [];
  const repo = withoutGit(name);
  return isName(owner) && isName(repo) ? { kind: 'repository', owner, repo } : undefined;
}

/** A repository's name without the `.git` that addresses to clone from end with. */
export function withoutGit(name: string): string {
  return name.replace(/\.git$/i, '');
}

/**
 * Reads the address that a runner was registered with (`--url`): `https://HOST/OWNER/REPO`, `https://HOST/ORGANIZATION`
 * or `https://HOST/enterprises/SLUG`, as people type it: with a slash at the end, in any case, with `www.`.
 *
 * @returns the host (lower case, with the port if it is not the usual one) and the registration; `undefined` when the
 *   text is no such address
 */
export function parseRegistrationUrl(text: string): { host: string; registration: Registration } | undefined {
  if (!URL.canParse(text)) {
    return undefined;
  }
  const url = new URL(text);
  const names = url.pathname.split('/').filter((name) => name !== '');
  const registration = registrationOf(names);
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

/** The path of a registration's web address. */
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

/** A registration in words: `repository octo/app`. */
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

/** A registration's routes in GitHub's REST API, as its published description writes them, and the values to fill in. */
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

/** Tells registrations of one server apart; names are not case sensitive. */
export function registrationKey(registration: Registration): string {
  return webPath(registration).toLowerCase();
}

/** Whether both are the same registration of one server. */
export function sameRegistration(one: Registration, other: Registration): boolean {
  return registrationKey(one) === registrationKey(other);
}

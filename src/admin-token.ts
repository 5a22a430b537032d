/** Shown by the prefix of a token. The tokens of old servers have none: `unknown`. */
export type AdminTokenKind = 'app' | 'fine-grained' | 'classic' | 'unknown';

/** The token from the input `token`. Only the API client may read its value. */
export interface AdminToken {
  readonly value: string;
  readonly kind: AdminTokenKind;
}

const prefixes: [prefix: string, kind: AdminTokenKind][] = [
  // GITHUB_TOKEN is an app's token too.
  ['ghs_', 'app'],
  ['github_pat_', 'fine-grained'],
  ['ghp_', 'classic'],
];

/** @see https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ */
export function adminTokenKind(value: string): AdminTokenKind {
  return prefixes.find(([prefix]) => value.startsWith(prefix))?.[1] ?? 'unknown';
}

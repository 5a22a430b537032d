/** Where runners are registered, as the path of its web address: `octo/app`, `octo`, `enterprises/acme`. */
export type RegistrationPath = string;

/** A self-hosted runner as the REST API describes it. */
export interface Runner {
  id: number;
  runner_group_id: number;
  name: string;
  os: string;
  status: 'online' | 'offline';
  busy: boolean;
  ephemeral: boolean;
  version: string;
  labels: { id?: number; name: string; type?: 'read-only' | 'custom' }[];
}

export type Kind = 'repository' | 'organization' | 'enterprise';

/** A repository, organization or enterprise with its runners. */
export interface Registration {
  kind: Kind;
  id: number;
  path: RegistrationPath;
  private: boolean;
  runners: Map<number, Runner>;
  /** Runners that the older removal flow does not find. */
  hidden: Set<number>;
}

/**
 * For each kind: its path in the API, the end of its pages in the documentation, and what a token needs. Enterprise runners can
 * only be managed with a classic token: there is no permission for them (https://docs.github.com/en/rest/actions/self-hosted-runners).
 */
export const kinds: Record<
  Kind,
  { root: string; documentation: string; permission?: string; scope: string }
> = {
  repository: {
    root: '/repos/{owner}/{repo}',
    documentation: 'a-repository',
    permission: 'administration',
    scope: 'repo',
  },
  organization: {
    root: '/orgs/{org}',
    documentation: 'an-organization',
    permission: 'organization_self_hosted_runners',
    scope: 'admin:org',
  },
  enterprise: {
    root: '/enterprises/{enterprise}',
    documentation: 'an-enterprise',
    scope: 'manage_runners:enterprise',
  },
};

/** Deletes a runner unless it is busy. */
export function deregister(registration: Registration, id: number): 'deleted' | 'busy' | 'not-found' {
  const runner = registration.runners.get(id);
  if (runner?.busy) return 'busy';
  return registration.runners.delete(id) ? 'deleted' : 'not-found';
}

import type { GitHub } from '../../sandbox/github.ts';
import { systemClock } from '../../src/clock.ts';
import type { Context } from '../../src/context.ts';
import { createApiClient } from '../../src/github/api-client.ts';
import type { RegisteredRemoval } from '../../src/inputs.ts';
import { parseServer } from '../../src/registration.ts';
import { RemoveTokens } from '../../src/remove-tokens.ts';
import { Secrets } from '../../src/secrets.ts';
import { repository, silentLog } from '../support.ts';

/** Registered runners to remove; without changes, it selects none. */
export const selectionOf = (changes: Partial<RegisteredRemoval>): RegisteredRemoval => ({
  kind: 'registered',
  names: [],
  labels: [],
  status: 'offline',
  offlineMinutes: undefined,
  waitMinutes: 0,
  dryRun: false,
  ...changes,
});

const never = new AbortController().signal;

/** A context for the repository `octo/app` on the stand-in, where `ghp_admin` is the admin token. */
export function contextOf(github: GitHub | undefined, changes: Partial<Context> = {}): Context {
  const { log = silentLog, clock = systemClock, secrets = new Secrets(() => undefined) } = changes;
  const inputs = {
    adminToken: { value: secrets.protect('ghp_admin'), kind: 'classic' },
    server: parseServer(github?.apiUrl ?? 'https://api.github.com'),
    registration: undefined,
    currentRepository: repository,
    removal: { kind: 'installed', when: 'now', directories: [], waitMinutes: 0, dryRun: false },
    retries: 0,
    warnings: [],
  } as const;
  const client = changes.client ?? createApiClient({ ...inputs, log, clock, signal: never });
  return {
    inputs,
    machine: {
      platform: process.platform,
      isRoot: false,
      execPath: '/usr/bin/node',
      argv0: 'node',
      environment: {},
    },
    client,
    removeTokens: new RemoveTokens(client, secrets, log, clock),
    secrets,
    log,
    clock,
    cancellation: { requested: never, deadline: never, abandoned: never },
    ...changes,
  };
}

/** Root of everything here that is not part of the REST API. The runner learns the addresses, so any paths will do. */
export const serviceRoot = '/_services/runner';

/** Addresses that a runner is told, below the origin of the stand-in. */
export const addresses = {
  token: `${serviceRoot}/token`,
  broker: `${serviceRoot}/broker/`,
  jobs: `${serviceRoot}/jobs/`,
  results: `${serviceRoot}/results/`,
  logs: `${serviceRoot}/logs/`,
  action: `${serviceRoot}/action.tar.gz`,
} as const;

import { randomUUID } from 'node:crypto';

/** An expression of a workflow, such as `steps.runner.outputs.runners`. */
export interface Expression {
  expr: string;
}

/** A step as in a workflow. */
export interface WorkflowStep {
  name: string;
  id?: string;
  /** An action, or `run`. */
  uses?: string;
  run?: string;
  with?: Record<string, string | Expression>;
  env?: Record<string, string | Expression>;
}

export interface WorkflowJob {
  /** `owner/name` of the repository of the workflow. */
  repository: string;
  secrets?: Record<string, string>;
  steps: WorkflowStep[];
}

/** A job that a runner has been given. */
export interface AssignedJob extends WorkflowJob {
  /** Part of the addresses that the runner uses for this job. */
  requestId: string;
  jobId: string;
  planId: string;
}

interface Urls {
  serverUrl: string;
  apiUrl: string;
  /** Where the runner reports to. */
  runService: string;
  results: string;
}

/**
 * A job as a runner receives it (actions/runner: AgentJobRequestMessage.cs).
 *
 * @param accessToken the token that the runner reports with
 */
export function createJobMessage(job: AssignedJob, urls: Urls, accessToken: string): object {
  const secrets: Record<string, string> = {
    'system.github.token': 'ghs_workflowTokenOfTheSandbox',
    github_token: 'ghs_workflowTokenOfTheSandbox',
    ...job.secrets,
  };
  const variables: Record<string, string> = {
    'system.github.job': 'teardown',
    'system.github.launch_endpoint': `${urls.serverUrl}/`,
    'system.github.results_endpoint': urls.results,
    'system.runner.environment': 'self-hosted',
  };
  return {
    messageType: 'RunnerJobRequest',
    plan: { scopeIdentifier: randomUUID(), planType: 'actions', version: 13, planId: job.planId },
    timeline: { id: randomUUID(), changeId: 1, location: null },
    jobId: job.jobId,
    jobDisplayName: 'teardown',
    jobName: '__default',
    requestId: 0,
    lockedUntil: inTenMinutes(),
    billingOwnerId: 'octo',
    resources: {
      endpoints: [
        {
          name: 'SystemVssConnection',
          url: urls.runService,
          authorization: { scheme: 'OAuth', parameters: { AccessToken: accessToken } },
          data: {},
          isShared: false,
          isReady: true,
        },
      ],
    },
    contextData: {
      github: contextData(githubContext(job.repository, urls)),
      needs: contextData({}),
      vars: contextData({}),
      strategy: contextData({ 'fail-fast': true, 'job-index': 0, 'job-total': 1, 'max-parallel': 1 }),
      matrix: null,
      inputs: null,
    },
    workspace: {},
    mask: [],
    variables: {
      ...mapValues(variables, (value) => ({ value })),
      ...mapValues(secrets, (value) => ({ value, isSecret: true })),
    },
    environmentVariables: [],
    defaults: [],
    fileTable: [`${job.repository}/.github/workflows/teardown.yml@refs/heads/main`],
    steps: job.steps.map(createStep),
  };
}

/** The runner owns the job until then. Each renewal extends it. */
export function inTenMinutes(): string {
  return new Date(Date.now() + 10 * 60_000).toISOString();
}

function githubContext(repository: string, { serverUrl, apiUrl }: Urls): Record<string, unknown> {
  const [owner = ''] = repository.split('/');
  const workflow = `${repository}/.github/workflows/teardown.yml@refs/heads/main`;
  return {
    actor: 'octocat',
    actor_id: '2',
    api_url: apiUrl,
    base_ref: '',
    event: {},
    event_name: 'workflow_dispatch',
    graphql_url: `${serverUrl}/api/graphql`,
    head_ref: '',
    ref: 'refs/heads/main',
    ref_name: 'main',
    ref_protected: false,
    ref_type: 'branch',
    repository,
    repository_id: '42',
    repository_owner: owner,
    repository_owner_id: '1',
    repositoryUrl: `${serverUrl.replace(/^http/, 'git')}/${repository}.git`,
    retention_days: '90',
    run_attempt: '1',
    run_id: '7',
    run_number: '1',
    secret_source: 'Actions',
    server_url: serverUrl,
    sha: '0'.repeat(40),
    triggering_actor: 'octocat',
    workflow: 'Tear down',
    workflow_ref: workflow,
    workflow_sha: '0'.repeat(40),
  };
}

function createStep(step: WorkflowStep, index: number): object {
  const [name, ref] = (step.uses ?? '').split('@');
  return {
    type: 'action',
    id: randomUUID(),
    name: step.id ?? `__${index}`,
    contextName: step.id ?? `__${index}`,
    displayNameToken: step.name,
    condition: 'success()',
    reference:
      step.run === undefined
        ? { type: 'repository', name, ref, repositoryType: 'GitHub' }
        : { type: 'script' },
    inputs: templateMapping(step.run === undefined ? (step.with ?? {}) : { script: step.run }),
    ...(step.env && { environment: templateMapping(step.env) }),
  };
}

/** TemplateTokenJsonConverter.cs: 2 is a mapping, 3 an expression. */
function templateMapping(values: Record<string, string | Expression>): object {
  const token = (value: string | Expression) => (typeof value === 'string' ? value : { type: 3, ...value });
  return { type: 2, map: Object.entries(values).map(([Key, value]) => ({ Key, Value: token(value) })) };
}

/** PipelineContextDataJsonConverter.cs: 2 is a dictionary. */
function contextData(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return { t: 2, d: Object.entries(value).map(([k, v]) => ({ k, v: contextData(v) })) };
}

function mapValues<From, To>(record: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { GitHub } from '../github.ts';
import type { Reply } from '../reply.ts';
import { createAccessToken } from './access-token.ts';
import { addresses } from './addresses.ts';
import type { Broker } from './broker.ts';
import type { RegistrationService } from './registration-service.ts';
import type { RunnerRequest } from './request.ts';
import { type AssignedJob, createJobMessage, inTenMinutes, type WorkflowJob } from './workflow-job.ts';

export interface StepReport {
  name: string;
  conclusion: string;
  /** What the step printed, as GitHub shows it, without the time before each line. */
  log: string;
}

export interface JobReport {
  conclusion: string;
  /** In order, with `Set up job`, the post steps and `Complete job`. */
  steps: StepReport[];
}

/** A job that a runner executes. */
export interface RunningJob {
  /** Resolves when the worker reports the end of the job, before it exits. */
  readonly completed: Promise<JobReport>;
  cancel(): void;
}

interface Completion {
  conclusion: string;
  stepResults: { external_id: string; name: string; number: number; conclusion: string }[];
}

interface Execution extends AssignedJob {
  runnerId: number;
  complete: (report: JobReport) => void;
  /** By the id of the step. */
  logs: Map<string, string>;
}

/** What a worker talks to: its job, the action that it downloads, and logs (actions/runner: RunServiceHttpClient.cs, ResultsHttpClient.cs). */
export class RunService {
  readonly #github: GitHub;
  readonly #registration: RegistrationService;
  readonly #broker: Broker;
  readonly #executions = new Map<string, Execution>();
  #archive: Promise<Buffer> | undefined;

  constructor(github: GitHub, registration: RegistrationService, broker: Broker) {
    this.#github = github;
    this.#registration = registration;
    this.#broker = broker;
  }

  /** Assigns a job to a runner, which is busy as soon as it has acquired the job. */
  start(runnerId: number, job: WorkflowJob): RunningJob {
    const requestId = randomUUID();
    const { promise, resolve: complete } = Promise.withResolvers<JobReport>();
    const ids = { requestId, jobId: randomUUID(), planId: randomUUID() };
    this.#executions.set(requestId, { ...job, ...ids, runnerId, complete, logs: new Map() });
    this.#broker.send(runnerId, 'RunnerJobRequest', {
      id: requestId,
      runner_request_id: requestId,
      run_service_url: this.#url(`${addresses.jobs}${requestId}/`),
      billing_owner_id: 'octo',
      should_acknowledge: true,
    });
    const cancellation = { jobId: ids.jobId, timeout: '00:05:00' };
    return {
      completed: promise,
      cancel: () => this.#broker.send(runnerId, 'JobCancellation', cancellation),
    };
  }

  async serve(request: RunnerRequest): Promise<Reply | undefined> {
    const { path } = request;
    if (path.startsWith(addresses.jobs)) {
      const [requestId = '', operation = ''] = path.slice(addresses.jobs.length).split('/');
      const execution = this.#executions.get(requestId);
      return execution && this.#serveJob(request, execution, operation);
    }
    if (path.endsWith('/runnerresolve/actions')) return this.#resolveActions(request);
    if (path === addresses.action) {
      this.#archive ??= archiveAction();
      return { status: 200, body: await this.#archive, headers: { 'content-type': 'application/x-gzip' } };
    }
    if (path.startsWith(addresses.results)) return this.#serveResults(request);
    if (path.startsWith(addresses.logs)) return this.#appendLog(request);
    return undefined;
  }

  async #serveJob(
    request: RunnerRequest,
    execution: Execution,
    operation: string,
  ): Promise<Reply | undefined> {
    const { planId, jobId, runnerId } = execution;
    switch (operation) {
      case 'acquirejob': {
        this.#setBusy(runnerId, true);
        const urls = {
          serverUrl: this.#github.serverUrl,
          apiUrl: this.#github.apiUrl,
          runService: this.#url(`${addresses.jobs}${execution.requestId}/`),
          results: this.#url(addresses.results),
        };
        const token = createAccessToken({ orch_id: planId, scp: 'Actions.Results' });
        return { status: 200, body: createJobMessage(execution, urls, token) };
      }
      case 'renewjob':
        return { status: 200, body: { planId, jobId, lockedUntil: inTenMinutes() } };
      case 'completejob':
        execution.complete(reportOf(await request.json(), execution.logs));
        this.#setBusy(runnerId, false);
        return { status: 200, body: {} };
      default:
        return undefined;
    }
  }

  /** Every action is the one under test. */
  async #resolveActions(request: RunnerRequest): Promise<Reply> {
    const { actions } = await request.json<{ actions: { action: string; version: string }[] }>();
    const resolved = actions.map(({ action, version }) => {
      const tar_url = this.#url(addresses.action);
      const names = { name: action, resolved_name: action, resolved_sha: '0'.repeat(40), version };
      return [`${action}@${version}`, { ...names, tar_url, zip_url: tar_url }];
    });
    return { status: 200, body: { actions: Object.fromEntries(resolved) } };
  }

  /** Tells where logs go. Everything else that is reported here is in the logs or in the report of the job too. */
  async #serveResults(request: RunnerRequest): Promise<Reply> {
    const body = await request.json<Record<string, string>>();
    const execution = [...this.#executions.values()].find(
      ({ jobId }) => jobId === body['workflow_job_run_backend_id'],
    );
    const log = `${execution?.requestId}/${body['step_backend_id'] ?? 'job'}`;
    const url = `${this.#url(addresses.logs)}${log}?signature=none`;
    const storage = { blob_storage_type: 'BLOB_STORAGE_TYPE_AZURE', soft_size_limit: 1_000_000_000 };
    if (request.path.endsWith('LogsSignedBlobURL'))
      return { status: 200, body: { logs_url: url, ...storage } };
    if (request.path.endsWith('GetStepSummarySignedBlobURL')) {
      return { status: 200, body: { summary_url: `${url}&summary=true`, ...storage } };
    }
    return { status: 200, body: { ok: true } };
  }

  async #appendLog(request: RunnerRequest): Promise<Reply> {
    const [requestId = '', stepId = ''] = request.path.slice(addresses.logs.length).split('/');
    const text = await request.text();
    const logs = this.#executions.get(requestId)?.logs;
    if (!request.query.has('summary')) logs?.set(stepId, (logs.get(stepId) ?? '') + text);
    return { status: 201 };
  }

  #setBusy(runnerId: number, busy: boolean): void {
    const found = this.#registration.find(runnerId);
    if (found) this.#github.setBusy(found.path, runnerId, busy);
  }

  #url(path: string): string {
    return `${this.#github.serverUrl}${path}`;
  }
}

function reportOf({ conclusion, stepResults }: Completion, logs: Map<string, string>): JobReport {
  const steps = stepResults
    .toSorted((one, other) => one.number - other.number)
    .map((step) => ({
      name: step.name,
      conclusion: step.conclusion,
      log: (logs.get(step.external_id) ?? '').replaceAll(/^\uFEFF?\d{4}-\d\d-\d\dT[\d:.]+Z /gm, ''),
    }));
  return { conclusion, steps };
}

/** The action as GitHub archives it: in a directory whose name is unpredictable. */
async function archiveAction(): Promise<Buffer> {
  const root = resolve(import.meta.dirname, '../..');
  const directory = await mkdtemp(join(tmpdir(), 'action-archive-'));
  try {
    for (const name of ['action.yml', 'dist']) {
      await cp(join(root, name), join(directory, 'action-0000000', name), { recursive: true });
    }
    const tar = promisify(execFile)('tar', ['-czf', '-', '-C', directory, 'action-0000000'], {
      encoding: 'buffer',
      maxBuffer: 100_000_000,
    });
    return (await tar).stdout;
  } finally {
    await rm(directory, { recursive: true });
  }
}

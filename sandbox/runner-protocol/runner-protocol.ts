import type { GitHub } from '../github.ts';
import { Broker } from './broker.ts';
import { RegistrationService } from './registration-service.ts';
import { RunnerRequest } from './request.ts';
import { type RunningJob, RunService } from './run-service.ts';
import type { WorkflowJob } from './workflow-job.ts';

/**
 * The part of GitHub that the official runner uses (actions/runner 2.336): registration, sessions and jobs. Removal is part of
 * the stand-in for GitHub itself.
 */
export class RunnerProtocol {
  readonly registration: RegistrationService;
  readonly #runService: RunService;

  constructor(github: GitHub) {
    const registration = new RegistrationService(github);
    const broker = new Broker(github, registration);
    const runService = new RunService(github, registration, broker);
    this.registration = registration;
    this.#runService = runService;
    github.extend(async (message, response) => {
      const request = new RunnerRequest(message, response);
      const reply =
        (await registration.serve(request)) ??
        (await broker.serve(request)) ??
        (await runService.serve(request));
      if (reply) github.send(response, reply);
      return reply !== undefined;
    });
  }

  /** Assigns a job to a runner that was registered through this. */
  startJob(runnerId: number, job: WorkflowJob): RunningJob {
    return this.#runService.start(runnerId, job);
  }
}

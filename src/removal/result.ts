import type { Failure } from '../failure.ts';
import type { RunnerReport } from '../report.ts';

/** What became of a runner, with the failure if it was not removed. */
export interface RunnerResult {
  readonly report: RunnerReport;
  readonly failure?: Failure;
}

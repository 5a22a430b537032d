import type { Failure } from '../failure.ts';
import type { RunnerReport } from '../report.ts';

/** What became of a runner. */
export type Outcome = Pick<RunnerReport, 'result' | 'detail'>;

export interface RemovalAttempt {
  readonly report: Outcome;
  readonly failure?: Failure;
}

/** An attempt, with the runner. */
export interface RunnerResult extends RemovalAttempt {
  readonly report: RunnerReport;
}

export function failedAttempt(failure: Failure): RemovalAttempt {
  return { report: { result: 'failed', detail: failure.message }, failure };
}

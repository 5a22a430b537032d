import type { EventEmitter } from 'node:events';
import type { Clock } from '../clock.ts';
import type { Cancellation } from '../context.ts';
import { Failure } from '../failure.ts';
import type { Log } from '../log.ts';
import { terminateDescendants } from '../runner/processes.ts';

/** The parts of `process` that a cancellation needs. */
interface CancellableProcess extends Pick<EventEmitter, 'on'> {
  readonly platform: NodeJS.Platform;
  exit(): void;
}

// The stages, in milliseconds after the first signal. The runner sends SIGINT, SIGTERM after 7.5 seconds, and SIGKILL
// after 10. https://github.com/actions/runner/blob/main/src/Runner.Sdk/ProcessInvoker.cs
const deadlineAfter = 6_000;
const abandonAfter = 8_000;
const exitAfter = 9_000;

/**
 * Watches for the cancellation of the step. What is in flight may finish until the deadline. Then requests fail and
 * programs are terminated, so their removals fail like any other, and restore what they had set aside.
 *
 * @param deadline aborts requests
 */
export function watchForCancellation(
  process: CancellableProcess,
  deadline: AbortController,
  log: Log,
  clock: Clock,
): Cancellation {
  const requested = new AbortController();
  const abandoned = new AbortController();
  const cancel = () => {
    if (requested.signal.aborted) {
      return;
    }
    log.warning('The step was cancelled. No further removal is started; those in progress are ended soon.');
    requested.abort();
    clock.later(deadlineAfter, () => {
      deadline.abort(cancellationFailure('The step was cancelled before GitHub responded.'));
      void terminateDescendants(process.platform);
    });
    clock.later(abandonAfter, () =>
      abandoned.abort(cancellationFailure('A program could not be terminated and is still running.')),
    );
    // A program that still runs keeps this process alive. The outputs are written by now.
    clock.later(exitAfter, () => process.exit());
  };
  process.on('SIGINT', cancel);
  process.on('SIGTERM', cancel);
  return { requested: requested.signal, deadline: deadline.signal, abandoned: abandoned.signal };
}

/** Reported for work skipped or interrupted by a cancellation. */
export function cancellationFailure(happened: string, error?: Error): Failure {
  return new Failure(
    'removal-failed',
    {
      happened,
      cause: 'Someone cancelled the job, or the step reached its time limit.',
      remedy: 'Re-run the step. It continues where it stopped.',
    },
    { cause: error },
  );
}

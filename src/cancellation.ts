import type { EventEmitter } from 'node:events';
import type { Clock } from './clock.ts';
import { Failure } from './failure.ts';
import type { Log } from './log.ts';
import { endDescendants } from './runner/processes.ts';

/**
 * The time, in milliseconds, that what is in flight has to finish after a cancellation. The runner sends SIGINT, after
 * 7.5 seconds SIGTERM, and after another 2.5 it kills.
 */
const grace = 6_000;

/**
 * Watches for the runner's wish to cancel the step.
 *
 * @param signals tells of signals: `process`
 * @param requests what is being asked of GitHub
 * @returns is aborted at the first one. What is in flight goes on for a while; then requests are aborted and the programs
 *   that were started are ended, so that their removals fail in the ordinary way and put back what they had set aside
 */
export function watchForCancellation(
  signals: Pick<EventEmitter, 'on'>,
  platform: NodeJS.Platform,
  requests: AbortController,
  log: Log,
  clock: Clock,
): AbortSignal {
  const controller = new AbortController();
  const cancel = () => {
    if (!controller.signal.aborted) {
      log.warning(
        'The step is being cancelled: no further removal is begun, and those under way are ended soon.',
      );
      controller.abort();
      clock.later(grace, () => {
        requests.abort(cancellation('The step was cancelled before GitHub had answered.'));
        void endDescendants(platform);
      });
    }
  };
  signals.on('SIGINT', cancel).on('SIGTERM', cancel);
  return controller.signal;
}

/** The failure of what a cancellation kept from being done. */
export function cancellation(happened: string): Failure {
  return new Failure('removal-failed', {
    happened,
    cause: 'Somebody cancelled the job, or the step ran into its time limit.',
    remedy: 'Run the step again; it goes on where it stopped.',
  });
}

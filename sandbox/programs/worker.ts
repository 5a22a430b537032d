// Stand-in for `Runner.Worker spawnclient`: runs the steps of a job one after another, as told by its parent.

import { nameProcess } from './processes.ts';
import { type Ending, type StepCommand, type StepProcess, startStep } from './step-process.ts';

/** Starts a step, or sends it a signal. */
export type WorkerRequest = { start: StepCommand } | { signal: NodeJS.Signals };

export type WorkerReport =
  | { kind: 'ready' }
  | { kind: 'output'; stream: 'stdout' | 'stderr'; chunk: Uint8Array }
  | { kind: 'ended'; ending: Ending }
  | { kind: 'failed'; error: Error };

const report = (message: WorkerReport) => process.send?.(message);
let running: StepProcess | undefined;

nameProcess('Runner.Worker');
process.once('disconnect', () => process.exit());
process.on('message', (request: WorkerRequest) => {
  if ('signal' in request) {
    running?.kill(request.signal);
    return;
  }
  running = startStep(request.start, (stream, chunk) => report({ kind: 'output', stream, chunk }));
  running.ended.then(
    (ending) => report({ kind: 'ended', ending }),
    (error: Error) => report({ kind: 'failed', error }),
  );
});
report({ kind: 'ready' });

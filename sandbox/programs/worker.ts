// Stand-in for `bin/Runner.Worker spawnclient`: runs a job's steps, one after the other, as its parent tells it to. It
// ends when its parent does, or lets go of it.

import { nameProcess } from './processes.ts';
import { type Ending, type StepCommand, type StepProcess, startStep } from './step-process.ts';

/** What the worker is told: to start a step, or to send it a signal. */
export type WorkerRequest = { start: StepCommand } | { signal: NodeJS.Signals };

/** What the worker tells. */
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

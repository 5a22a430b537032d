// Stand-in for `Runner.Worker spawnclient`: runs the steps of a job one after another and starts programs, as its parent requests
// over TCP. No pipe leads out of Wine.

import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { nameProcess } from './processes.ts';
import { type Ending, type StepCommand, type StepProcess, startStep } from './step-process.ts';

export type WorkerRequest =
  | { kind: 'run'; step: StepCommand }
  | { kind: 'signal'; signal: NodeJS.Signals }
  | { kind: 'start'; program: string; arguments: string[]; directory: string };

export type WorkerReport =
  | { kind: 'ready'; pid: number; environment: Record<string, string> }
  | { kind: 'output'; stream: 'stdout' | 'stderr'; base64: string }
  | { kind: 'ended'; ending: Ending }
  | { kind: 'started'; pid: number }
  | { kind: 'exited'; pid: number }
  | { kind: 'failed'; message: string };

const socket = connect(Number(process.argv.at(-1)), '127.0.0.1');
const report = (message: WorkerReport) => void socket.write(`${JSON.stringify(message)}\n`);
const fail = ({ message }: Error) => report({ kind: 'failed', message });
let running: StepProcess | undefined;

function runStep(step: StepCommand): void {
  running = startStep(step, (stream, chunk) =>
    report({ kind: 'output', stream, base64: Buffer.from(chunk).toString('base64') }),
  );
  running.ended.then((ending) => report({ kind: 'ended', ending }), fail);
}

nameProcess('Runner.Worker');
socket.on('error', () => {}).once('close', () => process.exit());
createInterface({ input: socket }).on('line', (line) => {
  const request = JSON.parse(line) as WorkerRequest;
  if (request.kind === 'run') return runStep(request.step);
  if (request.kind === 'signal') return running?.kill(request.signal);
  const child = spawn(request.program, request.arguments, { cwd: request.directory, stdio: 'ignore' });
  const { pid = 0 } = child;
  child
    .once('spawn', () => report({ kind: 'started', pid }))
    .once('exit', () => report({ kind: 'exited', pid }))
    .once('error', fail);
});
report({ kind: 'ready', pid: process.pid, environment: { ...process.env } as Record<string, string> });

// Stand-in for `Runner.Worker.exe`: runs steps and starts programs, as told over TCP. No pipe leads out of Wine.

import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { type Ending, type StepCommand, startStep } from './step-process.ts';

export type RemoteRequest =
  | { kind: 'run'; step: StepCommand }
  | { kind: 'start'; program: string; arguments: string[]; directory: string };

export type RemoteReport =
  | { kind: 'ready'; pid: number; environment: Record<string, string> }
  | { kind: 'output'; stream: 'stdout' | 'stderr'; base64: string }
  | { kind: 'ended'; ending: Ending }
  | { kind: 'started'; pid: number }
  | { kind: 'exited'; pid: number }
  | { kind: 'failed'; message: string };

const socket = connect(Number(process.argv[2]), '127.0.0.1');
const report = (message: RemoteReport) => void socket.write(`${JSON.stringify(message)}\n`);
const fail = ({ message }: Error) => report({ kind: 'failed', message });

socket.on('error', () => {}).once('close', () => process.exit());
createInterface({ input: socket }).on('line', (line) => {
  const request = JSON.parse(line) as RemoteRequest;
  if (request.kind === 'run') {
    const { ended } = startStep(request.step, (stream, chunk) =>
      report({ kind: 'output', stream, base64: Buffer.from(chunk).toString('base64') }),
    );
    ended.then((ending) => report({ kind: 'ended', ending }), fail);
    return;
  }
  const child = spawn(request.program, request.arguments, { cwd: request.directory, stdio: 'ignore' });
  const { pid = 0 } = child;
  child
    .once('spawn', () => report({ kind: 'started', pid }))
    .once('exit', () => report({ kind: 'exited', pid }))
    .once('error', fail);
});
report({ kind: 'ready', pid: process.pid, environment: { ...process.env } as Record<string, string> });

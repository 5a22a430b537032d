// How the runner runs a step's program (actions/runner, src/Runner.Sdk: ProcessInvoker.cs).

import { type ChildProcess, spawn } from 'node:child_process';

/** What is to be run, and how. */
export interface StepCommand {
  node: string;
  program: string;
  directory: string;
  environment: Record<string, string>;
  /** The account to run it as, if not that of the process that starts it. Needs root. */
  account?: { uid: number; gid: number };
}

/** Receives what a process writes. */
export type Write = (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;

/** How a process ended. */
export interface Ending {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** Another process kept the step's output open for 5 seconds after its end. */
  outputHeldOpen: boolean;
}

export interface StepProcess {
  /** Sends a signal to this one process. */
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ending>;
}

export function startStep(command: StepCommand, write: Write): StepProcess {
  const { node, program, directory, environment, account } = command;
  const running = spawn(node, [program], { cwd: directory, env: environment, ...account });
  // The process may end without looking at its input.
  running.stdin.on('error', () => {}).end();
  running.stdout.on('data', (chunk: Buffer) => write('stdout', chunk));
  running.stderr.on('data', (chunk: Buffer) => write('stderr', chunk));
  return { kill: (signal) => void running.kill(signal), ended: waitFor(running) };
}

/** Waits until a process has ended and its output is closed, the latter for 5 seconds at most. */
function waitFor(running: ChildProcess): Promise<Ending> {
  return new Promise((fulfil, reject) => {
    let timer: NodeJS.Timeout | undefined;
    running.once('error', reject);
    running.once('exit', (exitCode, signal) => {
      timer = setTimeout(() => {
        running.stdout?.destroy();
        running.stderr?.destroy();
        fulfil({ exitCode, signal, outputHeldOpen: true });
      }, 5000);
    });
    running.once('close', (exitCode, signal) => {
      clearTimeout(timer);
      fulfil({ exitCode, signal, outputHeldOpen: false });
    });
  });
}

// Runs the program of a step as the runner does (actions/runner: ProcessInvoker.cs).

import { spawn } from 'node:child_process';

export interface StepCommand {
  node: string;
  program: string;
  directory: string;
  environment: Record<string, string>;
  /** The account to run it as; only root can change it. */
  account?: { uid: number; gid: number };
}

/** Receives the output of a process. */
export type Write = (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;

/** How a process ended. */
export interface Ending {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** Another process kept the output of the step open for 5 seconds after the step. */
  outputHeldOpen: boolean;
}

export interface StepProcess {
  /** Sends a signal to this process only. */
  kill(signal: NodeJS.Signals): void;
  /** Waits for the output to be closed too, but not for more than 5 seconds. */
  readonly ended: Promise<Ending>;
}

export function startStep(command: StepCommand, write: Write): StepProcess {
  const { node, program, directory, environment, account } = command;
  const running = spawn(node, [program], { cwd: directory, env: environment, ...account });
  // The process may end without reading its input.
  running.stdin.on('error', () => {}).end();
  running.stdout.on('data', (chunk: Buffer) => write('stdout', chunk));
  running.stderr.on('data', (chunk: Buffer) => write('stderr', chunk));
  const ended = new Promise<Ending>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    running.once('error', reject);
    running.once('exit', (exitCode, signal) => {
      timer = setTimeout(() => {
        running.stdout.destroy();
        running.stderr.destroy();
        resolve({ exitCode, signal, outputHeldOpen: true });
      }, 5000);
    });
    running.once('close', (exitCode, signal) => {
      clearTimeout(timer);
      resolve({ exitCode, signal, outputHeldOpen: false });
    });
  });
  return { kill: (signal) => void running.kill(signal), ended };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import type { StepCommand, StepProcess, Write } from './programs/step-process.ts';
import type { WorkerReport, WorkerRequest } from './programs/worker.ts';

/** An account of this machine. */
export interface Account {
  uid: number;
  gid: number;
}

/** The process that executes a job on an installation. */
export class Worker {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;

  private constructor(running: ChildProcess) {
    this.pid = running.pid ?? 0;
    this.#process = running;
    this.#exited = once(running, 'exit');
  }

  /**
   * @param program `bin/Runner.Worker` of the installation
   * @param script what the program, which is Node.js, runs
   */
  static async start(program: string, script: string, account?: Account): Promise<Worker> {
    const running = spawn(program, [script, 'spawnclient', '113', '116'], {
      cwd: dirname(program),
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      // Transfers bytes as bytes.
      serialization: 'advanced',
      ...account,
    });
    await once(running, 'message');
    return new Worker(running);
  }

  /** Runs the program of a step as a child of this process, one at a time. */
  run(command: StepCommand, write: Write): StepProcess {
    const tell = (request: WorkerRequest) => this.#process.send(request);
    const ended = new Promise<Awaited<StepProcess['ended']>>((resolve, reject) => {
      const receive = (report: WorkerReport) => {
        if (report.kind === 'output') write(report.stream, report.chunk);
        else this.#process.off('message', receive);
        if (report.kind === 'ended') resolve(report.ending);
        if (report.kind === 'failed') reject(report.error);
      };
      this.#process.on('message', receive);
      void this.#exited.then(() => reject(new Error('The worker ended before its step.')));
    });
    tell({ start: command });
    return { kill: (signal) => tell({ signal }), ended };
  }

  async stop(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#exited;
  }
}

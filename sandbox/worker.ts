import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { StepCommand, StepProcess, Write } from './programs/step-process.ts';
import type { WorkerReport, WorkerRequest } from './programs/worker.ts';

/** An account of this machine. */
export interface Account {
  uid: number;
  gid: number;
}

/** The process that executes a job on an installation. It runs steps as its children, one at a time. */
export class Worker {
  readonly pid: number;
  /** What the system gave to this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Resolves when the process has ended. */
  readonly ended: Promise<unknown>;
  readonly #socket: Socket;
  readonly #receivers = new Set<(report: WorkerReport) => void>();

  private constructor(
    socket: Socket,
    ended: Promise<unknown>,
    { pid, environment }: Extract<WorkerReport, { kind: 'ready' }>,
  ) {
    this.pid = pid;
    this.environment = environment;
    this.ended = ended;
    this.#socket = socket;
  }

  /** @param launch starts the process, which connects to this port; resolves when it has ended */
  static async start(launch: (port: number) => Promise<unknown>): Promise<Worker> {
    const server = createServer().listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const connected = once(server, 'connection') as Promise<[Socket]>;
      const ended = launch((server.address() as AddressInfo).port);
      const failed = ended.then(() => Promise.reject(new Error('The worker did not start.')));
      const [socket] = await Promise.race([connected, failed]);
      failed.catch(() => {});
      const lines = createInterface({ input: socket });
      const worker = new Worker(socket, ended, JSON.parse((await once(lines, 'line'))[0]));
      lines.on('line', (line) => {
        for (const receive of worker.#receivers) receive(JSON.parse(line));
      });
      return worker;
    } finally {
      server.close();
    }
  }

  run(step: StepCommand, write: Write): StepProcess {
    const ended = this.#request<Awaited<StepProcess['ended']>>({ kind: 'run', step }, (report, resolve) => {
      if (report.kind === 'output') write(report.stream, Buffer.from(report.base64, 'base64'));
      if (report.kind === 'ended') resolve(report.ending);
    });
    return { kill: (signal) => this.#send({ kind: 'signal', signal }), ended };
  }

  /** Starts a program without waiting for its end. */
  async startProgram(
    program: string,
    parameters: string[],
    directory: string,
  ): Promise<{ pid: number; ended: Promise<void> }> {
    const request = { kind: 'start', program, arguments: parameters, directory } as const;
    const pid = await this.#request<number>(request, (report, resolve) => {
      if (report.kind === 'started') resolve(report.pid);
    });
    const ended = new Promise<void>((resolve) => {
      this.#receivers.add((report) => {
        if (report.kind === 'exited' && report.pid === pid) resolve();
      });
    });
    return { pid, ended };
  }

  async stop(): Promise<void> {
    this.#socket.end();
    await this.ended;
  }

  #send(request: WorkerRequest): void {
    this.#socket.write(`${JSON.stringify(request)}\n`);
  }

  #request<Result>(
    request: WorkerRequest,
    receive: (report: WorkerReport, resolve: (result: Result) => void) => void,
  ): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const receiver = (report: WorkerReport) => {
      if (report.kind === 'failed') reject(new Error(report.message));
      else receive(report, resolve);
    };
    this.#receivers.add(receiver);
    this.#send(request);
    void this.ended.then(() => reject(new Error('The worker ended.')));
    return promise.finally(() => this.#receivers.delete(receiver));
  }
}

// Measures the background process of `remove: after-job` while it waits for the job to end (Linux).

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Installation } from '../sandbox/installation.ts';
import { Job } from '../sandbox/launcher.ts';
import { processesIn } from '../sandbox/programs/processes.ts';
import { repository, startGitHub, token } from './github.ts';

/** Seconds. */
const settling = 2;
const watched = 15;

export interface BackgroundResult {
  readonly seconds: number;
  /** Share of one core. */
  readonly processorShare: number;
  /** Megabytes, after the start and at the peak. */
  readonly memory: number;
  readonly peakMemory: number;
}

export async function measureBackground(progress: (what: string) => void): Promise<BackgroundResult> {
  progress(`watching the background process for ${watched} s`);
  const github = await startGitHub();
  const { id, name } = github.addRunner(repository, { name: 'box' });
  const gitHubUrl = `${github.serverUrl}/${repository}`;
  const installation = await Installation.create({ agentId: id, agentName: name, gitHubUrl });
  const job = await Job.start({
    github: { apiUrl: github.apiUrl, serverUrl: github.serverUrl, repository },
    installation,
  });
  try {
    const step = await job.step({ inputs: { token, remove: 'after-job' } });
    for (const result of [await step.main(), await step.post()]) {
      if (result.conclusion !== 'success') throw new Error(result.log);
    }
    const [process] = processesIn(installation.directory).filter((found) =>
      read(found, 'cmdline').includes('remove-after-job'),
    );
    if (process === undefined) throw new Error('The background process is not running.');
    await pause(settling * 1_000);
    const before = processorTime(process);
    await pause(watched * 1_000);
    return {
      seconds: watched,
      processorShare: (processorTime(process) - before) / watched,
      memory: memory(process, 'VmRSS'),
      peakMemory: memory(process, 'VmHWM'),
    };
  } finally {
    await job.end();
    await installation.remove();
    await github.close();
  }
}

export function describeBackground({
  seconds,
  processorShare,
  memory,
  peakMemory,
}: BackgroundResult): string {
  const share = (processorShare * 100).toFixed(3);
  return `Background process of after-job, waiting for ${seconds} s: ${share} % of a core, ${memory.toFixed(0)} MB resident (peak ${peakMemory.toFixed(0)} MB)`;
}

/** Processor time of all threads, in seconds; the scheduler counts nanoseconds. */
function processorTime(process: number): number {
  return readdirSync(`/proc/${process}/task`)
    .map((thread) => Number(read(process, `task/${thread}/schedstat`).split(' ')[0]) / 1e9)
    .reduce((sum, time) => sum + time, 0);
}

/** Megabytes. */
function memory(process: number, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(read(process, 'status'))?.[1]) / 1024;
}

function read(process: number, file: string): string {
  return readFileSync(`/proc/${process}/${file}`, 'utf8');
}

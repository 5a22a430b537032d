// Measures the removal of all runners of a host.

import type { GitHub } from '../sandbox/github.ts';
import { Installation } from '../sandbox/installation.ts';
import { runStep } from '../sandbox/launcher.ts';
import { repository, startGitHub, token } from './github.ts';

const runners = 12;
/** How many runners the action removes in parallel. */
const parallel = 4;
/** How long `config.sh` waits, in milliseconds. */
const delay = 2_000;

export interface HostResult {
  readonly runners: number;
  /** Seconds of the whole step. */
  readonly time: number;
  /** Seconds that the `config.sh` calls take at least, up to four in parallel. */
  readonly minimum: number;
  /** Requests of the action, by kind. */
  readonly requests: Readonly<Record<string, number>>;
}

export async function measureHost(progress: (what: string) => void): Promise<HostResult> {
  progress(`removing ${runners} runners`);
  const github = await startGitHub();
  const installations: Installation[] = [];
  try {
    for (let number = 1; number <= runners; number += 1) {
      const { id, name } = github.addRunner(repository, { name: `box-${number}` });
      const gitHubUrl = `${github.serverUrl}/${repository}`;
      const installation = await Installation.create({ agentId: id, agentName: name, gitHubUrl });
      installations.push(installation);
      await installation.set({ delay });
    }
    const directories = installations.map(({ directory }) => directory).join('\n');
    const result = await runStep({
      github: { apiUrl: github.apiUrl, serverUrl: github.serverUrl, repository },
      inputs: { token, remove: 'true', 'runner-directory': directories },
    });
    if (result.conclusion !== 'success') throw new Error(result.log);
    const minimum = (Math.ceil(runners / parallel) * delay) / 1_000;
    return { runners, time: result.duration / 1_000, minimum, requests: countByKind(github) };
  } finally {
    await github.close();
    await Promise.all(installations.map((installation) => installation.remove()));
  }
}

export function describeHost({ runners, time, minimum, requests }: HostResult): string {
  const counts = Object.entries(requests).map(([kind, count]) => `${count} × ${kind}`);
  return [
    `Removing ${runners} runners of a host, config.sh taking ${delay / 1_000} s each: ${time.toFixed(1)} s (at least ${minimum} s, ${parallel} in parallel)`,
    `Requests: ${counts.join(', ')}`,
  ].join('\n');
}

function countByKind(github: GitHub): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { method, path } of github.actionRequests) {
    const kind = `${method} ${path.replace(/^.*\/actions\/runners/, '/actions/runners').replace(/\/\d+$/, '/ID')}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

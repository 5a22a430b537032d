// What the removal of a whole host's runners costs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { GitHub } from '../sandbox/github.ts';
import { Installation } from '../sandbox/installation.ts';
import { runStep } from '../sandbox/launcher.ts';
import type { Behaviour } from '../sandbox/programs/behaviour.ts';
import { createClient } from '../src/github/client.ts';
import { Grants } from '../src/grants.ts';
import { readInputs } from '../src/inputs.ts';
import type { Log } from '../src/log.ts';
import { defaultParallel, removeRunners } from '../src/removal.ts';
import { Secrets } from '../src/secrets.ts';
import { repository, startGitHub, token } from './github.ts';
import { quartiles, table } from './statistics.ts';

const runners = 12;
/** Milliseconds that `config.sh` takes by itself, the stand-in's own start included. */
const each = 2_000;

export interface HostResult {
  readonly runners: number;
  readonly parallel: number;
  /** Seconds, of the whole step. */
  readonly time: number;
  /** Seconds: ⌈runners / parallel⌉ × what one `config.sh` takes. */
  readonly ideal: number;
  /** Requests of the action, by kind. */
  readonly requests: Readonly<Record<string, number>>;
  /** Seconds of a removal, by how many runners are removed side by side. */
  readonly parallelism: readonly { parallel: number; waiting: number; computing: number }[];
}

export async function measureHost(): Promise<HostResult> {
  const rest = each - (await startTime());
  // A `config.sh` that mostly waits, and one that computes half of the time, as a .NET program that starts.
  const waiting: Behaviour = { delay: rest };
  const computing: Behaviour = { delay: rest / 2, work: rest / 2 };
  const { time, requests } = await onHost(waiting, async (github, directories) => {
    const result = await runStep({
      github: { apiUrl: github.apiUrl, serverUrl: github.serverUrl, repository },
      inputs: { token, remove: 'true', 'runner-directory': directories.join('\n') },
    });
    if (result.conclusion !== 'success') throw new Error(result.log);
    return { time: result.duration / 1_000, requests: countByKind(github) };
  });
  const parallelism: HostResult['parallelism'][number][] = [];
  for (const parallel of [1, 2, 4, 6, 12]) {
    parallelism.push({
      parallel,
      waiting: await removalTime(waiting, parallel),
      computing: await removalTime(computing, parallel),
    });
  }
  const ideal = (Math.ceil(runners / defaultParallel) * each) / 1_000;
  return { runners, parallel: defaultParallel, time, ideal, requests, parallelism };
}

export function describeHost({ runners, parallel, time, ideal, requests, parallelism }: HostResult): string {
  const seconds = (value: number): string => `${value.toFixed(1)} s`;
  return [
    `Removing ${runners} runners of a host, ${parallel} side by side, config.sh taking ${each / 1_000} s each: ${seconds(time)}, ${(time / ideal).toFixed(2)} times ⌈${runners}/${parallel}⌉ × ${each / 1_000} s`,
    `Requests: ${Object.entries(requests)
      .map(([kind, count]) => `${count} × ${kind}`)
      .join(', ')}`,
    '',
    table([
      ['side by side', 'config.sh waits', 'config.sh computes half of the time'],
      ...parallelism.map(({ parallel, waiting, computing }) => [
        String(parallel),
        seconds(waiting),
        seconds(computing),
      ]),
    ]),
  ].join('\n');
}

/** Milliseconds that the stand-in's `config.sh` takes when it is told neither to wait nor to compute. */
async function startTime(): Promise<number> {
  return onHost({}, async (github, directories) => {
    const url = `${github.apiUrl}/repos/${repository}/actions/runners/remove-token`;
    const answer = await fetch(url, { method: 'POST', headers: { authorization: `token ${token}` } });
    const { token: removeToken } = (await answer.json()) as { token: string };
    const times: number[] = [];
    for (const directory of directories) {
      const begin = performance.now();
      const script = spawn('./config.sh', ['remove'], {
        cwd: directory,
        stdio: 'ignore',
        env: {
          PATH: process.env['PATH'],
          ACTIONS_RUNNER_INPUT_TOKEN: removeToken,
          RUNNER_ALLOW_RUNASROOT: '1',
        },
      });
      await once(script, 'exit');
      times.push(performance.now() - begin);
    }
    return quartiles(times).median;
  });
}

async function onHost<Result>(
  behaviour: Behaviour,
  act: (github: GitHub, directories: string[]) => Promise<Result>,
): Promise<Result> {
  const github = await startGitHub();
  const installations: Installation[] = [];
  try {
    for (let number = 1; number <= runners; number += 1) {
      const { id, name } = github.addRunner(repository, { name: `box-${number}` });
      const gitHubUrl = `${github.serverUrl}/${repository}`;
      const installation = await Installation.create({ agentId: id, agentName: name, gitHubUrl });
      installations.push(installation);
      await installation.set(behaviour);
    }
    const result = await act(
      github,
      installations.map(({ directory }) => directory),
    );
    if (github.runners(repository).length > 0) throw new Error('Not all runners were removed');
    return result;
  } finally {
    await github.close();
    await Promise.all(installations.map((installation) => installation.remove()));
  }
}

/** From the source, where the number of removals side by side is a parameter. */
async function removalTime(behaviour: Behaviour, parallel: number): Promise<number> {
  return onHost(behaviour, async (github, directories) => {
    const given: Record<string, string> = {
      token,
      'github-api-url': github.apiUrl,
      remove: 'true',
      'runner-directory': directories.join('\n'),
    };
    const environment = { ...process.env, GITHUB_REPOSITORY: repository };
    const secrets = new Secrets(() => undefined);
    const inputs = readInputs((name) => given[name] ?? '', environment, secrets);
    if (inputs.removal.when === 'never') throw new Error('Nothing to remove');
    const log: Log = { info: ignore, warning: ignore, debug: ignore, group: ignore };
    const client = createClient(inputs, log);
    const { platform, execPath } = process;
    const machine = { platform, execPath, environment, isRoot: process.getuid?.() === 0 };
    const grants = new Grants(client, secrets, log);
    const cancelled = new AbortController().signal;
    const begin = performance.now();
    await removeRunners(
      inputs,
      inputs.removal,
      { client, grants, secrets, log, machine, cancelled },
      parallel,
    );
    return (performance.now() - begin) / 1_000;
  });
}

function ignore(): void {}

function countByKind(github: GitHub): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { method, path } of github.actionRequests) {
    const kind = `${method} ${path.replace(/^.*\/actions\/runners/, '/actions/runners').replace(/\/\d+$/, '/ID')}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

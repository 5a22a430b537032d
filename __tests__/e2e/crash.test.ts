import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Installation } from '../../sandbox/installation.ts';
import { kill, processesIn, processesWith } from '../../sandbox/programs/processes.ts';
import { eventually } from '../support.ts';
import { adminToken, isRoot, repository, World } from '../world.ts';

/** The steps of a removal that can be observed, in order. */
const beforeTheScripts = ['POST remove-token', 'GET runner'];
const configuration = ['config.sh begins', '.path is written', 'DELETE runner'];
const localFiles = ['.credentials is gone', '.credentials_rsaparams is gone', '.runner is gone'];
const service = [
  'svc.sh begins',
  'systemctl stop "$service"',
  'systemctl disable "$service"',
  'rm "$unit"',
  'rm .service',
  'systemctl daemon-reload',
];
const verification = 'GET runner again';
const stepsOf = {
  service: [...configuration, ...localFiles, verification, ...service],
  none: [...configuration, ...localFiles, verification],
};

/**
 * Makes the scripts of an installation report each of their steps to the stand-in for GitHub, and wait for its response. The
 * action's own changes come directly before the start of a script: `config.sh` finds the marker of the service set aside,
 * `svc.sh` finds it put back.
 */
async function reportEveryStep({ directory }: Installation, port: string): Promise<void> {
  const step = join(directory, '.sandbox/step');
  await writeFile(
    step,
    `#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/${port} || exit
printf 'GET /step?taken=%s HTTP/1.0\\r\\n\\r\\n' "\${1// /+}" >&3
cat <&3 >/dev/null
`,
  );
  await chmod(step, 0o755);
  const edit = async (name: string, pattern: RegExp, replacement: string) => {
    const path = join(directory, name);
    const text = await readFile(path, 'utf8');
    expect(text).toMatch(pattern);
    await writeFile(path, text.replace(pattern, replacement));
  };
  await edit(
    'config.sh',
    /^source .*$/gm,
    './.sandbox/step "config.sh begins"\n$&\n./.sandbox/step ".path is written"',
  );
  await edit(
    '.sandbox/programs/configuration.mjs',
    /rmSync\(join\(root, name\), \{ force: true \}\)/g,
    "isFile(name) && (rmSync(join(root, name)), execFileSync(join(root, '.sandbox/step'), [`$${name} is gone`]))",
  );
  await edit(
    '.sandbox/programs/configuration.mjs',
    /^/,
    "import { execFileSync } from 'node:child_process';\n",
  );
  await edit(
    'svc.sh',
    /^ *((?:rm|systemctl (?:stop|disable|daemon-reload))(?: "?[$.]\w+"?)?).*$/gm,
    `$&\n"$sandbox/step" '$1'`,
  );
  await edit('svc.sh', /^case /gm, '"$sandbox/step" "svc.sh begins"\n$&');
}

interface Crash {
  /** The step after which the action is killed, if it is. */
  after?: string;
  /** Whether the scripts are killed too, as the runner does at the end of the job. Otherwise they continue. */
  takesScripts?: boolean;
}

/** The removal of a runner that is interrupted by a crash, and repeated. */
async function removal(hasService: boolean) {
  const world = await World.start();
  const { installation } = await world.install(repository, 'box');
  if (hasService) await installation.installService();
  else await installation.startListener();
  const inputs = { remove: 'true', 'runner-directory': installation.directory };

  /** Runs the action, and kills it after a step. Returns the steps until then. */
  async function interrupted({ after, takesScripts = false }: Crash): Promise<string[]> {
    const { github } = world;
    await reportEveryStep(installation, new URL(github.serverUrl).port);
    const job = await world.startJob();
    const scripts = () => processesWith(`RUNNER_TRACKING_ID=${job.trackingId}`);
    const steps: string[] = [];
    const take = (step: string) => {
      steps.push(steps.includes(step) ? `${step} again` : step);
      if (steps.at(-1) === after) {
        expect(processesIn(job.actionDirectory).filter(kill)).toHaveLength(1);
        if (takesScripts) scripts().forEach(kill);
      }
    };
    const nameOf = (path: string) => path.replace(/.*\//, '').replace(/^\d+$/, 'runner');
    github.intercept = ({ method, url = '' }, response) => {
      const step = new URL(url, github.serverUrl).searchParams.get('taken');
      if (step !== null) {
        take(step);
        response.end();
        return true;
      }
      // Killed before the response: the action may end as soon as it has it.
      if (method === 'GET') take(`GET ${nameOf(url)}`);
      return false;
    };
    github.afterRequest = ({ method, path }) => {
      if (method !== 'GET') take(`${method} ${nameOf(path)}`);
    };
    const { signal } = await (await job.step({ inputs: { token: adminToken, ...inputs } })).main();
    expect(signal).toBe(after === undefined ? null : 'SIGKILL');
    await eventually(() => scripts().length === 0);
    await job.end();
    github.intercept = undefined;
    github.afterRequest = undefined;
    return steps;
  }

  async function expectFinished(): Promise<void> {
    const result = await world.run(inputs);

    expect(result.log).not.toContain('##[error]');
    expect(result.exitCode).toBe(0);
    expect(JSON.parse(result.outputs['runners'] ?? '')).toMatchObject([
      { directory: installation.directory, result: expect.stringMatching(/^(already-)?removed$/) },
    ]);
    expect(world.github.runners(repository)).toEqual([]);
    const files = ['.runner', '.credentials', '.credentials_rsaparams', '.service', '.service.set-aside'];
    expect(files.filter((name) => existsSync(join(installation.directory, name)))).toEqual([]);
    expect(await installation.service()).toEqual({ marker: false, unit: false, running: false });
    // The listener ends some time after the signal.
    await eventually(() => processesIn(installation.directory).length === 0);
  }

  return { interrupted, expectFinished, end: () => world.end() };
}

/** `npm run test:soak` interrupts the removal after every step. Here it is where most differs from what was there before. */
const everyStep = process.env['SOAK_RUNS'] !== undefined;
const selected = [
  'config.sh begins',
  'DELETE runner',
  '.credentials is gone',
  '.runner is gone',
  'rm "$unit"',
  'svc.sh begins, its scripts continue',
];

// Only root can install a service.
const kinds = [
  { kind: 'installed as a service', hasService: true, steps: stepsOf.service },
  { kind: 'started by hand', hasService: false, steps: stepsOf.none },
].filter(({ hasService }) => hasService === isRoot || (everyStep && isRoot));

// Only root may link to a Node.js of root's. Others copy it, and a file that is being written to cannot be run.
const run = isRoot ? test.concurrent : test;

describe.each(kinds)('the removal of a runner $kind', ({ hasService, steps }) => {
  run('takes these steps', async () => {
    const { interrupted, expectFinished, end } = await removal(hasService);
    try {
      expect(await interrupted({})).toEqual([...beforeTheScripts, ...steps]);
      await expectFinished();
    } finally {
      await end();
    }
  });

  const crashes: (Crash & { after: string })[] = [
    ...[...beforeTheScripts, verification].map((after) => ({ after })),
    ...steps.filter((step) => step !== verification).map((after) => ({ after, takesScripts: true })),
    // A script that continues does the same wherever the action was killed.
    ...steps.filter((step) => / begins$/.test(step)).map((after) => ({ after, takesScripts: false })),
  ];
  for (const crash of crashes) {
    const name = `${crash.after}${crash.takesScripts === false ? ', its scripts continue' : ''}`;
    if (!everyStep && !selected.includes(name)) {
      continue;
    }
    run(`is finished by the next run if the action is killed after: ${name}`, async () => {
      const { interrupted, expectFinished, end } = await removal(hasService);
      try {
        await interrupted(crash);
        await expectFinished();
      } finally {
        await end();
      }
    });
  }
});

// Shows the action on this machine: with a stand-in for GitHub, a runner that is registered with it and installed in a temporary
// directory, and a job with a step that uses the action. Run by `npm run demo`, or `npm run demo sweep` for a fleet whose machines
// are elsewhere.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GitHub } from './github.ts';
import { Installation } from './installation.ts';
import { Job, type StepResult } from './launcher.ts';
import { processesIn } from './programs/processes.ts';

const repository = 'octo-org/octo-repo';
const token = 'github_pat_11DEMO0000000000000000_adminTokenOfTheDemo';

/**
 * The ways to use the action: a token only, removal of another runner, of the runner of the job, and of registered runners whose
 * machines are gone.
 */
export const ways = ['token', 'remove', 'after-job', 'sweep'] as const;
export type Way = (typeof ways)[number];

/**
 * Uses the action in one of the ways.
 *
 * @param print receives lines to print; headings are bold, with terminal escape codes
 */
export async function demonstrate(way: Way, print: (text: string) => void): Promise<StepResult> {
  const github = await GitHub.start();
  github.addRepository(repository);
  github.addAdminToken(token, { registrations: [repository] });
  github.addRunner(repository, { name: 'office-mac' });
  const runner = github.addRunner(repository, { name: 'box-under-the-desk' });
  const installation = await Installation.create({
    agentId: runner.id,
    agentName: runner.name,
    gitHubUrl: `${github.serverUrl}/${repository}`,
  });
  if (way === 'sweep') {
    github.addRunner(repository, { name: 'spot-1', status: 'offline' });
    github.addRunner(repository, { name: 'spot-2' });
    github.addRunner(repository, { name: 'spot-3', busy: true });
    github.addRunner(repository, { name: 'spot-4', status: 'offline', ephemeral: true });
    github.addRunner(repository, { name: 'lab-printer', status: 'offline' });
  }
  const heading = (text: string) => print(`\n\u001b[1m${text}\u001b[0m`);
  const listRunners = () => {
    for (const { id, name, status, busy } of github.runners(repository)) {
      print(`  ${id}  ${name}  (${status}${busy ? ', busy' : ''})`);
    }
  };
  const inputs: Record<Way, Record<string, string>> = {
    token: {},
    remove: { remove: 'true', 'runner-directory': installation.directory },
    'after-job': { remove: 'after-job' },
    // A real sweep leaves out offline-minutes: runners have to stay offline for five minutes.
    sweep: { remove: 'true', 'runner-name': 'spot-*', 'offline-minutes': '0' },
  };

  try {
    const job = await Job.start({
      github: { apiUrl: github.apiUrl, serverUrl: github.serverUrl, repository },
      ...(way === 'after-job' && { installation }),
    });
    github.setBusy(repository, runner.id, way === 'after-job');
    heading(`Runners registered with ${repository}, before`);
    listRunners();

    heading('The step');
    print('  - uses: OWNER/runner-remove-token@v1');
    print(`    with:\n      token: \${{ secrets.RUNNER_ADMIN_TOKEN }}`);
    for (const [name, value] of Object.entries(inputs[way])) {
      print(`      ${name}: ${value}`);
    }
    const step = await job.step({ inputs: { token, ...inputs[way] } });
    const result = await step.main();

    heading('Its log');
    print(result.log.replaceAll(/^(?=.)/gm, '  '));

    heading('Its outputs (the runner masks the token)');
    for (const [name, value] of Object.entries(result.outputs)) {
      print(`  ${name}: ${name === 'remove-token' ? '***' : value}`);
    }

    if (way === 'after-job') {
      heading('Its post step, at the end of the job');
      print((await step.post()).log.replaceAll(/^(?=.)/gm, '  '));
    }
    await job.end();
    if (way === 'after-job') {
      github.setBusy(repository, runner.id, false);
      heading('The log of the background process, after the job');
      print((await backgroundLog(installation)).trim().replaceAll(/^(?=.)/gm, '  '));
    }

    heading(`Runners registered with ${repository}, after`);
    listRunners();
    return result;
  } finally {
    await github.close();
    await installation.remove();
  }
}

/** Waits for the background process to end, a few seconds after the job. Returns its log. */
async function backgroundLog({ directory }: Installation): Promise<string> {
  // The background process runs with the Node.js of the installation.
  while (processesIn(directory).length > 0) await pause(50);
  const diagnostics = join(directory, '_diag');
  const name = (await readdir(diagnostics)).find((file) => file.startsWith('RunnerRemoveToken_'));
  return name === undefined ? '' : readFile(join(diagnostics, name), 'utf8');
}

if (import.meta.main) {
  const [, , way = 'remove'] = process.argv;
  const known = ways.find((name) => name === way);
  if (known === undefined) throw new Error(`Usage: npm run demo [${ways.join('|')}]`);
  const { exitCode } = await demonstrate(known, console.log);
  process.exitCode = exitCode ?? 1;
}

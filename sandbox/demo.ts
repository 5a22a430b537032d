// Shows the action at work, with nothing but this machine: a stand-in for GitHub, a runner registered with it and
// installed in a temporary directory, and a job step that removes it. Run by `npm run demo`.

import { GitHub } from './github.ts';
import { Installation } from './installation.ts';
import { runStep, type StepResult } from './launcher.ts';

const repository = 'octo-org/octo-repo';
const token = 'github_pat_11DEMO0000000000000000_adminTokenOfTheDemo';

/**
 * Removes a runner, and says what there is to see of it.
 *
 * @param print is given some lines at a time; headings are bold, as terminals write it
 */
export async function demonstrate(print: (text: string) => void): Promise<StepResult> {
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
  const heading = (text: string) => print(`\n\u001b[1m${text}\u001b[0m`);
  const listRunners = () => {
    for (const { id, name, status } of github.runners(repository)) {
      print(`  ${id}  ${name}  (${status})`);
    }
  };

  try {
    heading(`Runners registered with ${repository}, before`);
    listRunners();

    heading('The step');
    print(`  - uses: OWNER/runner-remove-token@v1
    with:
      token: \${{ secrets.RUNNER_ADMIN_TOKEN }}
      remove: true
      runner-directory: ${installation.directory}`);
    const result = await runStep({
      github: { apiUrl: github.apiUrl, serverUrl: github.serverUrl, repository },
      inputs: { token, remove: 'true', 'runner-directory': installation.directory },
    });

    heading('Its log, as the job shows it');
    print(result.log.replaceAll(/^(?=.)/gm, '  '));

    heading('Its outputs (the runner masks the token wherever it is printed)');
    for (const [name, value] of Object.entries(result.outputs)) {
      print(`  ${name}: ${name === 'remove-token' ? '***' : value}`);
    }

    heading(`Runners registered with ${repository}, after`);
    listRunners();
    return result;
  } finally {
    await github.close();
    await installation.remove();
  }
}

if (import.meta.main) {
  const { exitCode } = await demonstrate(console.log);
  process.exitCode = exitCode ?? 1;
}

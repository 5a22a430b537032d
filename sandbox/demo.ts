// Shows the action at work, with nothing but this machine: a stand-in for GitHub, a runner registered with it and
// installed in a temporary directory, and a job step that removes it. Run by `npm run demo`.

import { GitHub } from './github.ts';
import { Installation } from './installation.ts';
import { runStep } from './launcher.ts';

const repository = 'octo-org/octo-repo';
const token = 'github_pat_11DEMO0000000000000000_adminTokenOfTheDemo';

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

function heading(text: string): void {
  console.log(`\n\u001b[1m${text}\u001b[0m`);
}

function listRunners(): void {
  for (const { id, name, status } of github.runners(repository)) {
    console.log(`  ${id}  ${name}  (${status})`);
  }
}

try {
  heading(`Runners registered with ${repository}, before`);
  listRunners();

  heading('The step');
  console.log(`  - uses: OWNER/runner-remove-token@v1
    with:
      token: \${{ secrets.RUNNER_ADMIN_TOKEN }}
      remove: true
      runner-directory: ${installation.directory}`);
  const result = await runStep({
    github: { apiUrl: github.apiUrl, serverUrl: github.serverUrl, repository },
    inputs: { token, remove: 'true', 'runner-directory': installation.directory },
  });

  heading('Its log, as the job shows it');
  console.log(result.log.replaceAll(/^(?=.)/gm, '  '));

  heading('Its outputs (the runner masks the token wherever it is printed)');
  for (const [name, value] of Object.entries(result.outputs)) {
    console.log(`  ${name}: ${name === 'remove-token' ? '***' : value}`);
  }

  heading(`Runners registered with ${repository}, after`);
  listRunners();
  process.exitCode = result.exitCode ?? 1;
} finally {
  await github.close();
  await installation.remove();
}

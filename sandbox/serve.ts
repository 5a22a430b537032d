// Starts a stand-in for GitHub with a runner that is installed in a temporary directory. Prints what a step needs to use them as
// `name=value` lines, for example for GITHUB_OUTPUT. Runs until it is ended, with `--background` in a separate process. Run by
// `npm run sandbox`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { GitHub } from './github.ts';
import { Installation } from './installation.ts';

const { values } = parseArgs({
  options: {
    /** The repository that the runner is registered with. */
    repository: { type: 'string', default: 'octo-org/octo-repo' },
    /** For systems other than Linux. */
    'without-installation': { type: 'boolean', default: false },
    background: { type: 'boolean', default: false },
  },
});
/** Only valid for the stand-in. */
const token = 'github_pat_11SANDBOX000000000000_adminTokenOfTheSandbox';

async function serve(): Promise<Record<string, string | number>> {
  const github = await GitHub.start();
  github.addRepository(values.repository);
  github.addAdminToken(token, { registrations: [values.repository] });
  const runner = github.addRunner(values.repository, { name: 'box' });
  const installation = values['without-installation']
    ? undefined
    : await Installation.create({
        agentId: runner.id,
        agentName: runner.name,
        gitHubUrl: `${github.serverUrl}/${values.repository}`,
      });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, async () => {
      await github.close();
      await installation?.remove();
      process.exit();
    });
  }
  return {
    'api-url': github.apiUrl,
    token,
    ...(installation && { 'runner-directory': installation.directory }),
    pid: process.pid,
  };
}

function print(lines: Record<string, string | number>): void {
  console.log(
    Object.entries(lines)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
  );
}

if (values.background) {
  const program = process.argv.slice(1).filter((argument) => argument !== '--background');
  const server = spawn(process.execPath, program, {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const [lines] = await Promise.race([once(server, 'message'), once(server, 'exit')]);
  if (typeof lines !== 'object')
    throw new Error('The sandbox did not start. Run it without --background to see the error.');
  print(lines);
  server.disconnect();
  server.unref();
} else {
  const lines = await serve();
  if (process.send) process.send(lines);
  else print(lines);
}

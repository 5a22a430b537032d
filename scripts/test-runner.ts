// Runs the tests of the official runner, in the directory of an unpacked release that RUNNER_PACKAGE names. Options are those of
// Jest: npm run test:runner -- -t busy

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { listenOnPort80 } from '../sandbox/runner-protocol/port-80.ts';

const root = join(import.meta.dirname, '..');

async function run(release: string): Promise<number> {
  for (const name of ['externals/node24', 'bin']) {
    if (!existsSync(join(release, name)))
      throw new Error(`${release} is not an unpacked runner: no ${name}.`);
  }
  // The official runner drops the port of its address. Say so once, not in every test.
  await (await listenOnPort80()).close();
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const options = ['--experimental-vm-modules', '--no-warnings', jest, '--config', 'jest.runner.config.js'];
  const { status } = spawnSync(process.execPath, [...options, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, RUNNER_PACKAGE: release },
  });
  return status ?? 1;
}

const release = process.env['RUNNER_PACKAGE'];
if (release) {
  try {
    process.exitCode = await run(resolve(release));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
} else {
  console.log('Skipped: set RUNNER_PACKAGE to the directory of an unpacked release of actions/runner.');
}

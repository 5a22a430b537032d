// Runs the tests of the official runner, in the directory of an unpacked release that RUNNER_PACKAGE names. Options are those of
// Jest: npm run test:runner -- -t busy

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { listenOnPort80 } from '../sandbox/runner-protocol/port-80.ts';
import { runJest } from './run-jest.ts';

const release = process.env['RUNNER_PACKAGE'] && resolve(process.env['RUNNER_PACKAGE']);
if (release) {
  const missing = ['externals/node24', 'bin'].filter((name) => !existsSync(join(release, name)));
  if (missing.length > 0) {
    throw new Error(`${release} is not an unpacked runner: ${missing.join(' and ')} is missing.`);
  }
  // The official runner drops the port of its address. Say so once, not in every test.
  await (await listenOnPort80()).close();
  runJest('jest.runner.config.js', { RUNNER_PACKAGE: release });
} else {
  console.log('Skipped: set RUNNER_PACKAGE to the directory of an unpacked release of actions/runner.');
}

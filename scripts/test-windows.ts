// Runs the tests of dist/ on Windows' own Node.js, under Wine. Options are those of Jest.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hasWine, nodeOfWindows } from '../sandbox/windows.ts';

const root = join(import.meta.dirname, '..');

if (!hasWine()) {
  console.log('Skipped the tests on Windows: /usr/lib/wine/wine64 (Debian: wine, wine64) is not installed.');
  process.exit();
}
if (!existsSync(nodeOfWindows)) {
  // npm installs a package for another operating system only if it is optional, and reports no failure then.
  execFileSync('npm', ['ci', '--os=win32', '--cpu=x64', '--no-fund', '--no-audit'], {
    cwd: join(root, 'sandbox/windows'),
    stdio: 'inherit',
  });
}
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const { status } = spawnSync(
  process.execPath,
  [...jest, '--config=jest.windows.config.js', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = status ?? 1;

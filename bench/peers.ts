// Builds what people use instead of this action from published packages. The bench compares the action with these builds.

import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';

const ncc = join(import.meta.dirname, '../node_modules/@vercel/ncc/dist/ncc/cli.js');

/**
 * Installs a peer's dependencies and bundles it with ncc.
 *
 * @param name of a directory in `bench/peers`
 * @param released when the peer was released (YYYY-MM-DD): newer versions of its dependencies are not used
 * @param directory where to build it
 * @returns the path of the bundle
 */
export function buildPeer(name: string, released: string, directory: string): string {
  const source = join(directory, name);
  cpSync(join(import.meta.dirname, 'peers', name), source, { recursive: true });
  const options: ExecFileSyncOptions = { cwd: source, stdio: ['ignore', 'ignore', 'inherit'] };
  // A lock file would be scanned for vulnerabilities, which these old versions have.
  const install = [
    'install',
    '--ignore-scripts',
    '--no-package-lock',
    '--loglevel=error',
    `--before=${released}`,
  ];
  execFileSync('npm', install, { ...options, shell: process.platform === 'win32' });
  execFileSync(process.execPath, [ncc, 'build', 'index.js', '-o', 'dist', '--no-cache'], options);
  return join(source, 'dist/index.js');
}

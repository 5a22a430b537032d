// Jest runs this before all tests, to report the skipped ones once.

import { execFileSync } from 'node:child_process';

/** Directories that Debian keeps out of the path of ordinary users. */
const path = `${process.env['PATH']}:/usr/sbin:/usr/lib/squid`;

/**
 * Reports the programs that some tests need and that are not installed. Those tests are skipped.
 *
 * @throws Error with REQUIRE_SYSTEM_TOOLS=true, as in .ci/run, where no test may be skipped
 */
export default function checkSystemTools(): void {
  const needed = ['openssl', 'nginx', 'squid', 'basic_ncsa_auth', 'sudo'];
  const missing = process.platform === 'linux' ? needed.filter((program) => !isInstalled(program)) : [];
  if (missing.length === 0) return;
  const message = `Not installed: ${missing.join(', ')}.`;
  if (process.env['REQUIRE_SYSTEM_TOOLS'] === 'true') throw new Error(message);
  console.warn(`${message} The tests that need them are skipped.`);
}

function isInstalled(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { env: { PATH: path }, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

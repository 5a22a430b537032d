// Jest runs this before all tests, to report the skipped ones once.

import { missingPrograms } from '../__tests__/e2e/network.ts';

/**
 * Reports the programs that some tests need and that are not installed. Those tests are skipped.
 *
 * @throws Error with REQUIRE_SYSTEM_TOOLS=true, as in .ci/run, where no test may be skipped
 */
export default function checkSystemTools(): void {
  const missing = process.platform === 'linux' ? missingPrograms('sudo') : [];
  if (missing.length === 0) return;
  const message = `Not installed: ${missing.join(', ')}.`;
  if (process.env['REQUIRE_SYSTEM_TOOLS'] === 'true') throw new Error(message);
  console.warn(`${message} The tests that need them are skipped.`);
}

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Runs Jest with a configuration and the options of this process. Its exit code becomes that of this process. */
export function runJest(configuration: string, environment: Record<string, string> = {}): void {
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const { status } = spawnSync(
    process.execPath,
    [...jest, '--config', configuration, ...process.argv.slice(2)],
    { cwd: join(import.meta.dirname, '..'), stdio: 'inherit', env: { ...process.env, ...environment } },
  );
  process.exitCode = status ?? 1;
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Creates stand-ins for Windows' own programs below a directory: cmd.exe runs the command line in `sh`, and PowerShell prints
 * nothing.
 *
 * @returns the environment that names it
 */
export async function createWindows(directory: string): Promise<{ PATH: string; SystemRoot: string }> {
  const SystemRoot = join(directory, 'Windows');
  await mkdir(join(SystemRoot, 'System32'), { recursive: true });
  const script = [
    '#!/bin/sh',
    '[ "$1 $2 $3" = "/d /s /c" ] || exit 99',
    // Without the outer quotation marks, and without what only `sh` expands.
    `line=$(printf %s "$4" | sed 's/^"//; s/ <nul"$//; s/[$\`\\\\]/\\\\&/g')`,
    'eval "$line </dev/null"',
    '',
  ].join('\n');
  await writeFile(join(SystemRoot, 'System32', 'cmd.exe'), script, { mode: 0o755 });
  const powerShell = join(SystemRoot, 'System32', 'WindowsPowerShell', 'v1.0');
  await mkdir(powerShell, { recursive: true });
  await writeFile(join(powerShell, 'powershell.exe'), '#!/bin/sh\n', { mode: 0o755 });
  return { PATH: String(process.env['PATH']), SystemRoot };
}

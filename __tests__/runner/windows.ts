import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Puts a stand-in for cmd.exe below a directory, for what the action does on Windows: it runs the command line in `sh`.
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
  return { PATH: String(process.env['PATH']), SystemRoot };
}

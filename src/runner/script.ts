import { join } from 'node:path';
import { execQuietly } from './program.ts';

/** Where and how an installation's scripts are run. Plain data: it is sent to the background process as JSON. */
export interface ScriptContext {
  /** The installation's root. */
  readonly directory: string;
  readonly platform: NodeJS.Platform;
  /** What precedes a command to run it as the owner of the installation. */
  readonly ownerPrefix: readonly string[];
  /** See `scriptEnvironment`. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A program and its arguments. No secret may be among them; on Windows, no quotation mark or percent sign either. */
export type Command = readonly [program: string, ...args: string[]];

export interface ScriptResult {
  /** `null` when a signal ended it, or it could not be started. */
  readonly exitCode: number | null;
  /** Both streams, up to a megabyte. */
  readonly output: string;
}

/** In bytes. */
const maximumOutput = 1_000_000;

/**
 * Runs a command in an installation's root, with an empty standard input.
 *
 * The shell searches `PATH` for the command and redirects its standard input. The toolkit would write to standard input
 * instead, and this process would end with EPIPE if the program has already ended.
 *
 * @param variables are added to the environment
 */
export async function runScript(
  command: Command,
  { directory, platform, environment }: Omit<ScriptContext, 'ownerPrefix'>,
  variables: Readonly<Record<string, string>> = {},
): Promise<ScriptResult> {
  const chunks: Buffer[] = [];
  let size = 0;
  const keep = (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maximumOutput) {
      chunks.push(chunk);
    }
  };
  const options = {
    cwd: directory,
    env: { ...environment, ...variables },
    listeners: { stdout: keep, stderr: keep },
  };
  const exitCode =
    platform === 'win32'
      ? await execQuietly(
          `"${systemProgram(environment, 'cmd.exe')}"`,
          ['/d', '/s', '/c', `"${command.map(quoteForCmd).join(' ')} <nul"`],
          { ...options, windowsVerbatimArguments: true },
        )
      : await execQuietly('/bin/sh', ['-c', 'exec "$@" </dev/null', 'sh', ...command], options);
  return { exitCode, output: Buffer.concat(chunks).toString() };
}

function quoteForCmd(part: string): string {
  return /^[\w.:\\/-]+$/.test(part) ? part : `"${part}"`;
}

/** The path of a program of Windows, below `System32`. */
export function systemProgram(environment: ScriptContext['environment'], ...path: string[]): string {
  const [, root] = Object.entries(environment).find(([name]) => /^systemroot$/i.test(name)) ?? [];
  return join(root ?? 'C:\\Windows', 'System32', ...path);
}

/** The command, run as the owner of the installation. */
export function asOwner({ ownerPrefix: [first, ...more] }: ScriptContext, command: Command): Command {
  return first === undefined ? command : [first, ...more, ...command];
}

/** The last line that a script printed: usually the reason why it failed. */
export function lastLineOf({ output }: ScriptResult): string {
  return output.trim().replace(/^.*[\r\n]/s, '');
}

/** For example `ended with exit code 1, "Uninstall service first"`. */
export function describeExit(result: ScriptResult): string {
  const how =
    result.exitCode === null
      ? 'was terminated or could not be started'
      : `ended with exit code ${result.exitCode}`;
  return `${how}, "${lastLineOf(result)}"`;
}

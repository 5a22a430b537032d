import { type ExecOptions, exec } from '@actions/exec';

/** Where and how an installation's scripts are run. */
export interface ScriptContext {
  /** The installation's root. */
  readonly directory: string;
  readonly platform: NodeJS.Platform;
  /** What goes in front of a command to run it as the account that the installation belongs to. */
  readonly ownerPrefix: readonly string[];
  /** An allow-list of this process's variables (see `scriptEnvironment`). */
  readonly environment: Readonly<Record<string, string>>;
}

/** A program, relative to the installation's root, and its arguments. No secret may be among them. */
export type Command = readonly [program: string, ...args: string[]];

/** What a script did. */
export interface ScriptResult {
  /** `null` when it was ended by a signal. */
  readonly exitCode: number | null;
  /** What it printed, both streams. */
  readonly output: string;
}

/** No more than this is kept of what a script prints, in bytes. */
const maximumOutput = 1_000_000;

/**
 * Runs a command in an installation's root, with its standard input closed, so that nothing waits for an answer.
 *
 * @param variables are added to the environment
 */
export async function runScript(
  [program, ...args]: Command,
  { directory, platform, environment }: ScriptContext,
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
  const options: ExecOptions = {
    cwd: directory,
    env: { ...environment, ...variables },
    silent: true,
    ignoreReturnCode: true,
    listeners: { stdout: keep, stderr: keep },
  };
  const exitCode =
    platform === 'win32'
      ? await exec(program, args, { ...options, input: Buffer.alloc(0) })
      : // An empty input would do here too, but a script that ends at once would then end this process with it (EPIPE).
        await exec('sh', ['-c', 'exec "$@" </dev/null', 'sh', program, ...args], options);
  return { exitCode, output: Buffer.concat(chunks).toString() };
}

/** The command as the account runs it that the installation belongs to. */
export function asOwner({ ownerPrefix: [first, ...more] }: ScriptContext, command: Command): Command {
  return first === undefined ? command : [first, ...more, ...command];
}

/** The last line that a script printed: mostly the reason for which it failed. */
export function lastLineOf({ output }: ScriptResult): string {
  return output.trim().replace(/^.*[\r\n]/s, '');
}

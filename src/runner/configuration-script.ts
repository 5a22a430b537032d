import { join } from 'node:path';
import { type ExecOptions, exec } from '@actions/exec';
import { rememberFiles } from './files.ts';

/** How the runner's own removal is called. */
export type RemovalMode =
  /** Deregisters the runner with a remove token, then deletes its local configuration. */
  | { readonly kind: 'deregister'; readonly removeToken: string }
  /** Deletes the local configuration only. */
  | { readonly kind: 'local' };

/** What the runner's own removal did. */
export interface ScriptResult {
  readonly exitCode: number;
  /** What it printed, both streams. */
  readonly output: string;
}

/** What running the script takes. */
export interface ScriptContext {
  readonly directory: string;
  readonly platform: NodeJS.Platform;
  /** What goes in front of the script, to run it as another account (see `scriptAccount`). */
  readonly prefix: readonly string[];
  /** An allow-list of this process's variables (see `scriptEnvironment`). */
  readonly environment: Readonly<Record<string, string>>;
}

/** No more than this is kept of what a script prints, in bytes. */
const maximumOutput = 1_000_000;

/**
 * Runs `config.sh remove` (`config.cmd remove`) in the installation.
 *
 * The token goes through the environment, never through the arguments, which every user of the machine can read
 * (actions/runner#355). Standard input is closed, so that nothing waits for an answer. When the removal fails, the
 * files that the script writes before it contacts GitHub are put back: the runner stays in service.
 */
export async function runRemoval(mode: RemovalMode, context: ScriptContext): Promise<ScriptResult> {
  const restore = await rememberFiles(['.path', '.env'].map((name) => join(context.directory, name)));
  const result = await runScript(mode, context);
  if (result.exitCode !== 0) {
    await restore();
  }
  return result;
}

async function runScript(
  mode: RemovalMode,
  { directory, platform, prefix, environment }: ScriptContext,
): Promise<ScriptResult> {
  const removal = ['remove', ...(mode.kind === 'local' ? ['--local'] : [])];
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
    env: {
      ...environment,
      ...(mode.kind === 'deregister' ? { ACTIONS_RUNNER_INPUT_TOKEN: mode.removeToken } : {}),
    },
    silent: true,
    ignoreReturnCode: true,
    listeners: { stdout: keep, stderr: keep },
  };
  const exitCode =
    platform === 'win32'
      ? await exec('./config.cmd', removal, { ...options, input: Buffer.alloc(0) })
      : // An empty input would do here too, but a script that ends at once would then end this process with it (EPIPE).
        await exec('sh', ['-c', 'exec "$@" </dev/null', 'sh', ...prefix, './config.sh', ...removal], options);
  return { exitCode, output: Buffer.concat(chunks).toString() };
}

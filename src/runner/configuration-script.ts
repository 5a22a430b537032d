import { join } from 'node:path';
import { exec } from '@actions/exec';
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
  const script = platform === 'win32' ? './config.cmd' : './config.sh';
  const [program = script, ...args] = [
    ...prefix,
    script,
    'remove',
    ...(mode.kind === 'local' ? ['--local'] : []),
  ];
  const chunks: Buffer[] = [];
  let size = 0;
  const keep = (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maximumOutput) {
      chunks.push(chunk);
    }
  };
  const exitCode = await exec(program, args, {
    cwd: directory,
    env: {
      ...environment,
      ...(mode.kind === 'deregister' ? { ACTIONS_RUNNER_INPUT_TOKEN: mode.removeToken } : {}),
    },
    input: Buffer.alloc(0),
    silent: true,
    ignoreReturnCode: true,
    listeners: { stdout: keep, stderr: keep },
  });
  return { exitCode, output: Buffer.concat(chunks).toString() };
}

import { appendFileSync } from 'node:fs';
import type { Core } from './log.ts';

/**
 * Speaks to the runner, in its own words, as `@actions/core` does. That package cannot be loaded in part (3.0.1), and
 * brings an HTTP client along (undici), which takes longer to load than all the rest of a run that asks for a token. It
 * is loaded for what only the removal of runners needs of it: the summary.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export const workflowCommands: Core = {
  getInput: (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim(),
  setSecret: (secret) => issue('add-mask', secret),
  setOutput: (name, value) => append('GITHUB_OUTPUT', name, value),
  saveState: (name, value) => append('GITHUB_STATE', name, value),
  setFailed: (message) => {
    process.exitCode = 1;
    issue('error', message);
  },
  info: writeLine,
  warning: (message) => issue('warning', message),
  debug: (message) => issue('debug', message),
  startGroup: (title) => issue('group', title),
  endGroup: () => issue('endgroup', ''),
  summary: async () => (await import('@actions/core')).summary,
};

/** The runner turns the escaped characters back (actions/runner, Runner.Common/ActionCommand.cs). */
function issue(command: string, text: string): void {
  const escaped = text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  writeLine(`::${command}::${escaped}`);
}

/** Adds to the file that a variable names. The form for one line is all that this action's values take. */
function append(variable: string, name: string, value: string): void {
  const file = process.env[variable];
  if (file === undefined || /[\r\n]/.test(value)) {
    throw new Error(`"${name}" cannot be written to the file in ${variable}`);
  }
  appendFileSync(file, `${name}=${value}\n`);
}

function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

import { appendFileSync } from 'node:fs';
import { EOL } from 'node:os';
// The toolkit's own modules, past the one that its package exports (3.0.1): that one loads an HTTP client too, for OpenID
// Connect, which takes longer than all the rest of a run that asks for a token.
import { issueCommand } from '../node_modules/@actions/core/lib/command.js';
import type { Core } from './log.ts';

/**
 * Speaks to the runner as `@actions/core` does, with its means.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export const workflowCommands: Core = {
  getInput: (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim(),
  setSecret: (secret) => issueCommand('add-mask', {}, secret),
  setOutput: (name, value) => append('GITHUB_OUTPUT', name, value),
  saveState: (name, value) => append('GITHUB_STATE', name, value),
  setFailed: (message) => {
    process.exitCode = 1;
    issueCommand('error', {}, message);
  },
  info: (message) => void process.stdout.write(`${message}${EOL}`),
  warning: (message) => issueCommand('warning', {}, message),
  debug: (message) => issueCommand('debug', {}, message),
  startGroup: (title) => issueCommand('group', {}, title),
  endGroup: () => issueCommand('endgroup', {}, ''),
  summary: async () => (await import('../node_modules/@actions/core/lib/summary.js')).summary,
};

/**
 * Adds to the file that a variable names. The toolkit's own way loads cryptography, for a mark around values of several
 * lines; this action has none.
 */
function append(variable: string, name: string, value: string): void {
  const file = process.env[variable];
  if (file === undefined || /[\r\n]/.test(value)) {
    throw new Error(`"${name}" cannot be written to the file in ${variable}`);
  }
  appendFileSync(file, `${name}=${value}${EOL}`);
}

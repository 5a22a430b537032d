import { EOL } from 'node:os';
// The toolkit's own modules, past the one that its package exports (3.0.1): that one loads an HTTP client too, for OpenID
// Connect, which takes longer than all the rest of a run that asks for a token.
import { issueCommand } from '../node_modules/@actions/core/lib/command.js';
import { issueFileCommand, prepareKeyValueMessage } from '../node_modules/@actions/core/lib/file-command.js';
import type { Core } from './log.ts';

/**
 * Speaks to the runner as `@actions/core` does, with its means.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export const workflowCommands: Core = {
  getInput: (name) => (process.env[`INPUT_${name.toUpperCase()}`] ?? '').trim(),
  setSecret: (secret) => issueCommand('add-mask', {}, secret),
  setOutput: (name, value) => issueFileCommand('OUTPUT', prepareKeyValueMessage(name, value)),
  saveState: (name, value) => issueFileCommand('STATE', prepareKeyValueMessage(name, value)),
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

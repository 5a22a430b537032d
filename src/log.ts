import type * as actionsCore from '@actions/core';
import type { Secrets } from './secrets.ts';

/** What this action uses of `@actions/core`. */
export type Core = Pick<
  typeof actionsCore,
  | 'getInput'
  | 'getState'
  | 'setSecret'
  | 'setOutput'
  | 'saveState'
  | 'setFailed'
  | 'info'
  | 'warning'
  | 'debug'
  | 'startGroup'
  | 'endGroup'
  | 'summary'
>;

/** The step's log. Nothing written to it contains a secret or is executed as a workflow command. */
export interface Log {
  info(message: string): void;
  warning(message: string): void;
  debug(message: string): void;
  /** Writes the output of another program into a collapsed group. */
  group(title: string, output: string): void;
}

export function createLog(core: Core, secrets: Secrets): Log {
  return {
    info: (message) => core.info(oneLine(secrets.redact(message))),
    warning: (message) => core.warning(escapeCommands(secrets.redact(message))),
    debug: (message) => core.debug(escapeCommands(secrets.redact(message))),
    group: (title, output) => {
      core.startGroup(oneLine(secrets.redact(title)));
      core.info(prefixLines(secrets.redact(output)));
      core.endGroup();
    },
  };
}

// The runner executes `::` at the start of a line, also after white space (which includes U+0085 in .NET), and `##[`
// anywhere in a line. A carriage return ends a line too.
// https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs

/** Breaks up the kind of workflow command that works anywhere in a line. */
export function escapeCommands(text: string): string {
  return text.replaceAll('##[', '## [');
}

function oneLine(message: string): string {
  return escapeCommands(message.replaceAll(/[\s\x85]+/g, ' ')).replace(/^ ?::/, ': :');
}

function prefixLines(output: string): string {
  return output
    .trim()
    .split(/\r\n|\r|\n/)
    .map((line) => `| ${escapeCommands(line)}`)
    .join('\n');
}

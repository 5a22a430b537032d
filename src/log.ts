import type * as core from '@actions/core';
import type { Secrets } from './secrets.ts';

/** The part of `@actions/core` that this action writes its log, outputs and result with. */
export type Core = Pick<
  typeof core,
  | 'getInput'
  | 'setSecret'
  | 'setOutput'
  | 'setFailed'
  | 'info'
  | 'warning'
  | 'debug'
  | 'startGroup'
  | 'endGroup'
  | 'saveState'
  | 'summary'
>;

/** The log of the step. Whatever is written holds no secret, and no text from elsewhere acts as a workflow command. */
export interface Log {
  info(message: string): void;
  warning(message: string): void;
  /** Shown when step debug logging is on. */
  debug(message: string): void;
  /** Writes the output of another program, folded under a title. */
  group(title: string, output: string): void;
}

/** @param secrets are kept out of everything that is written */
export function createLog(core: Core, secrets: Secrets): Log {
  return {
    info: (message) => core.info(oneLine(secrets.redact(message))),
    warning: (message) => core.warning(inert(secrets.redact(message))),
    debug: (message) => core.debug(inert(secrets.redact(message))),
    group: (title, output) => {
      core.startGroup(oneLine(secrets.redact(title)));
      core.info(quoted(secrets.redact(output)));
      core.endGroup();
    },
  };
}

// What the runner takes for a workflow command: `::` at the start of a line, `##[` anywhere. A carriage return ends a
// line too. (actions/runner, Runner.Common/ActionCommand.cs; `warning`, `debug` and `setFailed` escape line breaks.)

/** The text without the kind of workflow command that works anywhere in a line. */
export function inert(text: string): string {
  return text.replaceAll('##[', '## [');
}

/** The message on one line, without a workflow command in it. */
function oneLine(message: string): string {
  return inert(message.replaceAll(/\s+/g, ' ')).replace(/^ ?::/, ': :');
}

/** Another program's output, each line behind a bar, without a workflow command in it. */
function quoted(output: string): string {
  return output
    .trim()
    .split(/\r\n|\r|\n/)
    .map((line) => `| ${inert(line)}`)
    .join('\n');
}

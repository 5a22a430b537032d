import type { summary } from '@actions/core';
import type { Secrets } from './secrets.ts';

/** How this action speaks to the runner: what it has of `@actions/core`. */
export interface Core {
  /** An input's value without white space around it, or an empty string. */
  getInput(name: string): string;
  /** Makes the runner hide a value from the log. */
  setSecret(secret: string): void;
  setOutput(name: string, value: string): void;
  /** Leaves a value for the post step. */
  saveState(name: string, value: string): void;
  /** Fails the step with a message. */
  setFailed(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  debug(message: string): void;
  startGroup(title: string): void;
  endGroup(): void;
  /** The summary of the job. */
  summary(): Promise<typeof summary>;
}

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

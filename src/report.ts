import { causesOf, describeFailure, type Failure } from './failure.ts';
import type { Grant } from './grants.ts';
import { type Core, inert, type Log } from './log.ts';
import type { RunnerReport } from './removal.ts';
import type { Secrets } from './secrets.ts';

/** Tells the user, the later steps and the runner how the run ended. */
export interface Report {
  /** Sets the outputs of the remove token. With several registrations there is no one token to hand on. */
  tokens(grants: readonly Grant[]): void;
  /** Sets the output `runners`, and says what became of each. */
  runners(reports: readonly RunnerReport[]): void;
  /** Fails the step with one message, whatever the number of failures. */
  failures(failures: readonly [Failure, ...Failure[]]): void;
}

/** @param documentation where the action's documentation is found, if that is known */
export function createReport(
  core: Core,
  log: Log,
  secrets: Secrets,
  documentation: string | undefined,
): Report {
  return {
    tokens: (grants) => {
      const [grant, another] = grants;
      if (grant !== undefined && another === undefined) {
        core.setOutput('remove-token', grant.token.token);
        core.setOutput('expires-at', grant.token.expires_at);
      }
    },
    runners: (reports) => {
      for (const { name, directory, result, detail } of reports) {
        const who = name === null ? directory : `"${name}" in ${directory}`;
        log.info(`Runner ${who}: ${result}${detail === undefined ? '' : ` (${detail})`}`);
      }
      core.setOutput('runners', secrets.redact(JSON.stringify(reports)));
    },
    failures: (failures) => {
      for (const failure of failures) {
        // Not `inspect`, which escapes and breaks text up: a secret in it could not be recognized.
        log.debug(causesOf(failure).map(stackOf).join('\nCaused by '));
      }
      const messages = failures.map((failure) => describeFailure(failure, documentation));
      core.setFailed(inert(secrets.redact(messages.join('\n\n'))));
    },
  };
}

function stackOf(error: { stack?: unknown; message?: unknown }): string {
  return String(error.stack ?? error.message);
}

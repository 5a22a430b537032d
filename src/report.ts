import { causesOf, describeFailure, type Failure } from './failure.ts';
import type { Grant } from './grants.ts';
import { type Core, inert, type Log } from './log.ts';
import type { RunnerReport } from './removal.ts';
import type { Secrets } from './secrets.ts';
import { scheduledState } from './start.ts';

/** Tells the user, the later steps and the runner how the run ended. */
export interface Report {
  /** Sets the outputs of the remove token. With several registrations there is no one token to hand on. */
  tokens(grants: readonly Grant[]): void;
  /** Sets the output `runners`, says what became of each in the log and in the job's summary, and what is left to do. */
  runners(reports: readonly RunnerReport[]): Promise<void>;
  /** Fails the step with one message, if there is a failure. */
  failures(failures: readonly Failure[]): void;
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
    runners: async (reports) => {
      for (const { name, directory, result, detail } of reports) {
        const who = name === null ? directory : `"${name}" in ${directory}`;
        log.info(`Runner ${who}: ${result}${detail === undefined ? '' : ` (${detail})`}`);
      }
      core.setOutput('runners', secrets.redact(JSON.stringify(reports)));
      for (const { directory } of reports.filter(({ result }) => result === 'scheduled')) {
        core.saveState(scheduledState, directory);
      }
      await summarize(core, secrets, reports);
    },
    failures: (failures) => {
      if (failures.length === 0) {
        return;
      }
      for (const failure of failures) {
        // Not `inspect`, which escapes and breaks text up: a secret in it could not be recognized.
        log.debug(causesOf(failure).map(stackOf).join('\nCaused by '));
      }
      const messages = failures.map((failure) => describeFailure(failure, documentation));
      core.setFailed(inert(secrets.redact(messages.join('\n\n'))));
    },
  };
}

/** Adds a table to the job's summary. The runner limits its size, and old servers have none: it may fail. */
async function summarize(core: Core, secrets: Secrets, reports: readonly RunnerReport[]): Promise<void> {
  const cell = (text: string) => escapeHtml(secrets.redact(text));
  const header = ['Runner', 'Registration', 'Result', 'Why'].map((data) => ({ data, header: true }));
  const rows = reports.map(({ directory, name, registration, result, detail = '' }) => [
    cell(name ?? directory),
    cell(registration ?? ''),
    cell(result),
    cell(detail),
  ]);
  const summary = await core.summary();
  await summary
    .addHeading('Removal of runners', 3)
    .addTable([header, ...rows])
    .write()
    .catch((error) => core.debug(secrets.redact(String(error))));
}

/** A runner's name, and what GitHub says, may hold anything. */
function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function stackOf(error: { stack?: unknown; message?: unknown }): string {
  return String(error.stack ?? error.message);
}

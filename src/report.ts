import { causesOf, describeFailure, type Failure } from './failure.ts';
import { type Core, escapeCommands, type Log } from './log.ts';
import type { IssuedToken } from './remove-tokens.ts';
import type { Secrets } from './secrets.ts';

/** An element of the output `runners` (docs/runners.schema.json). Unknown values are `null`. */
export interface RunnerReport {
  /** The root of the installation. */
  readonly directory: string;
  readonly name: string | null;
  readonly id: number | null;
  /** The URL of the repository, organization or enterprise. */
  readonly registration: string | null;
  readonly result:
    | 'removed'
    | 'already-removed'
    | 'unconfirmed'
    | 'scheduled'
    | 'ephemeral'
    | 'would-remove'
    | 'not-attempted'
    | 'failed';
  readonly detail?: string;
}

/** The state that the main step saves for the post step: the installation that is removed after the job. */
export const scheduledState = 'after-job';

/** Tells the user, later steps and the runner how the run ended. */
export interface Report {
  /** Sets the outputs of the remove token, if there is exactly one. */
  tokens(issued: readonly IssuedToken[]): void;
  /** Sets the output `runners` and the state for the post step, and writes the log and the job summary. */
  runners(reports: readonly RunnerReport[]): Promise<void>;
  /** Fails the step with one message if there is a failure. */
  failures(failures: readonly Failure[]): void;
}

export function createReport(core: Core, log: Log, secrets: Secrets, environment: NodeJS.ProcessEnv): Report {
  return {
    tokens: (issued) => {
      const [first, another] = issued;
      if (first !== undefined && another === undefined) {
        core.setOutput('remove-token', first.token.token);
        core.setOutput('expires-at', first.token.expires_at);
      }
    },
    runners: async (reports) => {
      for (const { name, directory, result, detail } of reports) {
        const who = name === null ? directory : `"${name}" in ${directory}`;
        log.info(`Runner ${who}: ${result}${detail === undefined ? '' : ` (${detail})`}`);
      }
      const redacted = (_: string, value: unknown) =>
        typeof value === 'string' ? secrets.redact(value) : value;
      core.setOutput('runners', JSON.stringify(reports, redacted));
      for (const { directory } of reports.filter(({ result }) => result === 'scheduled')) {
        core.saveState(scheduledState, directory);
      }
      await writeSummary(core, log, secrets, reports);
    },
    failures: (failures) => {
      if (failures.length === 0) {
        return;
      }
      for (const failure of failures) {
        // Not `inspect`: it escapes and wraps text, which would hide a secret from redaction.
        log.debug(causesOf(failure).map(stackOf).join('\nCaused by '));
      }
      const messages = failures.map((failure) => describeFailure(failure, environment));
      core.setFailed(escapeCommands(secrets.redact(messages.join('\n\n'))));
    },
  };
}

/** A summary that cannot be written does not fail the step: old versions of GitHub Enterprise Server have none. */
async function writeSummary(
  core: Core,
  log: Log,
  secrets: Secrets,
  reports: readonly RunnerReport[],
): Promise<void> {
  // After an empty line, GitHub reads Markdown instead of HTML.
  const cell = (text: string) => escapeHtml(secrets.redact(text).replaceAll(/\s+/g, ' '));
  const header = ['Runner', 'Registration', 'Result', 'Detail'].map((data) => ({ data, header: true }));
  const rows = reports.map(({ directory, name, registration, result, detail = '' }) => [
    cell(name ?? directory),
    cell(registration ?? ''),
    cell(result),
    cell(detail),
  ]);
  await core.summary
    .addHeading('Runner removal', 3)
    .addTable([header, ...rows])
    .write()
    .catch((error) => log.debug(`The job summary was not written: ${error}`));
}

/** Runner names and GitHub's responses can contain anything. */
function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function stackOf(error: { stack?: unknown; message?: unknown }): string {
  return String(error.stack ?? error.message);
}

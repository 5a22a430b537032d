/**
 * The kinds of failure. Each is the anchor of a section in `docs/troubleshooting.md`. People link to them, so a published
 * name stays.
 */
export const failureKinds = [
  'invalid-input',
  'bad-credentials',
  'github-token-not-allowed',
  'missing-permission',
  'sso-required',
  'ip-not-allowed',
  'not-found',
  'rate-limited',
  'server-error',
  'network',
  'tls',
  'proxy',
  'invalid-response',
  'not-a-runner',
  'registration-mismatch',
  'runner-busy',
  'runner-online',
  'runner-runs-this-job',
  'service-needs-root',
  'service-needs-administrator',
  'github-hosted-runner',
  'container-job',
  'removal-failed',
  'still-registered',
  'unexpected-error',
] as const;

export type FailureKind = (typeof failureKinds)[number];

/** What a user is told about a failure, in complete sentences. */
export type Explanation = {
  readonly happened: string;
  readonly remedy: string;
  /** GitHub's id of the failed request, which its support asks for. */
  readonly requestId?: string | undefined;
} & (
  | { /** A certain cause. */ readonly cause: string; readonly likelyCause?: never }
  | { /** A guess. */ readonly likelyCause: string; readonly cause?: never }
);

/** A failure with an explanation for the person who reads the log. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;
  readonly explanation: Explanation;

  constructor(kind: FailureKind, explanation: Explanation, options?: ErrorOptions) {
    const { happened, cause, likelyCause, remedy } = explanation;
    super(`${happened} ${cause ?? `Likely cause: ${likelyCause}`} ${remedy}`, options);
    this.kind = kind;
    this.explanation = explanation;
  }

  /** Any other error is a bug in this action. */
  static from(error: unknown): Failure {
    if (error instanceof Failure) {
      return error;
    }
    const message = error instanceof Error ? error.message : String(error);
    return new Failure(
      'unexpected-error',
      {
        happened: `An unexpected error occurred: ${message.replace(/\.$/, '')}.`,
        likelyCause: 'A bug in this action, or an environment that it was not tested on.',
        remedy: "Re-run the job with debug logging enabled and report the log in this action's repository.",
      },
      { cause: error },
    );
  }
}

/** Properties of the errors of Node.js; not all errors have them. `statusCode` is that of a proxy's response. */
export type ErrorProperties = Partial<
  Record<'name' | 'message' | 'stack' | 'code' | 'syscall' | 'statusCode', unknown>
>;

/** An error, its cause, the cause of that, and so on. Of an `AggregateError`, the last error counts. */
export function causesOf(error: unknown): ErrorProperties[] {
  if (typeof error !== 'object' || error === null) {
    return [];
  }
  const { errors, cause }: { errors?: unknown[]; cause?: unknown } = error;
  return [error, ...causesOf(errors?.at(-1) ?? cause)];
}

/** The message of a failure, one line for each part. */
export function describeFailure(failure: Failure, environment: NodeJS.ProcessEnv): string {
  const { happened, cause, likelyCause, remedy, requestId } = failure.explanation;
  return [
    happened,
    cause === undefined ? `Likely cause: ${likelyCause}` : `Cause: ${cause}`,
    `What to do: ${remedy}`,
    ...(requestId === undefined ? [] : [`GitHub request ID: ${requestId}`]),
    `More: ${troubleshootingSection(failure.kind, environment)}`,
  ]
    .map((line) => line.replaceAll(/\s+/g, ' '))
    .join('\n');
}

/**
 * Where to read about a kind of failure, for the running version of the action.
 *
 * The runner leaves the variables empty for `uses: ./`. Only github.com gets a link: on other servers an action may come
 * from github.com too (GitHub Connect), and the environment does not say which.
 */
function troubleshootingSection(kind: FailureKind, environment: NodeJS.ProcessEnv): string {
  const {
    GITHUB_ACTION_REPOSITORY: repository,
    GITHUB_ACTION_REF: ref,
    GITHUB_SERVER_URL: server,
  } = environment;
  if (!repository) {
    return `section "${kind}" of docs/troubleshooting.md in this action's repository`;
  }
  return server === 'https://github.com'
    ? `${server}/${repository}/blob/${encodeURI(ref || 'HEAD').replaceAll('#', '%23')}/docs/troubleshooting.md#${kind}`
    : `section "${kind}" of docs/troubleshooting.md in ${repository}`;
}

/** A value from elsewhere, quoted for a message. A long one is left out entirely: redaction cannot recognize part of a secret. */
export function showValue(value: string): string {
  return value.length > 200 ? `(${value.length} characters)` : JSON.stringify(value);
}

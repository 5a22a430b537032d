/**
 * The ways in which a run can fail. Each is the anchor of a section of `docs/troubleshooting.md`; people link to them,
 * so that a name, once published, stays.
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

/** What a person is told about a failure. Sentences, each complete with its full stop. */
export interface Explanation {
  /** What happened. */
  readonly happened: string;
  /** The likely cause in this situation. */
  readonly cause: string;
  /** What to do about it. */
  readonly remedy: string;
  /** GitHub's id of the request that failed: its support asks for it. */
  readonly requestId?: string | undefined;
}

/** A failure that was foreseen, explained for the person who reads the log. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;
  readonly explanation: Explanation;

  constructor(kind: FailureKind, explanation: Explanation, options?: ErrorOptions) {
    super(`${explanation.happened} ${explanation.cause} ${explanation.remedy}`, options);
    this.kind = kind;
    this.explanation = explanation;
  }

  /** The failure that an error is; one that nobody foresaw is a defect of this action. */
  static from(error: unknown): Failure {
    if (error instanceof Failure) {
      return error;
    }
    const message = error instanceof Error ? error.message : String(error);
    return new Failure(
      'unexpected-error',
      {
        happened: `Something unexpected happened: ${message}.`,
        cause: 'A defect of this action, or a machine that it was not tried on.',
        remedy:
          "Run the job again with step debug logging (the secret ACTIONS_STEP_DEBUG set to true), and report what it says in this action's repository.",
      },
      { cause: error },
    );
  }
}

/**
 * An error, its cause, the cause of that, and so on: the deepest says what the operating system said. Where several
 * addresses were tried, that is about the last of them.
 */
export function causesOf(error: unknown): { name?: unknown; message?: unknown; code?: unknown }[] {
  if (typeof error !== 'object' || error === null) {
    return [];
  }
  const { errors, cause }: { errors?: unknown[]; cause?: unknown } = error;
  return [error, ...causesOf(errors?.at(-1) ?? cause)];
}

/**
 * The message of a failure: what happened, the likely cause, what to do, a line each.
 *
 * @param documentation where the action's documentation is found (see `documentationUrl`), if that is known
 */
export function describeFailure(failure: Failure, documentation: string | undefined): string {
  const { happened, cause, remedy, requestId } = failure.explanation;
  return [
    happened,
    `Likely cause: ${cause}`,
    `What to do: ${remedy}`,
    ...(requestId === undefined ? [] : [`GitHub request id: ${requestId}`]),
    documentation === undefined
      ? `More: the section "${failure.kind}" of docs/troubleshooting.md in this action's repository`
      : `More: ${documentation}#${failure.kind}`,
  ]
    .map((line) => line.replaceAll(/\s+/g, ' '))
    .join('\n');
}

/**
 * The address of the troubleshooting page in the version of the action that is running.
 *
 * The runner sets the two variables for `uses: OWNER/REPO@REF`; they are empty for an action in the workflow's own
 * repository (`uses: ./`), which has no address of its own.
 */
export function documentationUrl(environment: NodeJS.ProcessEnv): string | undefined {
  const repository = environment['GITHUB_ACTION_REPOSITORY'];
  if (!repository) {
    return undefined;
  }
  const server = environment['GITHUB_SERVER_URL'] || 'https://github.com';
  const ref = environment['GITHUB_ACTION_REF'] || 'HEAD';
  return `${server}/${repository}/blob/${ref}/docs/troubleshooting.md`;
}

/**
 * A value from elsewhere, to be shown in a message. A long one is left out as a whole: a part of it could hold a part of
 * a secret, which nothing would recognize.
 */
export function showValue(value: string): string {
  return value.length > 200 ? `(${value.length} characters)` : JSON.stringify(value);
}

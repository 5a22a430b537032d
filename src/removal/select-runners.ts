import type { Context } from '../context.ts';
import { findRunnersByName, listRunners, type RegisteredRunner } from '../github/runners.ts';
import type { RegisteredRemoval } from '../inputs.ts';
import type { Registration } from '../registration.ts';
import { wildcardPattern } from '../runner/paths.ts';

/** A runner that the inputs select. */
export interface SelectedRunner {
  readonly name: string;
  /** `undefined` for a full name that GitHub does not know. */
  readonly registered: RegisteredRunner | undefined;
  /** Whether `runner-name` contains its full name. */
  readonly isNamed: boolean;
  /** When GitHub was asked, by the context's clock. */
  readonly readAt: number;
}

/**
 * Finds the runners that the inputs select: full names one by one, patterns and labels in the complete list.
 *
 * @throws Failure if anything cannot be read
 */
export async function selectRunners(
  { names, labels }: RegisteredRemoval,
  registration: Registration,
  context: Context,
): Promise<SelectedRunner[]> {
  const { client, clock, log } = context;
  const selected: SelectedRunner[] = [];
  for (const name of names.filter((line) => !isPattern(line))) {
    const found = await findRunnersByName(client, { registration, name });
    const readAt = clock.now();
    const labeled = found.filter((runner) => hasLabels(runner, labels));
    if (labeled.length < found.length) {
      log.warning(
        `The runner "${name}" is left alone: it does not have all of the labels "${labels.join('", "')}".`,
      );
    }
    selected.push(
      ...labeled.map((registered) => ({ name: registered.name, registered, isNamed: true, readAt })),
      ...(found.length === 0 ? [{ name, registered: undefined, isNamed: true, readAt }] : []),
    );
  }
  const patterns = names.filter(isPattern).map(patternOf);
  if (patterns.length > 0 || names.length === 0) {
    const listed = await listAllRunners(registration, context);
    const readAt = clock.now();
    const matching = listed.filter(
      (runner) =>
        hasLabels(runner, labels) &&
        (names.length === 0 || patterns.some((pattern) => pattern.test(runner.name))),
    );
    log.info(`${matching.length} of ${listed.length} registered runners match.`);
    selected.push(
      ...matching.map((registered) => ({ name: registered.name, registered, isNamed: false, readAt })),
    );
  }
  // The first line that selects a runner counts.
  const ids = selected.map(({ registered }) => registered?.id);
  return selected.filter(({ registered }, index) => !registered || ids.indexOf(registered.id) === index);
}

function isPattern(line: string): boolean {
  return /[*?]/.test(line);
}

/** Only `*` and `?` are wildcards in a name. */
function patternOf(line: string): RegExp {
  return wildcardPattern(line.replaceAll(/[[\\]/g, '\\$&'), { flags: 'i' });
}

/** The list moves while its pages are read, because ephemeral runners come and go. An incomplete list is read again. */
async function listAllRunners(
  registration: Registration,
  { client, log }: Context,
): Promise<RegisteredRunner[]> {
  const runners = new Map<number, RegisteredRunner>();
  let total = 0;
  for (let reads = 0; reads === 0 || (reads === 1 && runners.size < total); reads += 1) {
    const list = await listRunners(client, registration);
    total = list.total;
    for (const runner of list.runners) {
      runners.set(runner.id, runner);
    }
  }
  if (runners.size < total) {
    log.warning(
      `GitHub returned only ${runners.size} of ${total} runners, even when the list was read again. The others are left alone. Re-run the step to remove them.`,
    );
  }
  return [...runners.values()];
}

function hasLabels(runner: RegisteredRunner, labels: readonly string[]): boolean {
  const own = runner.labels.map((label) => label.toLowerCase());
  return labels.every((label) => own.includes(label.toLowerCase()));
}

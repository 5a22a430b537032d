import pLimit from 'p-limit';
import type { Context } from '../context.ts';
import { findRunnersByName, listRunners, type RegisteredRunner } from '../github/runners.ts';
import { isPattern, type RegisteredRemoval } from '../inputs.ts';
import type { Registration } from '../registration.ts';
import { wildcardPattern } from '../runner/paths.ts';

/** A runner that the inputs select. */
export interface SelectedRunner {
  readonly name: string;
  /** `undefined` for a full name that GitHub does not know. */
  readonly registered: RegisteredRunner | undefined;
  /** Whether `runner-name` contains its full name. */
  readonly isNamed: boolean;
  /** When GitHub responded, by the context's clock. */
  readonly readAt: number;
}

const maximumParallel = 4;

/**
 * Finds the runners that the inputs select: full names one by one, patterns and labels in the complete list.
 *
 * @returns each runner once, in the order of the lines of `runner-name`
 * @throws Failure if anything cannot be read
 */
export async function selectRunners(
  { names, labels }: RegisteredRemoval,
  registration: Registration,
  context: Context,
): Promise<SelectedRunner[]> {
  const lines = names.length === 0 ? ['*'] : names;
  const listed = lines.some(isPattern) ? await listAllRunners(registration, context) : [];
  const readAt = context.clock.now();
  const selections = await pLimit(maximumParallel).map(lines, (line) => {
    if (!isPattern(line)) {
      return findNamed(line, labels, registration, context);
    }
    const pattern = patternOf(line);
    const matching = listed.filter((runner) => pattern.test(runner.name) && hasLabels(runner, labels));
    const selectors = [...(names.length > 0 ? [`name "${line}"`] : []), ...describeLabels(labels)];
    context.log.info(`Selected ${matching.length} of ${listed.length} runners (${selectors.join(', ')}).`);
    return matching.map((registered) => ({ name: registered.name, registered, isNamed: false, readAt }));
  });

  const selected = new Map<number | string, SelectedRunner>();
  for (const runner of selections.flat()) {
    const key = runner.registered?.id ?? runner.name.toLowerCase();
    if (!selected.get(key)?.isNamed) {
      selected.set(key, runner);
    }
  }
  return [...selected.values()];
}

async function findNamed(
  name: string,
  labels: readonly string[],
  registration: Registration,
  { client, clock, log }: Context,
): Promise<SelectedRunner[]> {
  const found = await findRunnersByName(client, { registration, name });
  const readAt = clock.now();
  if (found.length === 0) {
    return [{ name, registered: undefined, isNamed: true, readAt }];
  }
  const labeled = found.filter((runner) => hasLabels(runner, labels));
  if (labeled.length < found.length) {
    log.warning(
      `The runner "${name}" is left alone: it does not have every label in "runner-label" (${describeLabels(labels).join(', ')}).`,
    );
  }
  return labeled.map((registered) => ({ name: registered.name, registered, isNamed: true, readAt }));
}

async function listAllRunners(
  registration: Registration,
  { client, log }: Context,
): Promise<RegisteredRunner[]> {
  const { runners, total } = await listRunners(client, registration);
  if (runners.length < total) {
    log.warning(
      `GitHub returned only ${runners.length} of ${total} runners, although the list was read twice. The others are left alone. Re-run the step to remove them.`,
    );
  }
  return runners;
}

/** Only `*` and `?` are wildcards in a name. */
function patternOf(line: string): RegExp {
  return wildcardPattern(line.replaceAll(/[[\\]/g, '\\$&'), { flags: 'i' });
}

function hasLabels(runner: RegisteredRunner, labels: readonly string[]): boolean {
  const own = runner.labels.map((label) => label.toLowerCase());
  return labels.every((label) => own.includes(label.toLowerCase()));
}

function describeLabels(labels: readonly string[]): string[] {
  return labels.map((label) => `label "${label}"`);
}

import type { Context } from '../context.ts';
import { Failure } from '../failure.ts';
import { getRunner, type RunnerIdentity } from '../github/runners.ts';
import type { Outcome } from './result.ts';

/** Milliseconds before each read after a deletion: GitHub may list the runner for another moment. */
const confirmationWaits = [0, 1_000, 3_000];

/**
 * Verifies with GitHub that a runner whose deletion it accepted is gone.
 *
 * @param who the runner, for a message
 * @throws Failure `still-registered`
 */
export async function confirmDeletion(
  runner: RunnerIdentity,
  who: string,
  { client, clock, cancellation }: Context,
): Promise<Outcome> {
  try {
    for (const wait of confirmationWaits) {
      await clock.sleep(wait, cancellation.deadline);
      if ((await getRunner(client, runner)) === undefined) {
        return { result: 'removed' };
      }
    }
  } catch (error) {
    return { result: 'unconfirmed', detail: Failure.from(error).message };
  }
  throw new Failure('still-registered', {
    happened: `${who} (ID ${runner.id}) is still registered, although GitHub accepted its deletion.`,
    likelyCause: 'A problem or a delay on GitHub.',
    remedy:
      'Re-run the step in a few minutes. If the runner is still listed, delete it in the settings on GitHub.',
  });
}

import type { Context } from '../context.ts';
import type { Removal } from '../inputs.ts';
import { removeInstalledRunners } from './installed-runners.ts';
import { removeRegisteredRunners } from './registered-runners.ts';
import type { RunnerResult } from './result.ts';

// The one entry to what only a removal loads.
export { startBackgroundRemoval } from './after-job.ts';
export { watchForCancellation } from './cancellation.ts';

/**
 * Removes the selected runners: those that are installed on this machine, or registered ones wherever their machines are.
 *
 * @returns a result per runner, in the order of the inputs
 * @throws Failure before anything is changed
 */
export async function removeRunners(removal: Removal, context: Context): Promise<RunnerResult[]> {
  return removal.kind === 'installed'
    ? removeInstalledRunners(removal, context)
    : removeRegisteredRunners(removal, context);
}

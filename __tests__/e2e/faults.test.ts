import { beforeAll, test } from '@jest/globals';
import { type Fault, faults } from '../faults.ts';
import { expectFault, type FaultRun, runFault } from '../scenarios/faults.ts';

const runs = new Map<Fault, Promise<FaultRun>>();

/** Some at a time, each with a stand-in and a process of its own; those that mostly wait come on top of that. */
async function runAll(): Promise<void> {
  const slow = faults.filter(({ isSlow }) => isSlow);
  const queue = faults.filter(({ isSlow }) => !isSlow);
  const run = (fault: Fault): Promise<unknown> => {
    const result = runFault('dist', fault);
    runs.set(fault, result);
    return result.catch(() => undefined);
  };
  const worker = async (): Promise<void> => {
    for (let fault = queue.shift(); fault !== undefined; fault = queue.shift()) {
      await run(fault);
    }
  };
  await Promise.all([...slow.map(run), ...Array.from({ length: 4 }, worker)]);
}

beforeAll(runAll, 120_000);

test.each(faults)('$name: $outcome after $requests requests', async (fault) => {
  const run = await runs.get(fault);
  if (run === undefined) throw new Error('It was not run.');
  expectFault(fault, run);
});

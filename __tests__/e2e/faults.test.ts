import { test } from '@jest/globals';
import { faults } from '../faults.ts';
import { expectFault, runFault } from '../scenarios/faults.ts';

// The source is tested with all faults.
test.each(faults.filter(({ inBundle }) => inBundle))(
  '$name: $outcome (requests: $requests)',
  async (fault) => {
    expectFault(fault, await runFault('dist', fault));
  },
);

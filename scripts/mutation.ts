// Mutation tests: changes src/ in small ways, and reports the changes that no test notices. Run by `npm run test:mutation`;
// `-- --mutate src/failure.ts` changes one file only, `--mutate src/failure.ts:10-20` some of its lines.

import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

/** Each part of src/, and the tests that decide about it. All tests together would take days. */
const parts = [
  { directory: 'src/github/', tests: ['github/*'] },
  { directory: 'src/runner/', tests: ['runner/*'] },
  { directory: 'src/removal/', tests: ['removal/*'] },
  { directory: 'src/', tests: ['*'] },
];

const { values } = parseArgs({ options: { mutate: { type: 'string', multiple: true } } });
let killed = 0;
let total = 0;
for (const { directory, tests } of parts) {
  const depth = directory.split('/').length;
  const mutate = values.mutate?.filter(
    (path) => path.startsWith(directory) && path.split('/').length === depth,
  );
  if (mutate?.length === 0) continue;
  process.env['MUTATION_TESTS'] = tests.join(' ');
  const results = await new Stryker({ mutate: mutate ?? [`${directory}*.ts`] }).runMutationTest();
  const count = (...statuses: string[]) => results.filter(({ status }) => statuses.includes(status)).length;
  killed += count('Killed', 'Timeout');
  total += count('Killed', 'Timeout', 'Survived', 'NoCoverage');
}
console.log(
  `Mutation score: ${((100 * killed) / total).toFixed(1)} % (${killed} of ${total} mutants noticed)`,
);

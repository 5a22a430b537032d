// Mutation tests: Stryker changes src/ in small ways (mutants) and reports those that no test notices. Run by
// `npm run test:mutation`; `-- --mutate src/failure.ts` mutates one file, `--mutate src/failure.ts:10-20` some of its lines.
// Exits with 1 if the mutation score is too low.

import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';

/** In percent. */
const minimumScore = 95;

/** The parts of src/, and the tests that decide about each of them. Every mutant with every test would take days. */
const parts = [
  { directory: 'src/github/', tests: 'github/*' },
  { directory: 'src/runner/', tests: 'runner/*' },
  { directory: 'src/removal/', tests: 'removal/*' },
  { directory: 'src/', tests: '*' },
];

const { values } = parseArgs({ options: { mutate: { type: 'string', multiple: true } } });
let killed = 0;
let total = 0;
for (const { directory, tests } of parts) {
  const isInPart = (path: string) => path.slice(0, path.lastIndexOf('/') + 1) === directory;
  const mutate = values.mutate ? values.mutate.filter(isInPart) : [`${directory}*.ts`];
  if (mutate.length === 0) continue;
  // For jest.mutation.config.js.
  process.env['MUTATION_TESTS'] = tests;
  const results = await new Stryker({ mutate }).runMutationTest();
  const count = (...statuses: string[]) => results.filter(({ status }) => statuses.includes(status)).length;
  killed += count('Killed', 'Timeout');
  total += count('Killed', 'Timeout', 'Survived', 'NoCoverage');
}
const score = (100 * killed) / total;
console.log(`Mutation score: ${score.toFixed(1)} % (${killed} of ${total} mutants)`);
process.exitCode = score >= minimumScore ? 0 : 1;

import config from './jest.config.js';

/** The tests of the part of src/ that is mutated. Set by scripts/mutation.ts. */
const tests = process.env['MUTATION_TESTS'];
/** These do not run src/ in Jest's own process, or take long and kill few mutants. */
const excluded = ['documentation', 'interface', 'leaks', 'runners-schema', 'snippets', 'workflows'];

export default {
  ...config,
  globalSetup: undefined,
  testMatch: [`<rootDir>/__tests__/${tests}.test.ts`],
  testPathIgnorePatterns: [
    ...config.testPathIgnorePatterns,
    `<rootDir>/__tests__/(${excluded.join('|')})\\.test\\.ts$`,
  ],
  testEnvironment: './scripts/stop-at-first-failure.js',
};

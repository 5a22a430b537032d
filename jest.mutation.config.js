import config from './jest.config.js';

/** Patterns of test files: those of the part of src/ that is mutated. Set by scripts/mutation.ts. */
const tests = process.env['MUTATION_TESTS']?.split(' ') ?? ['**/*'];
/** These do not run src/ in Jest's own process, or take long and add little. */
const excluded = [
  'documentation',
  'fleet',
  'interface',
  'leaks',
  'pictures',
  'snippets',
  'soak',
  'workflows',
];

export default {
  ...config,
  globalSetup: undefined,
  testMatch: tests.map((path) => `<rootDir>/__tests__/${path}.test.ts`),
  testPathIgnorePatterns: [
    '/node_modules/',
    '/__tests__/windows/',
    `/__tests__/(${excluded.join('|')})\\.test\\.ts$`,
  ],
  testEnvironment: './scripts/stop-at-first-failure.js',
};

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  // End-to-end tests start processes; a loaded machine takes its time, and nothing here is about speed.
  testTimeout: 30_000,
  maxWorkers: '100%',
  extensionsToTreatAsEsm: ['.ts'],
  // ts-jest rewrites the `.ts` of relative imports to `.js`; this finds the source again.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: 'tsconfig.test.json' }] },
  // The v8 provider misses implicit `else` branches and unused default values.
  coverageProvider: 'babel',
  collectCoverageFrom: ['src/**/*.ts'],
  coverageThreshold: { global: { lines: 100, branches: 100, functions: 100, statements: 100 } },
};

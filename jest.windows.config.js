import config from './jest.config.js';

/** Runs dist/ on Windows' own Node.js: see scripts/test-windows.ts. */
export default {
  ...config,
  globalSetup: undefined,
  testMatch: ['<rootDir>/__tests__/windows/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  collectCoverage: false,
  coverageThreshold: undefined,
};

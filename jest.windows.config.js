import config from './jest.config.js';

/** Runs dist/ on Windows' own Node.js: see scripts/test-windows.ts. */
export default {
  ...config,
  globalSetup: undefined,
  testMatch: ['<rootDir>/__tests__/windows/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  // On a loaded machine, a program of Windows takes seconds to start.
  testTimeout: 60_000,
};

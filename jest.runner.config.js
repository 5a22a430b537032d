import config from './jest.config.js';

/** The tests of the official runner. They wait for its attempts, which are seconds apart. */
export default {
  ...config,
  globalSetup: undefined,
  testMatch: ['<rootDir>/__tests__/official-runner/*.spec.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    // The stand-in for GitHub only has the archive of the action that Linux and macOS download.
    ...(process.platform === 'win32' ? ['/job\\.spec\\.ts$'] : []),
  ],
  testTimeout: 120_000,
  verbose: true,
  // macOS has one loopback address, and so one port 80.
  maxWorkers: process.platform === 'darwin' ? 1 : 2,
};

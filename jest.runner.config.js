import config from './jest.config.js';

/** The tests of the official runner. They wait for its attempts, which are seconds apart. */
export default {
  ...config,
  testMatch: ['<rootDir>/__tests__/official-runner/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 120_000,
  // macOS has one loopback address, and so one port 80.
  maxWorkers: process.platform === 'darwin' ? 1 : 2,
};

import config from './jest.config.js';

/** Only what runs the source in this process notices a mutation; the soak and the leaks take long and add little. */
export default {
  ...config,
  testPathIgnorePatterns: ['/node_modules/', '/e2e/', '/sandbox/', '/contract/', 'soak.test', 'leaks.test'],
  runner: '<rootDir>/scripts/mutation/runner.js',
  testEnvironment: './scripts/mutation/environment.js',
};

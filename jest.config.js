import { availableParallelism } from 'node:os';

/**
 * Tests of what exists on Linux only: a runner's shell scripts, /proc, other accounts, proxies. On macOS and Windows, the
 * others run: dist/ creates tokens there too, and src/ is told the platform.
 */
const onLinuxOnly = [
  'e2e/(after-job|cancellation|crash|faults|hosts|network|removal|services|soak)',
  'official-runner/stand-in',
  '(removal|runner)/.*',
  'sandbox/(demo|launcher|processes|serve)',
  '(leaks|main)',
].map((names) => `<rootDir>/__tests__/${names}\\.test\\.ts$`);
const isLinux = process.platform === 'linux';

/** @type {import('jest').Config} */
export default {
  globalSetup: '<rootDir>/scripts/check-system-tools.ts',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/__tests__/windows/', ...(isLinux ? [] : onLinuxOnly)],
  // On a busy machine, starting processes takes long.
  testTimeout: 30_000,
  // More than cores: many tests wait for processes.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/strip-types.js' },
  // The v8 provider misses implicit `else` branches and unused default values.
  coverageProvider: 'babel',
  collectCoverageFrom: ['src/**/*.ts'],
  coverageThreshold: isLinux
    ? { global: { lines: 100, branches: 100, functions: 100, statements: 100 } }
    : undefined,
};

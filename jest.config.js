import { availableParallelism } from 'node:os';

/**
 * What needs Linux: a runner's shell scripts, its processes in /proc, other accounts, proxies. Elsewhere the rest is run:
 * the bundle asks for tokens as it does here, and what the source does on macOS and Windows is tested with the platform
 * passed in.
 */
const onLinuxOnly = [
  'e2e/(after-job|cancellation|crash|faults|hosts|network|removal|services|soak)',
  'runner/(account|deregistration|directories|installation|processes|service)',
  'official-runner/stand-in',
  'sandbox/(demo|installation|job-on-installation|launcher|processes|serve|service)',
  '(after-job|background|cancellation|faults|hosts|leaks|pictures|removal|removal-step|remove-runner|services|soak)',
].map((names) => `<rootDir>/__tests__/${names}\\.test\\.ts$`);
const isLinux = process.platform === 'linux';

/** @type {import('jest').Config} */
export default {
  globalSetup: '<rootDir>/scripts/check-system-tools.ts',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/__tests__/windows/', ...(isLinux ? [] : onLinuxOnly)],
  // End-to-end tests start processes; a loaded machine takes its time, and nothing here is about speed.
  testTimeout: 30_000,
  // More than there are cores: these tests wait for processes a good deal of the time.
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

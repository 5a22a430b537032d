import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import TestRunner from 'jest-runner';

/**
 * Runs the tests of a mutant. Stryker names the tests that reach it, and leaves it to Jest to load every file that could
 * hold one of them, and to run all of them. This runner loads those files only that do: first the one that is named after
 * the file with the mutant, then those that take the least time. It stops after the first that fails. The run without a
 * mutant, which comes before, tells it where each test is, and how long it takes.
 */
export default class extends TestRunner {
  async runTests(tests, watcher, options) {
    const { rootDir, testNamePattern, nonFlagArgs } = this._globalConfig;
    const file = join(rootDir, 'test-files.json');
    if (process.env.__STRYKER_ACTIVE_MUTANT__ === undefined) {
      const known = {};
      this.on('test-file-success', ([{ path }, { testResults }]) => {
        known[path] = testResults.map(({ fullName, duration }) => ({ fullName, duration }));
        writeFileSync(file, JSON.stringify(known));
      });
      return super.runTests(tests, watcher, options);
    }
    const known = JSON.parse(readFileSync(file, 'utf8'));
    const pattern = new RegExp(testNamePattern ?? '', 'i');
    const own = nonFlagArgs.map((path) => basename(path).replace(/\.ts$/, '.test.ts'));
    const chosen = tests
      .map((test) => ({ test, reaching: known[test.path].filter(({ fullName }) => pattern.test(fullName)) }))
      .filter(({ reaching }) => reaching.length > 0)
      .map(({ test, reaching }) => {
        const time = reaching.reduce((sum, { duration }) => sum + duration, 0);
        return { test, rank: own.includes(basename(test.path)) ? -1 : time };
      })
      .sort((one, other) => one.rank - other.rank)
      .map(({ test }) => test);
    const stop = () => watcher.setState({ interrupted: true });
    this.on('test-file-success', ([, { numFailingTests }]) => numFailingTests > 0 && stop());
    this.on('test-file-failure', stop);
    return super.runTests(chosen, watcher, options);
  }
}

import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import TestRunner from 'jest-runner';

/**
 * Runs the tests of a mutant. Stryker names the tests that reach it, and leaves it to Jest to load every file that could
 * hold one of them, and to run all of them. This runner loads those files only that do: first the one that is named after
 * the file with the mutant, then the quickest. It stops after the first that fails. The run without a mutant, which comes
 * before, tells it where each test is, and how long a file takes.
 */
export default class extends TestRunner {
  async runTests(tests, watcher, options) {
    const { rootDir, testNamePattern, nonFlagArgs } = this._globalConfig;
    const file = join(rootDir, 'test-files.json');
    if (process.env.__STRYKER_ACTIVE_MUTANT__ === undefined) {
      const known = {};
      this.on('test-file-success', ([{ path }, { testResults, perfStats }]) => {
        known[path] = { duration: perfStats.runtime, names: testResults.map(({ fullName }) => fullName) };
        writeFileSync(file, JSON.stringify(known));
      });
      return super.runTests(tests, watcher, options);
    }
    const known = JSON.parse(readFileSync(file, 'utf8'));
    const pattern = new RegExp(testNamePattern ?? '', 'i');
    const own = nonFlagArgs.map((path) => basename(path).replace(/\.ts$/, '.test.ts'));
    const rank = ({ path }) => (own.includes(basename(path)) ? -1 : known[path].duration);
    const chosen = tests
      .filter(({ path }) => known[path].names.some((name) => pattern.test(name)))
      .sort((one, other) => rank(one) - rank(other));
    const stop = () => watcher.setState({ interrupted: true });
    this.on('test-file-success', ([, { numFailingTests }]) => numFailingTests > 0 && stop());
    this.on('test-file-failure', stop);
    return super.runTests(chosen, watcher, options);
  }
}

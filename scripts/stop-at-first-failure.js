import { TestEnvironment } from 'jest-environment-node';

/** The mutant that a test has already noticed, by Stryker's id. */
let killed;

/** Skips the remaining tests once one has failed: Stryker cannot stop Jest, and a mutant needs to be killed only once. */
export default class extends TestEnvironment {
  handleTestEvent(event) {
    const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
    if (event.name === 'test_start' && mutant !== undefined && mutant === killed) event.test.mode = 'skip';
    if (event.name === 'test_done' && event.test.errors.length > 0) killed = mutant;
  }
}

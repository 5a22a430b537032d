import { TestEnvironment } from 'jest-environment-node';

/** Leaves out the rest of a file's tests when one has failed: a mutant is found once. */
export default class extends TestEnvironment {
  #failed = false;

  handleTestEvent(event) {
    if (event.name === 'test_start' && this.#failed) {
      event.test.mode = 'skip';
    } else if (event.name === 'test_done') {
      this.#failed ||= event.test.errors.length > 0;
    }
  }
}

import { type ExecOptions, exec } from '@actions/exec';

/** The message with which Node.js reports that the operating system did not start a program: `spawn E2BIG`. */
const notStarted = /^spawn \S+$/;

/**
 * Runs a program without output in the log, whatever its exit code.
 *
 * If the operating system does not start it, `exec` (2.0) causes an unhandled rejection and never settles. Then every
 * program that is running in parallel counts as not started too: nothing tells them apart.
 *
 * @param program absolute: the toolkit logs the directories of `PATH` that it cannot read
 * @throws Error if it was not started
 */
export async function execQuietly(
  program: string,
  args: readonly string[],
  options: ExecOptions,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const onRejection = (error: unknown) => {
      if (!(error instanceof Error && notStarted.test(error.message))) {
        throw error;
      }
      settle(() => reject(error));
    };
    const settle = (act: () => void) => {
      process.off('unhandledRejection', onRejection);
      act();
    };
    process.on('unhandledRejection', onRejection);
    exec(program, [...args], { ...options, silent: true, ignoreReturnCode: true }).then(
      (exitCode) => settle(() => resolve(exitCode)),
      (error) => settle(() => reject(error)),
    );
  });
}

import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { readThroughLinks } from './files.ts';

/**
 * Rejects a `.env` that sets arguments of `config.sh` (`ACTIONS_RUNNER_INPUT_*`): the runner loads it over the environment
 * that it is started with.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Listener/Program.cs (LoadAndSetEnv)
 * @throws Failure `removal-failed` for such a variable, and when the file cannot be read
 */
export async function checkEnvFile(directory: string): Promise<void> {
  const path = join(directory, '.env');
  const content = await readThroughLinks(path);
  // .NET reads UTF-8, UTF-16 and UTF-32, by the byte order mark. ASCII looks the same in all of them without zeros.
  const text = Buffer.from(content?.bytes.filter((byte) => byte !== 0) ?? []).toString('latin1');
  const [, variable] = /^[\xEF\xBB\xBF\xFE\xFF]*(ACTIONS_RUNNER_INPUT_\w*)[^\r\n]*=/im.exec(text) ?? [];
  if (variable !== undefined) {
    throw new Failure('removal-failed', {
      happened: `${path} sets ${variable}, which changes what config.sh does. Nothing was changed.`,
      cause: 'A job or a person added this line. The runner itself never does.',
      remedy: `Find out where the line comes from, delete it from ${path}, and run the step again.`,
    });
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How an installation differs from one whose removal is immediate and succeeds. */
export interface Behavior {
  /** Milliseconds before `config.sh` sends its first request. */
  delay?: number;
  /** What `config.sh` prints in addition, such as workflow commands. */
  output?: string;
  /** `config.sh remove` fails with this exit code before its first request. */
  exitCode?: number;
  /** The reason that it prints then. */
  message?: string;
  /** `systemctl stop` fails. */
  stopFails?: boolean;
  /**
   * The listener learns from its next poll that the runner was deregistered, and ends. Otherwise it runs until the test ends: a
   * real poll takes up to 50 seconds, and before 2.336 the listener retries forever.
   */
  noticesRemoval?: boolean;
}

export function readBehavior(directory: string): Behavior {
  return JSON.parse(readFileSync(join(directory, '.sandbox/behavior.json'), 'utf8')) as Behavior;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How an installation differs from one whose removal is immediate and succeeds. */
export interface Behaviour {
  /** Milliseconds between two attempts of a request; 10 by default. The real runner waits 1 to 5 seconds. */
  pause?: number;
  /** Milliseconds before `config.sh` sends its first request. */
  delay?: number;
  /** Milliseconds of processor time that it uses before that. */
  work?: number;
  /** What `config.sh` prints in addition, such as workflow commands. */
  output?: string;
  /** `config.sh remove` fails with this exit code before its first request. */
  exitCode?: number;
  /** The reason that it prints then. */
  message?: string;
  /** Milliseconds between a signal and the end of the listener, and so of its service. */
  stopDelay?: number;
  /** `systemctl stop` fails. */
  stopFails?: boolean;
  /**
   * The listener learns from its next poll that the runner was deregistered, and ends. Otherwise it does not while a test runs: a
   * real poll takes up to 50 seconds, and before 2.336 the listener retries forever.
   */
  noticesRemoval?: boolean;
}

export function readBehaviour(directory: string): Behaviour {
  return JSON.parse(readFileSync(join(directory, '.sandbox/behaviour.json'), 'utf8')) as Behaviour;
}

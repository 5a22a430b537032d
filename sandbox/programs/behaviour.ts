// What a test wants to be different about an installation.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How the stand-in is to differ from a removal that takes no time and works. */
export interface Behaviour {
  /** Milliseconds between two tries of a request, 50 unless given. The runner waits 1 to 5 seconds. */
  pause?: number;
  /** Milliseconds that pass before GitHub is spoken to. */
  delay?: number;
  /** Milliseconds of processor time that are spent before that. */
  work?: number;
  /** Text that is printed on the way, such as workflow commands. */
  output?: string;
  /** Fail with this code before GitHub is spoken to. */
  exitCode?: number;
  /** The reason given for that. */
  message?: string;
  /** Signals that the listener does not end on. A service sends it SIGINT. */
  ignoredSignals?: ('SIGINT' | 'SIGTERM')[];
  /** Milliseconds that the listener takes to end after a signal, and a service to stop with it. */
  stopDelay?: number;
  /** `systemctl stop` fails, and the service goes on. */
  stopFails?: boolean;
  /** The listener ends when the local configuration is gone, as since 2.336. It does not ask GitHub. */
  noticesRemoval?: boolean;
}

export function readBehaviour(directory: string): Behaviour {
  return JSON.parse(readFileSync(join(directory, '.sandbox/behaviour.json'), 'utf8')) as Behaviour;
}

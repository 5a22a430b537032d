import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { expect, test } from '@jest/globals';
import { watchForCancellation } from '../../src/cancellation.ts';
import { systemClock } from '../../src/clock.ts';
import { recordingLog } from '../support.ts';

test.each(['SIGINT', 'SIGTERM'])(
  'after %s nothing new is begun, and after a while the programs that were started are ended',
  async (signal) => {
    const signals = new EventEmitter();
    const { log, lines } = recordingLog();
    const waits: number[] = [];
    let endGrace = () => {};
    const child = spawn('sh', ['-c', 'sleep 600 & wait']);
    await once(child, 'spawn');
    const requests = new AbortController();
    const cancelled = watchForCancellation(signals, process.platform, requests, log, {
      ...systemClock,
      later: (milliseconds, act) => {
        waits.push(milliseconds);
        endGrace = act;
      },
    });

    expect(cancelled.aborted).toBe(false);
    signals.emit(signal);
    expect(cancelled.aborted).toBe(true);
    // The runner sends the other one too, later.
    signals.emit('SIGTERM');
    expect(child.exitCode).toBeNull();
    expect(lines).toEqual([expect.stringMatching(/^warning: .*being cancelled/)]);
    // The runner kills after ten seconds.
    expect(waits).toEqual([6_000]);
    expect(requests.signal.aborted).toBe(false);

    endGrace();
    expect(requests.signal.reason).toMatchObject({
      kind: 'removal-failed',
      explanation: {
        happened: 'The step was cancelled before GitHub had answered.',
        cause: expect.stringContaining('cancelled the job, or the step ran into its time limit'),
        remedy: expect.stringContaining('goes on where it stopped'),
      },
    });
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
  },
);

import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { watchForCancellation } from '../../src/removal/cancellation.ts';
import { recordingLog } from '../support.ts';

test.each(['SIGINT', 'SIGTERM'])(
  'a step that receives %s ends in stages, before the runner kills it',
  async (signal) => {
    const exits: string[] = [];
    const process = Object.assign(new EventEmitter(), {
      platform: globalThis.process.platform,
      exit: () => void exits.push('exit'),
    });
    const { log, lines } = recordingLog();
    const stages = new Map<number, () => void>();
    const child = spawn('sleep', ['600'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const deadline = new AbortController();
    const cancellation = watchForCancellation(process, deadline, log, {
      ...systemClock,
      later: (milliseconds, act) => void stages.set(milliseconds, act),
    });
    expect(cancellation.requested.aborted).toBe(false);

    process.emit(signal);
    expect(cancellation.requested.aborted).toBe(true);
    // The runner sends the other signal later.
    process.emit('SIGTERM');

    expect(lines).toEqual([expect.stringMatching(/^warning: The step was cancelled/)]);
    expect([...stages.keys()]).toEqual([6_000, 8_000, 9_000]);
    expect([cancellation.deadline.aborted, cancellation.abandoned.aborted, child.exitCode]).toEqual([
      false,
      false,
      null,
    ]);

    stages.get(6_000)?.();
    expect(cancellation.deadline.reason).toMatchObject({
      kind: 'removal-failed',
      explanation: {
        happened: 'The step was cancelled before GitHub responded.',
        cause: 'Someone cancelled the job, or the step reached its time limit.',
        remedy: 'Re-run the step. It continues where it stopped.',
      },
    });
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);

    stages.get(8_000)?.();
    expect(cancellation.abandoned.reason).toMatchObject({
      explanation: { happened: 'A program could not be terminated and is still running.' },
    });
    expect(exits).toEqual([]);
    stages.get(9_000)?.();
    expect(exits).toEqual(['exit']);
  },
);

import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { main, post } from './main.ts';
import { workflowCommands } from './workflow-commands.ts';

/** The argument that tells the background process of `remove: after-job` from a step. */
const backgroundArgument = 'remove-after-job';
/** The state that the main step leaves for the post step: the installation to remove, if one was scheduled. */
export const scheduledState = 'after-job';

/** Does what this process was started for: as the main step, as the post step, or in the background. */
export async function start(process: NodeJS.Process): Promise<void> {
  const [, program, argument] = process.argv;
  if (argument === backgroundArgument) {
    const { runInBackground } = await import('./background.ts');
    return runInBackground(process, delay);
  }
  const machine = {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    execPath: process.execPath,
    environment: process.env,
  };
  const scheduled = process.env[`STATE_${scheduledState}`];
  return scheduled
    ? // The post step's own file, beside this one, would find nothing to do.
      post(workflowCommands, machine, scheduled, [
        join(dirname(String(program)), 'index.js'),
        backgroundArgument,
      ])
    : main(workflowCommands, machine, process);
}

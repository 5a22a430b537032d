import { dirname, join } from 'node:path';
import * as actionsCore from '@actions/core';
import { type Clock, systemClock } from './clock.ts';
import type { Machine } from './context.ts';
import { Failure } from './failure.ts';
import { createApiClient } from './github/api-client.ts';
import { readInputs } from './inputs.ts';
import { type Core, createLog } from './log.ts';
import { RemoveTokens } from './remove-tokens.ts';
import { createReport, scheduledState } from './report.ts';
import { Secrets } from './secrets.ts';
import { targetOfInputs } from './target.ts';

/** The argument that starts the background process of `remove: after-job`. */
const backgroundArgument = 'remove-after-job';

/** Runs what this process was started for: the main step, the post step, or the background process of `after-job`. */
export async function run(
  process: NodeJS.Process,
  core: Core = actionsCore,
  clock: Clock = systemClock,
): Promise<void> {
  const [, program, argument] = process.argv;
  if (argument === backgroundArgument) {
    const { runInBackground } = await import('./removal/background.ts');
    return runInBackground(process, clock);
  }

  const secrets = new Secrets(core.setSecret);
  const log = createLog(core, secrets);
  const report = createReport(core, log, secrets, process.env);
  try {
    const inputs = readInputs(core.getInput, process.env, secrets);
    const { adminToken, ...shown } = inputs;
    log.debug(`Inputs: ${JSON.stringify({ ...shown, tokenKind: adminToken.kind })}`);
    const deadline = new AbortController();
    const client = createApiClient({ ...inputs, log, clock, signal: deadline.signal });
    const removeTokens = new RemoveTokens(client, secrets, log, clock);

    const scheduled = core.getState(scheduledState);
    if (scheduled === '') {
      inputs.warnings.forEach(log.warning);
    }
    if (inputs.removal === undefined) {
      report.tokens([await removeTokens.for(targetOfInputs(inputs))]);
      return;
    }

    // Most runs only create a token and do not load this.
    const { removeRunners, startBackgroundRemoval, watchForCancellation } = await import(
      './removal/removal.ts'
    );
    const cancellation = watchForCancellation(process, deadline, log, clock);
    const machine = machineOf(process);
    const context = { inputs, machine, client, removeTokens, secrets, log, clock, cancellation };
    if (scheduled !== '') {
      // Not post.js, which does nothing without the state of the step.
      const index = join(dirname(String(program)), 'index.js');
      await startBackgroundRemoval(scheduled, [index, backgroundArgument], context);
      return;
    }
    const results = await removeRunners(inputs.removal, context);
    report.tokens(await removeTokens.all());
    await report.runners(results.map((result) => result.report));
    report.failures(results.flatMap(({ failure }) => failure ?? []));
  } catch (error) {
    report.failures([Failure.from(error)]);
  }
}

function machineOf(process: NodeJS.Process): Machine {
  const { platform, execPath, argv0, env } = process;
  return { platform, execPath, argv0, environment: env, isRoot: process.getuid?.() === 0 };
}

import type { EventEmitter } from 'node:events';
import { addressedByInputs } from './addressing.ts';
import type { Machine } from './candidate.ts';
import { type Clock, systemClock } from './clock.ts';
import { documentationUrl, Failure } from './failure.ts';
import { type Client, createClient } from './github/client.ts';
import { Grants } from './grants.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { type Core, createLog, type Log } from './log.ts';
import { createReport, type Report } from './report.ts';
import { Secrets } from './secrets.ts';

/** What a step works with. */
interface Step {
  readonly inputs: Inputs;
  readonly client: Client;
  readonly grants: Grants;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly report: Report;
  /** Aborts, with a failure, what is asked of GitHub. */
  readonly requests: AbortController;
}

/**
 * The main step: a remove token is created, masked and handed on; with `remove`, runners are taken out of service with
 * it. However it ends, the user is told through `core`, and nothing is thrown.
 *
 * @param signals tells of the runner's wish to cancel the step: `process`
 */
export async function main(
  core: Core,
  machine: Machine,
  signals: Pick<EventEmitter, 'on'>,
  clock: Clock = systemClock,
): Promise<void> {
  await run(core, machine, clock, async ({ inputs, requests, report, ...tools }) => {
    if (inputs.removal.when === 'never') {
      report.tokens([await tools.grants.for(addressedByInputs(inputs))]);
      return;
    }
    // Loaded only here: most runs ask for a token and nothing else.
    const { removeRunners, watchForCancellation } = await import('./removal.ts');
    const cancelled = watchForCancellation(signals, machine.platform, requests, tools.log, clock);
    const endings = await removeRunners(inputs, inputs.removal, { ...tools, machine, cancelled });
    report.tokens(await tools.grants.all());
    await report.runners(endings.map((ending) => ending.report));
    report.failures(endings.flatMap(({ failure }) => failure ?? []));
  });
}

/**
 * The post step of `remove: after-job`, at the end of the job and whatever its outcome.
 *
 * @param directory the installation that the main step has scheduled
 * @param program what Node.js runs in the background: a file and arguments
 */
export async function post(
  core: Core,
  machine: Machine,
  directory: string,
  program: readonly string[],
  clock: Clock = systemClock,
): Promise<void> {
  await run(core, machine, clock, async ({ inputs, ...tools }) => {
    const { handToBackground } = await import('./removal.ts');
    await handToBackground(directory, inputs, { ...tools, machine }, program);
  });
}

async function run(
  core: Core,
  machine: Machine,
  clock: Clock,
  act: (step: Step) => Promise<void>,
): Promise<void> {
  const secrets = new Secrets(core.setSecret);
  const log = createLog(core, secrets);
  const report = createReport(core, log, secrets, documentationUrl(machine.environment));
  try {
    const inputs = readInputs(core.getInput, machine.environment, secrets);
    const { server, named, currentRepository, removal } = inputs;
    log.debug(`Inputs: ${JSON.stringify({ server, named, currentRepository, removal })}`);
    const requests = new AbortController();
    const client = createClient(inputs, log, clock, requests.signal);
    await act({ inputs, client, grants: new Grants(client, secrets, log), secrets, log, report, requests });
  } catch (error) {
    report.failures([Failure.from(error)]);
  }
}

import { addressedByInputs } from './addressing.ts';
import { type Clock, systemClock } from './clock.ts';
import { documentationUrl, Failure } from './failure.ts';
import { createClient } from './github/client.ts';
import { Grants } from './grants.ts';
import { readInputs } from './inputs.ts';
import { type Core, createLog } from './log.ts';
import type { Machine } from './removal.ts';
import { createReport } from './report.ts';
import { Secrets } from './secrets.ts';

/**
 * The main step: a remove token is created, masked and handed on; with `remove`, runners are taken out of service
 * with it. However it ends, the user is told through `core`, and nothing is thrown.
 */
export async function main(core: Core, machine: Machine, clock: Clock = systemClock): Promise<void> {
  const secrets = new Secrets(core.setSecret);
  const log = createLog(core, secrets);
  const report = createReport(core, log, secrets, documentationUrl(machine.environment));
  try {
    const inputs = readInputs(core.getInput, machine.environment, secrets);
    const client = createClient(inputs, log, clock);
    const grants = new Grants(client, secrets, log);

    if (inputs.removal.when === 'never') {
      report.tokens([await grants.for(addressedByInputs(inputs))]);
      return;
    }

    // Loaded only here: most runs ask for a token and nothing else.
    const { removeRunners } = await import('./removal.ts');
    const { reports, failures } = await removeRunners(inputs, inputs.removal, {
      client,
      grants,
      secrets,
      log,
      machine,
    });
    report.tokens(await grants.all());
    report.runners(reports);
    const [first, ...more] = failures;
    if (first !== undefined) {
      report.failures([first, ...more]);
    }
  } catch (error) {
    report.failures([Failure.from(error)]);
  }
}

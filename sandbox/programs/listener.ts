// Stand-in for `Runner.Listener run`: waits for jobs and never gets one.

import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readBehavior } from './behavior.ts';
import { deleteConfiguration, isConfigured, readSettings, root } from './configuration.ts';
import { nameProcess } from './processes.ts';

/** The exit code is that of the real listener. */
const signals = { SIGINT: 0, SIGTERM: 143 } as const;

/** Whether GitHub responds to a poll that the runner is not registered. */
function isDeregistered(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, (response) => resolve(response.resume().statusCode === 404)).on('error', () => resolve(false));
  });
}

for (const [signal, exitCode] of Object.entries(signals) as [keyof typeof signals, number][]) {
  process.on(signal, () => {
    if (signal === 'SIGINT') console.log('Exiting...');
    process.exit(exitCode);
  });
}

nameProcess('Runner.Listener');
if (!isConfigured()) {
  console.error('An error occurred: Not configured. Run config.(sh/cmd) to configure the runner.');
  process.exit(1);
}
const settings = readSettings();
const poll = `${settings.get('serverurlv2')}message?runner=${settings.get('agentid')}`;
console.log('Listening for Jobs');

// Ends after 10 minutes, and with the installation: a test may be killed before it stops the listener.
for (
  const end = Date.now() + 600_000;
  Date.now() < end && existsSync(join(root, '.sandbox'));
  await pause(100)
) {
  if (readBehavior(root).noticesRemoval && (await isDeregistered(poll))) {
    console.error('The runner no longer exists on the server. Cleaning up local configuration.');
    deleteConfiguration();
    break;
  }
}
process.exit();

// Stand-in for `bin/Runner.Listener run`: waits for jobs, which never come. It is told apart from the one that
// `config.sh` starts by its program, Runner.Listener.mjs.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readBehaviour } from './behaviour.ts';
import { nameProcess } from './processes.ts';

const directory = resolve(import.meta.dirname, '../..');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    const { ignoredSignals = [], stopDelay = 0 } = readBehaviour(directory);
    if (!ignoredSignals.includes(signal)) setTimeout(() => process.exit(), stopDelay);
  });
}

setInterval(() => {
  // The test may have been killed before it could remove the installation properly.
  if (!existsSync(join(directory, '.sandbox'))) process.exit();
  if (!existsSync(join(directory, '.runner')) && readBehaviour(directory).noticesRemoval) process.exit();
}, 100);
setTimeout(() => process.exit(), 600_000);

nameProcess('Runner.Listener');
console.log('Listening for Jobs');

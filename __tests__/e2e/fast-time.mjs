// Makes time pass 600 times as fast in the process of a step that waits: a minute takes 0.1 seconds. Loaded by `node --import`.

import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

const factor = 600;
const { setTimeout } = timers;
const now = performance.now.bind(performance);
timers.setTimeout = (milliseconds, ...rest) => setTimeout(milliseconds / factor, ...rest);
performance.now = () => now() * factor;
syncBuiltinESMExports();

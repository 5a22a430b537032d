// Measures what the action costs. Run by `npm run bench`, which takes less than a minute; `-- --rounds 50` takes more samples.
// Absolute figures depend on the machine, ratios hardly do.

import { parseArgs } from 'node:util';
import { describeToken, measureToken } from './token.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '25' } } });
const rounds = Number(values.rounds);
if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error('--rounds must be an integer above 0.');

/** Shows on one line what is being measured. */
function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what && `${what} ...`}`);
  else if (what !== '' && !/round [1-9]\d* /.test(what)) console.error(`${what} ...`);
}

const result = await measureToken(rounds, progress);
progress('');
console.log(describeToken(result));

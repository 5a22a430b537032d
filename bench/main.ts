// Measures what the action costs. Run by `npm run bench`, which takes about a minute; `-- --rounds 50` takes more samples,
// `-- --json` prints the results as JSON. Absolute figures depend on the machine, ratios hardly do.

import { parseArgs } from 'node:util';
import { describeBackground, measureBackground } from './background.ts';
import { describeHost, measureHost } from './host.ts';
import { describeToken, measureToken } from './token.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '25' } },
});
const rounds = Number(values.rounds);
if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error('--rounds must be an integer above 0.');

/** Shows on one line what is being measured. */
function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what && `${what} ...`}`);
  else if (what !== '' && !/round [1-9]\d* /.test(what)) console.error(`${what} ...`);
}

/** Prints a result as soon as it is known. */
function show<Result>(result: Result, describe: (result: Result) => string): Result {
  progress('');
  if (!values.json) console.log(`${describe(result)}\n`);
  return result;
}

const token = show(await measureToken(rounds, progress), describeToken);
// The scripts of the stand-in are those of Linux.
const isLinux = process.platform === 'linux';
const host = isLinux ? show(await measureHost(progress), describeHost) : undefined;
const background = isLinux ? show(await measureBackground(progress), describeBackground) : undefined;
if (values.json) {
  console.log(JSON.stringify({ node: process.version, token, host, background }, undefined, 2));
}

// Measures what the action costs. Run by `npm run bench`; `-- --json` prints figures for machines, `-- --rounds 50` takes
// more samples. The figures are those of one machine, the ratios hardly depend on it.

import { parseArgs } from 'node:util';
import { describeBackground, measureBackground } from './background.ts';
import { describeHost, measureHost } from './host.ts';
import { describeToken, measureToken } from './token.ts';

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '25' } },
});
const rounds = Number(values.rounds);
if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error('--rounds takes a number above 0');

/** Prints a result as soon as it is there, unless all are to be printed for machines. */
function show<Result>(result: Result, describe: (result: Result) => string): Result {
  if (!values.json) console.log(`${describe(result)}\n`);
  return result;
}

const token = show(await measureToken(rounds), describeToken);
const host = show(await measureHost(), describeHost);
const background = show(
  process.platform === 'linux' ? await measureBackground() : undefined,
  describeBackground,
);
if (values.json) {
  console.log(JSON.stringify({ node: process.version, token, host, background }, undefined, 2));
}

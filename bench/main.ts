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

const token = await measureToken(rounds);
const host = await measureHost();
const background = process.platform === 'linux' ? await measureBackground() : undefined;

console.log(
  values.json
    ? JSON.stringify({ node: process.version, token, host, background }, undefined, 2)
    : [
        describeToken(token),
        describeHost(host),
        background === undefined
          ? 'The background process of after-job is measured on Linux only.'
          : describeBackground(background),
      ].join('\n\n'),
);

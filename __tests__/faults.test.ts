import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { faults } from './faults.ts';
import { expectFault, runFault } from './scenarios/faults.ts';

const page = readFileSync(new URL('../docs/troubleshooting.md', import.meta.url), 'utf8');

test.each(faults.filter(({ isSlow }) => !isSlow))(
  '$name: $outcome after $requests requests',
  async (fault) => {
    expectFault(fault, await runFault('src', fault));
  },
);

test('the faults have names of their own', () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
});

test.each(faults.filter(({ outcome }) => outcome !== 'success'))(
  'the troubleshooting page has what the user sees: $outcome, $symptom',
  ({ outcome, symptom }) => {
    const section = page.split(/^## /m).find((text) => text.startsWith(`${outcome}\n`));
    expect(section?.replaceAll(/\s+/g, ' ')).toContain(`\`${symptom}\``);
  },
);

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { faults } from './faults.ts';
import { expectFault, runFault } from './scenarios/faults.ts';

const page = readFileSync(new URL('../docs/troubleshooting.md', import.meta.url), 'utf8');

test.each(faults)('$name: $outcome (requests: $requests)', async (fault) => {
  expectFault(fault, await runFault('src', fault));
});

test('all faults have different names', () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
});

test('the troubleshooting page contains all symptoms', () => {
  const missing = faults.filter(({ outcome, symptom }) => {
    const section = page.split(/^## /m).find((text) => text.startsWith(`${outcome}\n`)) ?? '';
    return outcome !== 'success' && !section.replaceAll(/\s+/g, ' ').includes(`\`${symptom}\``);
  });
  expect(missing).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { expectFailure, expectNoSecret, World } from '../world.ts';
import { faults } from './faults.ts';

const page = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.end());

test.each(faults)('$name: $outcome', async (fault) => {
  const { behaviors, inputs = {}, outcome, symptom, says = [], requests = behaviors.length } = fault;
  const { github } = world;
  github.intercept = (_request, response) => {
    const behavior = behaviors[Math.min(github.requests.length, behaviors.length) - 1] ?? 'as usual';
    if (behavior === 'as usual') return false;
    if (typeof behavior === 'function') behavior(response, github);
    else github.send(response, behavior);
    return true;
  };

  const result = await world.run({
    ...inputs,
    ...(inputs['github-api-url'] === 'ROOT' && { 'github-api-url': github.serverUrl }),
  });

  if (outcome === 'success') {
    expect(result.conclusion).toBe('success');
    expect(result.annotations).toEqual([]);
    expect(result.outputs).toEqual({ 'remove-token': expect.any(String), 'expires-at': expect.any(String) });
    expect(result.log).toContain(symptom);
  } else {
    expectFailure(result, symptom, new RegExp(`More: .*\\b${outcome}\\b`));
    expect(result.outputs).toEqual({});
  }
  for (const words of says) {
    expect(result.log).toMatch(words);
  }
  expect(result.log).not.toMatch(/^(Error: )?forged/m);
  expect(github.requests).toHaveLength(requests);
  expectNoSecret(world, result);
});

test('the troubleshooting page contains all symptoms', () => {
  const missing = faults.filter(({ outcome, symptom }) => {
    const section = page.split(/^## /m).find((text) => text.startsWith(`${outcome}\n`)) ?? '';
    return outcome !== 'success' && !section.replaceAll(/\s+/g, ' ').includes(`\`${symptom}\``);
  });
  expect(missing).toEqual([]);
});

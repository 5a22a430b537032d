import { expect } from '@jest/globals';
import type { StepResult } from '../../sandbox/launcher.ts';
import type { Fault } from '../faults.ts';
import { expectFailure, expectNoSecret, type Subject, World } from '../world.ts';

export interface FaultRun {
  readonly result: StepResult;
  readonly requests: number;
}

/** Runs a step that creates a token while the stand-in has this fault. */
export async function runFault(subject: Subject, { behaviors, inputs = {} }: Fault): Promise<FaultRun> {
  const world = await World.start(subject);
  const { github } = world;
  github.intercept = (_request, response) => {
    const behavior = behaviors[Math.min(github.requests.length, behaviors.length) - 1] ?? 'as usual';
    if (behavior === 'as usual') return false;
    if (typeof behavior === 'function') behavior(response, github);
    else github.send(response, behavior);
    return true;
  };
  try {
    const result = await world.run({
      ...inputs,
      ...(inputs['github-api-url'] === 'ROOT' && { 'github-api-url': github.serverUrl }),
    });
    expectNoSecret(world, result);
    return { result, requests: github.requests.length };
  } finally {
    await world.end();
  }
}

/** The user sees what the fault says, after that many requests. */
export function expectFault({ outcome, symptom, says = [], requests }: Fault, run: FaultRun): void {
  const { result } = run;
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
  expect(run.requests).toBe(requests);
}

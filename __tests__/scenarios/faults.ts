import { expect } from '@jest/globals';
import type { StepResult } from '../../sandbox/launcher.ts';
import type { Fault } from '../faults.ts';
import { expectFailure, expectNoSecret, type Subject, World } from '../world.ts';

/** What a run came to while the API misbehaved. */
export interface FaultRun {
  readonly result: StepResult;
  readonly requests: number;
}

/** Runs a step that asks for a token while the API misbehaves this way. */
export async function runFault(subject: Subject, { behaviours, inputs = {} }: Fault): Promise<FaultRun> {
  const world = await World.start(subject);
  const { github } = world;
  github.intercept = (request, response) => {
    const behaviour = behaviours[Math.min(github.requests.length, behaviours.length) - 1] ?? 'as usual';
    if (behaviour === 'as usual') return false;
    if (typeof behaviour === 'function') behaviour(response, github, request);
    else github.send(response, behaviour);
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

/** The user sees what the table says, and no more requests were made than that. */
export function expectFault({ outcome, symptom, says = [], requests }: Fault, run: FaultRun): void {
  const { result } = run;
  if (outcome === 'success') {
    expect(result.conclusion).toBe('success');
    expect(result.annotations).toEqual([]);
    expect(result.log).toContain(symptom);
  } else {
    expectFailure(result, symptom, `docs/troubleshooting.md#${outcome}`);
    expect(result.outputs).toEqual({});
  }
  for (const words of says) {
    expect(result.log).toMatch(words);
  }
  expect(result.log).not.toMatch(/^(Error: )?forged/m);
  expect(run.requests).toBe(requests);
}

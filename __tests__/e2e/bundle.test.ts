import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { World } from '../world.ts';

const dist = join(import.meta.dirname, '../../dist');
const files = new Map(readdirSync(dist).map((name) => [name, readFileSync(join(dist, name), 'utf8')]));
const bundle = [...files].filter(([name]) => name.endsWith('.js'));

/** Bytes. Two thirds are undici, which @actions/core and @actions/github cannot be bundled without. */
const budget = 1_550_000;
/** Bytes. Octokit takes 65 000; the rest is this action's own. Reading and compiling it is what a run pays before it begins. */
const tokenBudget = 180_000;

/** What a run that asks for a token has no use for, and a text that gives it away. */
const onlyWhenNeeded: [what: string, text: string][] = [
  ['the removal', 'ACTIONS_RUNNER_INPUT_TOKEN'],
  ['the search for directories', 'function findDirectories'],
  ['the removals side by side', 'function pLimit'],
  ['the starting of processes', 'class ToolRunner'],
  ['the background process', 'function removeAfterJob'],
  ['the summary', 'class Summary'],
  ['@actions/core', 'ACTIONS_ID_TOKEN_REQUEST_URL'],
  ['@actions/github', 'GITHUB_EVENT_PATH'],
  ['the way through a proxy', 'class ProxyPool'],
  ['undici', 'class UndiciError'],
];

/** Runs a step that asks for a token. Gives the files of the bundle and the parts of Node.js that it loaded. */
async function loadedForToken(): Promise<{ loaded: string[]; parts: string[] }> {
  const world = await World.start();
  const directory = mkdtempSync(join(tmpdir(), 'loaded-'));
  try {
    const trace = join(directory, 'trace.cjs');
    const list = join(directory, 'parts');
    writeFileSync(
      trace,
      `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)}, process.moduleLoadList.join('\\n')));`,
    );
    const environment = { NODE_V8_COVERAGE: directory, NODE_OPTIONS: `--require ${trace}` };
    const result = await world.run({}, { environment });
    expect(result.conclusion).toBe('success');
    const [coverage = ''] = readdirSync(directory).filter((name) => name.startsWith('coverage-'));
    const scripts: { result: { url: string }[] } = JSON.parse(
      readFileSync(join(directory, coverage), 'utf8'),
    );
    return {
      loaded: scripts.result.filter(({ url }) => url.includes('/dist/')).map(({ url }) => basename(url)),
      parts: readFileSync(list, 'utf8').split('\n'),
    };
  } finally {
    rmSync(directory, { recursive: true });
    await world.end();
  }
}

test('dist/ stays within its budget', () => {
  const size = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  expect(size).toBeLessThan(budget);
});

test('a step that asks for a token loads its part of dist/ only, and no HTTP client of Node.js but the plain one', async () => {
  const { loaded, parts } = await loadedForToken();
  const texts = loaded.map((name) => files.get(name) ?? '');

  expect(loaded).toContain('index.js');
  expect(Buffer.byteLength(texts.join(''))).toBeLessThan(tokenBudget);
  for (const [what, text] of onlyWhenNeeded) {
    // A text that is nowhere would prove nothing.
    expect([what, bundle.some(([, code]) => code.includes(text))]).toEqual([what, true]);
    expect([what, texts.some((code) => code.includes(text))]).toEqual([what, false]);
  }
  expect(parts.filter((part) => part.endsWith(' http'))).not.toEqual([]);
  // Not minified: people read it.
  expect(texts.flatMap((text) => text.split('\n')).filter((line) => line.length > 400)).toEqual([]);
  // Node.js loads it for `fetch`, `Response` and `Headers`: it takes longer than all the rest.
  expect(parts.filter((part) => /undici/.test(part))).toEqual([]);
});

test('no module is in two files of dist/', () => {
  const modules = bundle.flatMap(([, code]) => [
    ...[...code.matchAll(/^\/\*{3}\/ (\d+):$/gm)].map(([, id]) => id),
    ...[...code.matchAll(/^;\/\/ CONCATENATED MODULE: (\..*)$/gm)].map(([, path]) => path),
  ]);
  expect(modules.length).toBeGreaterThan(100);
  expect(modules.filter((module, index) => modules.indexOf(module) !== index)).toEqual([]);
});

test('every package that is bundled is in licenses.txt', () => {
  const names = bundle.flatMap(([, code]) =>
    [...code.matchAll(/(?:CONCATENATED|EXTERNAL) MODULE: \S*node_modules\/((?:@[^/\s]+\/)?[^/\s]+)/g)].map(
      ([, name]) => name,
    ),
  );
  const listed = (files.get('licenses.txt') ?? '').split('\n');
  expect(names).toContain('@octokit/core');
  expect([...new Set(names)].filter((name) => !listed.includes(name ?? ''))).toEqual([]);
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { repository, World } from '../world.ts';

const dist = join(import.meta.dirname, '../../dist');
const files = new Map(readdirSync(dist).map((name) => [name, readFileSync(join(dist, name), 'utf8')]));
const bundle = [...files].filter(([name]) => name.endsWith('.js'));

/** Bytes. Two thirds are undici, which @actions/github cannot be bundled without. */
const budget = 1_500_000;
/** Bytes. Octokit takes 65 000; the rest is this action's own. Reading and compiling it is what a run pays before it begins. */
const tokenBudget = 180_000;

/** A part of dist/, and a text that gives it away. */
type Part = [what: string, text: string];

/** What is there for the way through a proxy only. */
const onlyForProxies: Part[] = [
  ['@actions/github', 'GITHUB_EVENT_PATH'],
  ['the way through a proxy', 'class ProxyPool'],
  ['undici', 'class UndiciError'],
];

/** What a run that asks for a token has no use for. */
const onlyForRemovals: Part[] = [
  ['the removal', 'ACTIONS_RUNNER_INPUT_TOKEN'],
  ['the search for directories', 'function findDirectories'],
  ['the removals side by side', 'function pLimit'],
  ['the starting of processes', 'class ToolRunner'],
  ['the background process', 'function removeAfterJob'],
  ['the summary', 'class Summary'],
];

/** Runs a step. Gives the files of the bundle and the parts of Node.js that it loaded. */
async function loadedBy(
  world: World,
  inputs: Record<string, string>,
): Promise<{ loaded: string[]; parts: string[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'loaded-'));
  try {
    const trace = join(directory, 'trace.cjs');
    const list = join(directory, 'parts');
    writeFileSync(
      trace,
      `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)}, process.moduleLoadList.join('\\n')));`,
    );
    const environment = { NODE_V8_COVERAGE: directory, NODE_OPTIONS: `--require ${trace}` };
    const result = await world.run(inputs, { environment });
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
  }
}

/** The parts are in dist/, where a text that is nowhere would prove nothing, and not in what was loaded. */
function expectNotLoaded(loaded: string[], parts: Part[]): void {
  const among = (names: string[]) =>
    parts.filter(([, text]) => names.some((name) => files.get(name)?.includes(text)));
  expect(among(bundle.map(([name]) => name))).toEqual(parts);
  expect(among(loaded)).toEqual([]);
}

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.end());

test('dist/ stays within its budget', () => {
  const size = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  expect(size).toBeLessThan(budget);
});

test('a step that asks for a token loads its part of dist/ only, and no HTTP client of Node.js but the plain one', async () => {
  const { loaded, parts } = await loadedBy(world, {});
  const texts = loaded.map((name) => files.get(name) ?? '');

  expect(loaded).toContain('index.js');
  expect(Buffer.byteLength(texts.join(''))).toBeLessThan(tokenBudget);
  expectNotLoaded(loaded, [...onlyForRemovals, ...onlyForProxies]);
  expect(parts.filter((part) => part.endsWith(' http'))).not.toEqual([]);
  // Not minified: people read it.
  expect(texts.flatMap((text) => text.split('\n')).filter((line) => line.length > 400)).toEqual([]);
  // Node.js loads it for `fetch`, `Response` and `Headers`: it takes longer than all the rest.
  expect(parts.filter((part) => /undici/.test(part))).toEqual([]);
});

if (process.platform === 'linux') {
  test('a step that removes a runner loads nothing that is there for proxies', async () => {
    const { installation } = await world.install(repository, 'box');

    const { loaded } = await loadedBy(world, { remove: 'true', 'runner-directory': installation.directory });

    expectNotLoaded(loaded, onlyForProxies);
  });
}

test('what could ask for a token of OpenID Connect is not in dist/', () => {
  expect(bundle.filter(([, code]) => code.includes('ACTIONS_ID_TOKEN'))).toEqual([]);
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

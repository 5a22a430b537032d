import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { repository, World } from '../world.ts';

const dist = join(import.meta.dirname, '../../dist');
const files = new Map(readdirSync(dist).map((name) => [name, readFileSync(join(dist, name), 'utf8')]));
const bundle = [...files].filter(([name]) => name.endsWith('.js'));

/** In bytes. Two thirds are undici, a dependency of @actions/github. */
const distBudget = 1_700_000;
/** In bytes. @actions/core takes 200,000 and Octokit 65,000 of these. */
const tokenBudget = 340_000;

/** Parts of dist/, each with a text that only it contains. */
const parts = {
  removal: 'function removeRunners',
  'config.sh': 'ACTIONS_RUNNER_INPUT_TOKEN',
  'background process': 'function runInBackground',
  'p-limit': 'function pLimit',
  '@actions/github': 'GITHUB_EVENT_PATH',
  undici: 'class UndiciError',
};
type Part = keyof typeof parts;

/** Preloaded into a step: at its end, lists the files and the parts of Node.js that it loaded. */
const recorder = `
const { registerHooks } = require('node:module');
const { writeFileSync } = require('node:fs');
const urls = [];
registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
process.on('exit', () => writeFileSync(__dirname + '/loaded.json', JSON.stringify({ urls, builtins: process.moduleLoadList })));
`;

interface Loaded {
  /** Names of files in dist/. */
  readonly names: string[];
  readonly parts: Part[];
  /** Modules of Node.js, its internal ones included. */
  readonly builtins: string[];
}

async function loadedBy(world: World, inputs: Record<string, string>): Promise<Loaded> {
  const directory = mkdtempSync(join(tmpdir(), 'loaded-'));
  try {
    writeFileSync(join(directory, 'recorder.cjs'), recorder);
    const environment = { NODE_OPTIONS: `--require ${JSON.stringify(join(directory, 'recorder.cjs'))}` };
    const result = await world.run(inputs, { environment });
    expect(result.conclusion).toBe('success');
    const loaded = readFileSync(join(directory, 'loaded.json'), 'utf8');
    const { urls, builtins }: { urls: string[]; builtins: string[] } = JSON.parse(loaded);
    const names = urls.filter((url) => url.includes('/dist/')).map((url) => basename(url));
    return { names, parts: partsOf(names), builtins };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function partsOf(names: string[]): Part[] {
  return (Object.keys(parts) as Part[]).filter((part) =>
    names.some((name) => files.get(name)?.includes(parts[part])),
  );
}

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.end());

test('dist/ stays within its size limit', () => {
  const size = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);

  expect(size).toBeLessThan(distBudget);
});

test('a step that only creates a token loads neither undici nor anything that is for removals', async () => {
  const loaded = await loadedBy(world, {});

  expect(loaded.parts).toEqual([]);
  expect(loaded.builtins).toContainEqual(expect.stringMatching(/ http$/));
  // Node.js loads its own undici with fetch, Response or Headers.
  expect(loaded.builtins.filter((name) => /undici/.test(name))).toEqual([]);

  const texts = loaded.names.map((name) => files.get(name) ?? '');
  expect(Buffer.byteLength(texts.join(''))).toBeLessThan(tokenBudget);
  // People read it.
  expect(texts.flatMap((text) => text.split('\n')).filter((line) => line.length > 400)).toEqual([]);
});

if (process.platform === 'linux') {
  test('a step that removes an installed runner does not load undici', async () => {
    const { installation } = await world.install(repository, 'box');

    const loaded = await loadedBy(world, { remove: 'true', 'runner-directory': installation.directory });

    expect(loaded.parts).toEqual(['removal', 'config.sh', 'p-limit']);
  });
}

test('each of these parts is in dist/', () => {
  expect(partsOf([...files.keys()])).toEqual(Object.keys(parts));
});

test('no module is in two files of dist/', () => {
  const modules = bundle.flatMap(([, code]) => [
    ...[...code.matchAll(/^\/\*{3}\/ (\d+):$/gm)].map(([, id]) => id),
    ...[...code.matchAll(/^;\/\/ CONCATENATED MODULE: (\..*)$/gm)].map(([, path]) => path),
  ]);
  expect(modules.length).toBeGreaterThan(100);
  expect(modules.filter((module, index) => modules.indexOf(module) !== index)).toEqual([]);
});

test('every dependency can be found', () => {
  // ncc warns about a module that it does not find, and leaves this.
  expect(bundle.filter(([, code]) => code.includes('eval("require")')).map(([name]) => name)).toEqual([]);
});

test('licenses.txt names every bundled package', () => {
  const names = bundle.flatMap(([, code]) =>
    [...code.matchAll(/(?:CONCATENATED|EXTERNAL) MODULE: \S*node_modules\/((?:@[^/\s]+\/)?[^/\s]+)/g)].map(
      ([, name]) => name,
    ),
  );
  const listed = (files.get('licenses.txt') ?? '').split('\n');
  expect(names).toContain('@octokit/core');
  expect([...new Set(names)].filter((name) => !listed.includes(name ?? ''))).toEqual([]);
});

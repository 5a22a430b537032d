// Builds dist/ from src/. With `--check`, builds in a temporary directory and compares it with dist/.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import typescript from 'typescript';

const { ModuleKind, ScriptTarget, transpileModule } = typescript;

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

/** The content of every file in a directory, by relative path. */
function contents(directory: string): Map<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(directory.length + 1), readFileSync(path, 'utf8')]),
  );
}

/** ncc has no types. Its options are listed in its readme, except `esm`, whose default is the type of the package. */
type Ncc = (
  entry: string,
  options: { cache: false; esm: boolean; license: string; quiet: boolean; target: string },
) => Promise<{ code: string; assets: Record<string, { source: string | Buffer }> }>;
const ncc = createRequire(import.meta.url)('@vercel/ncc') as Ncc;

async function build(directory: string): Promise<void> {
  const { code, assets } = await ncc(join(root, 'src/index.ts'), {
    // The cache would outlive the checkout, and it does not tell CommonJS from ES modules.
    cache: false,
    // Node.js loads CommonJS faster. `npm run bench` shows what a step that only creates a token takes.
    esm: false,
    license: 'licenses.txt',
    quiet: true,
    target: 'es2024',
  });
  // The post step has no dependencies: its source without types is enough, and loads the bundle only if needed.
  const { outputText: post } = transpileModule(readFileSync(join(root, 'src/post.ts'), 'utf8'), {
    compilerOptions: {
      module: ModuleKind.ESNext,
      target: ScriptTarget.ES2024,
      rewriteRelativeImportExtensions: true,
    },
  });
  writeFileSync(join(directory, 'index.js'), code);
  writeFileSync(join(directory, 'post.js'), post);
  writeFileSync(join(directory, 'package.json'), '{ "type": "commonjs" }\n');
  for (const [name, { source }] of Object.entries(assets)) {
    writeFileSync(join(directory, name), source);
  }
}

const fresh = mkdtempSync(join(tmpdir(), 'dist-'));
try {
  await build(fresh);
  if (process.argv.includes('--check')) {
    const [committed, built] = [contents(dist), contents(fresh)];
    const different = [...new Set([...committed.keys(), ...built.keys()])].filter(
      (path) => committed.get(path) !== built.get(path),
    );
    if (different.length > 0) {
      console.error(
        `dist/ does not match src/ (${different.join(', ')}). Run "npm run build" and commit dist/.`,
      );
      process.exitCode = 1;
    }
  } else {
    rmSync(dist, { recursive: true, force: true });
    cpSync(fresh, dist, { recursive: true });
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

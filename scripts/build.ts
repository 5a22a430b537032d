// Builds dist/ from src/. With `--check`, builds in a temporary directory and compares it with dist/.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** @param directory must be empty: ncc does not delete the chunks of earlier builds, whose names change */
function build(directory: string): void {
  const ncc = join(root, 'node_modules/@vercel/ncc/dist/ncc/cli.js');
  const options = ['--license', 'licenses.txt', '--target', 'es2024'];
  execFileSync(process.execPath, [ncc, 'build', 'src/index.ts', '-o', directory, ...options], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // The post step has no dependencies: its source without types is enough, and loads the bundle only if needed.
  const { outputText: post } = transpileModule(readFileSync(join(root, 'src/post.ts'), 'utf8'), {
    compilerOptions: {
      module: ModuleKind.ESNext,
      target: ScriptTarget.ES2024,
      rewriteRelativeImportExtensions: true,
    },
  });
  writeFileSync(join(directory, 'post.js'), post);
}

const fresh = mkdtempSync(join(tmpdir(), 'dist-'));
try {
  build(fresh);
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

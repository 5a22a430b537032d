// Builds what users run: `dist/`, from `src/`. With `--check`, builds elsewhere and compares.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import typescript from 'typescript';

const { ModuleKind, ScriptTarget, transpileModule } = typescript;

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

/** Every file of the directory with its content, by relative path. */
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

/** Builds into a directory that is empty: ncc leaves the chunks of earlier builds, whose names change. */
function build(directory: string): void {
  const ncc = join(root, 'node_modules/@vercel/ncc/dist/ncc/cli.js');
  const options = ['--license', 'licenses.txt', '--target', 'es2024'];
  execFileSync(process.execPath, [ncc, 'build', 'src/index.ts', '-o', directory, ...options], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // The post step has no dependency of its own: it is the source without its types, beside the bundle that it may load.
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
        `dist/ is not what src/ builds to (${different.join(', ')}): run "npm run build" and commit it.`,
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

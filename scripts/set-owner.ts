// Replaces the placeholder for the owner of this repository in every file. Usage: npm run set-owner NAME [@REVIEWER]
// The reviewer goes into .github/CODEOWNERS: a person, or a team of the organization (default: @NAME/maintainers).

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

// Other texts use the word for any owner, such as "OWNER/NAME" in the description of an input.
const owners = /\bOWNER(?=\/runner-remove-token\b)/g;
const reviewers = /(?<=\s)@OWNER\/maintainers\b/g;

/** The files of the repository that people read or run, but not what is built from them. */
export function trackedFiles(): string[] {
  // The owner of a checkout can be another account than the one that runs this.
  const list = ['-c', 'safe.directory=*', 'ls-files', '-z', '--', ':!dist', ':!package-lock.json'];
  return execFileSync('git', list, { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
}

/** Whether a text still names the placeholder. */
export function hasPlaceholder(text: string): boolean {
  return text.search(owners) !== -1 || text.search(reviewers) !== -1;
}

/**
 * A text with the owner in it.
 *
 * @param reviewer with its `@`
 * @throws Error if a name is invalid on GitHub
 */
export function withOwner(text: string, name: string, reviewer = `@${name}/maintainers`): string {
  // https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
  const login = /^[a-z\d](?:[a-z\d-]*[a-z\d])?(?:_[a-z\d]+)?$/i;
  if (!login.test(name) || name === 'OWNER') {
    throw new Error(`"${name}" is not the name of an account. Usage: npm run set-owner NAME [@REVIEWER]`);
  }
  if (!/^@[\w-]+(?:\/[\w-]+)?$/.test(reviewer)) {
    throw new Error(`"${reviewer}" is not a reviewer. Use @NAME or @ORGANIZATION/TEAM.`);
  }
  return text.replaceAll(owners, name).replaceAll(reviewers, reviewer);
}

if (import.meta.main) {
  const [name = '', reviewer] = process.argv.slice(2);
  try {
    for (const path of trackedFiles().map((file) => join(root, file))) {
      const text = readFileSync(path, 'utf8');
      const replaced = withOwner(text, name, reviewer);
      if (replaced !== text) writeFileSync(path, replaced);
    }
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

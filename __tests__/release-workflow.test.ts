import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Workflow } from './workflows.ts';

const root = join(import.meta.dirname, '..');
const { jobs } = parse(readFileSync(join(root, '.github/workflows/release.yml'), 'utf8')) as Workflow;
const directory = mkdtempSync(join(tmpdir(), 'release-'));
afterAll(() => rmSync(directory, { recursive: true }));

// The stand-in for gh writes its arguments to a file. What it prints is decided by patterns, one per line:
// PATTERN|EXIT CODE|OUTPUT
writeFileSync(
  join(directory, 'gh'),
  `#!/usr/bin/env -S bash --norc
echo "$*" >> "$CALLS"
while IFS='|' read -r pattern code output; do
  if [[ "$*" == $pattern ]]; then
    [[ -z $output ]] || echo -e "$output"
    exit "$code"
  fi
done <<< "$RESPONSES"
`,
);
chmodSync(join(directory, 'gh'), 0o755);

const commit = 'c0ffee'.padEnd(40, '0');

/** What the CLI responds if nothing is wrong, by the pattern of its arguments. */
const responses = {
  'api repos/octo-org/action/immutable-releases *': '0|true',
  'api repos/octo-org/action/commits/tags/v1.2.3 *': `0|${commit}`,
  'release view v1.2.3 *': '0|true',
  'api repos/octo-org/action/releases/tags/v1.2.3 *': '0|true',
  'release list *': '0|v2.0.0\\nv1.2.2\\nv1.0.0',
};

/** Runs the steps of the job "publish" until one fails, as the runner does. */
function publish(changes: Partial<Record<string, string>> = {}, settingsToken = 'a-token') {
  const calls = join(directory, 'calls');
  writeFileSync(calls, '');
  let log = '';
  let failed: string | undefined;
  for (const { name, run } of jobs['publish']?.steps ?? []) {
    const { status, stdout, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-e', '-c', run ?? ''], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${directory}:${process.env['PATH']}`,
        CALLS: calls,
        RESPONSES: Object.entries({ ...responses, ...changes })
          .map((entry) => entry.join('|'))
          .join('\n'),
        GH_REPO: 'octo-org/action',
        GH_TOKEN: settingsToken,
        GITHUB_REF_NAME: 'v1.2.3',
        GITHUB_SHA: commit,
      },
    });
    log += stdout + stderr;
    if (status !== 0) {
      failed = name;
      break;
    }
  }
  const written = readFileSync(calls, 'utf8')
    .trim()
    .split('\n')
    .filter((call) => /^release (edit|create|delete)|--method/.test(call));
  return { log, failed, written };
}

const published = 'release edit v1.2.3 --draft=false --verify-tag';
const moved = `api --method PATCH repos/octo-org/action/git/refs/tags/v1 -f sha=${commit} -F force=true --silent`;
const created = `api --method POST repos/octo-org/action/git/refs -f ref=refs/tags/v1 -f sha=${commit} --silent`;

const describeWithBash = process.platform === 'win32' ? describe.skip : describe;
describeWithBash('the job that publishes a release', () => {
  test('publishes the draft and then moves the tag of the major version', () => {
    expect(publish()).toEqual({ log: '', failed: undefined, written: [published, moved] });
  });

  test('creates the tag of a new major version', () => {
    const { written } = publish({ 'api repos/octo-org/action/git/ref/tags/v1 *': '1|' });
    expect(written).toEqual([published, created]);
  });

  test('leaves the tag of the major version at a newer release', () => {
    const { log, failed, written } = publish({ 'release list *': '0|v1.2.3\\nv1.10.0' });
    expect({ failed, written }).toEqual({ failed: undefined, written: [published] });
    expect(log).toContain('v1.10.0 is newer');
  });

  test('can be re-run after the release was published', () => {
    expect(publish({ 'release view v1.2.3 *': '0|false' }).written).toEqual([moved]);
  });

  test.each([
    ['release immutability is off', { 'api repos/octo-org/action/immutable-releases *': '0|false' }],
    ['the setting cannot be read', { 'api repos/octo-org/action/immutable-releases *': '1|' }],
    ['the tag was moved', { 'api repos/octo-org/action/commits/tags/v1.2.3 *': '0|another' }],
  ])('writes nothing if %s', (_, change) => {
    const { log, failed, written } = publish(change);
    expect({ failed, written }).toEqual({ failed: expect.any(String), written: [] });
    expect(log).toContain('::error::');
  });

  test('writes nothing without the token that reads the setting', () => {
    const { log, written } = publish({}, '');
    expect(written).toEqual([]);
    expect(log).toContain('SETTINGS_TOKEN');
  });

  test('does not move the tag of the major version if the release can be changed', () => {
    const { log, written } = publish({ 'api repos/octo-org/action/releases/tags/v1.2.3 *': '0|false' });
    expect(written).toEqual([published]);
    expect(log).toContain('not immutable');
  });
});

test('only the job behind the environment publishes, and it runs no code of this repository', () => {
  const text = (name: string) => JSON.stringify(jobs[name]);
  expect(Object.keys(jobs)).toEqual(['check', 'draft', 'publish']);
  expect(jobs['publish']).toMatchObject({ needs: 'draft', environment: 'release' });
  expect(text('publish')).not.toContain('actions/checkout');
  expect(text('check')).not.toMatch(/gh release|"write"/);
  expect(text('draft')).not.toMatch(/draft=false|npm /);
});

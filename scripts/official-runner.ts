// Downloads the release of actions/runner that the tests are run with, or moves them to another one:
//   node scripts/official-runner.ts download DIRECTORY
//   node scripts/official-runner.ts update [VERSION]     (the latest by default)

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A release, with the SHA-256 of its archives by platform. */
export interface Release {
  version: string;
  sha256: Record<string, string>;
}

const pin = join(import.meta.dirname, '../__tests__/official-runner/release.json');

/** As in the names of the archives: `linux-x64`, `osx-arm64`, `win-x64`. */
export function platformName(platform = process.platform, architecture = process.arch): string {
  const systems: Partial<Record<NodeJS.Platform, string>> = { darwin: 'osx', win32: 'win' };
  return `${systems[platform] ?? platform}-${architecture}`;
}

export function archiveName(version: string, platform: string): string {
  return `actions-runner-${platform}-${version}.${platform.startsWith('win') ? 'zip' : 'tar.gz'}`;
}

/**
 * Downloads a release and unpacks it into a new directory.
 *
 * @throws Error if the archive is not the pinned one; nothing is unpacked then
 */
export async function download(
  { version, sha256 }: Release,
  directory: string,
  { platform = platformName(), origin = 'https://github.com' } = {},
): Promise<void> {
  const expected = sha256[platform];
  if (expected === undefined) throw new Error(`release.json has no SHA-256 for ${platform}.`);
  const name = archiveName(version, platform);
  const response = await fetch(`${origin}/actions/runner/releases/download/v${version}/${name}`);
  if (!response.ok) throw new Error(`The download of ${name} ended with status ${response.status}.`);
  const archive = Buffer.from(await response.arrayBuffer());
  const actual = createHash('sha256').update(archive).digest('hex');
  if (actual !== expected) throw new Error(`The SHA-256 of ${name} is ${actual}, but ${expected} is pinned.`);

  const temporary = mkdtempSync(join(tmpdir(), 'official-runner-archive-'));
  try {
    writeFileSync(join(temporary, name), archive);
    mkdirSync(directory, { recursive: true });
    // The tar of Windows unpacks zip files too; the one of Git for Windows, which can come first in the path, does not.
    const tar = process.platform === 'win32' ? `${process.env['SystemRoot']}\\System32\\tar.exe` : 'tar';
    execFileSync(tar, ['-xf', join(temporary, name), '-C', directory]);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

/** Reads a release from the API of GitHub, with the digests that GitHub computed. */
export async function readRelease(
  version: string | undefined,
  platforms: readonly string[],
  { api = 'https://api.github.com' } = {},
): Promise<Release> {
  const path = version === undefined ? 'latest' : `tags/v${version}`;
  const response = await fetch(`${api}/repos/actions/runner/releases/${path}`);
  if (!response.ok) throw new Error(`The API responded to releases/${path} with status ${response.status}.`);
  const { tag_name, assets } = (await response.json()) as {
    tag_name: string;
    assets: { name: string; digest: string | null }[];
  };
  const found = tag_name.replace(/^v/, '');
  const digests = platforms.map((platform) => {
    const name = archiveName(found, platform);
    const digest = assets.find((asset) => asset.name === name)?.digest;
    const [, sha256] = /^sha256:([\da-f]{64})$/.exec(digest ?? '') ?? [];
    if (sha256 === undefined) throw new Error(`The release ${tag_name} has no SHA-256 of ${name}.`);
    return [platform, sha256];
  });
  return { version: found, sha256: Object.fromEntries(digests) };
}

if (import.meta.main) {
  const [command, argument] = process.argv.slice(2);
  const release: Release = JSON.parse(readFileSync(pin, 'utf8'));
  try {
    if (command === 'download' && argument !== undefined) {
      await download(release, resolve(argument));
      console.log(`Unpacked actions/runner ${release.version} into ${resolve(argument)}.`);
    } else if (command === 'update') {
      const updated = await readRelease(argument, Object.keys(release.sha256));
      writeFileSync(pin, `${JSON.stringify(updated, undefined, 2)}\n`);
      console.log(`Pinned actions/runner ${updated.version}.`);
    } else {
      throw new Error('Usage: official-runner.ts download DIRECTORY | update [VERSION]');
    }
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

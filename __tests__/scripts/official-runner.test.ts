import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { archiveName, download, platformName, readRelease } from '../../scripts/official-runner.ts';

const version = '2.400.0';
const platform = 'linux-x64';

let directory: string;
let server: Server;
let origin: string;
let archive: Buffer;
let digest: string | null;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'official-runner-test-'));
  writeFileSync(join(directory, 'config.sh'), '#!/bin/bash\n');
  archive = execFileSync('tar', ['-czf', '-', '-C', directory, './config.sh']);
  digest = `sha256:${createHash('sha256').update(archive).digest('hex')}`;
  server = createServer(({ url }, response) => {
    switch (url) {
      case `/actions/runner/releases/download/v${version}/actions-runner-linux-x64-${version}.tar.gz`:
        return response.end(archive);
      case '/repos/actions/runner/releases/latest':
      case `/repos/actions/runner/releases/tags/v${version}`: {
        const assets = [{ name: archiveName(version, platform), digest }];
        return response.end(JSON.stringify({ tag_name: `v${version}`, assets }));
      }
      default:
        return response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(directory, { recursive: true });
});

test.each([
  ['linux', 'x64', 'actions-runner-linux-x64-2.336.0.tar.gz'],
  ['darwin', 'arm64', 'actions-runner-osx-arm64-2.336.0.tar.gz'],
  ['win32', 'x64', 'actions-runner-win-x64-2.336.0.zip'],
] as const)('the archive for %s on %s is %s', (system, architecture, name) => {
  expect(archiveName('2.336.0', platformName(system, architecture))).toBe(name);
});

describe('a release', () => {
  test('is pinned by the digests of the API, and unpacked', async () => {
    const release = await readRelease(undefined, [platform], { api: origin });
    const target = join(directory, 'runner');

    await download(release, target, { platform, origin });

    expect(release.version).toBe(version);
    expect(readFileSync(join(target, 'config.sh'), 'utf8')).toBe('#!/bin/bash\n');
    expect(await readRelease(version, [platform], { api: origin })).toEqual(release);
  });

  test.each([
    ['with another SHA-256', { [platform]: '0'.repeat(64) }, /^The SHA-256 of .* is .*, but 0{64} is pinned/],
    ['without a pinned SHA-256', {}, /has no SHA-256 for linux-x64/],
  ])('%s is not unpacked', async (_, sha256, message) => {
    const target = join(directory, 'refused');

    await expect(download({ version, sha256 }, target, { platform, origin })).rejects.toThrow(message);

    expect(existsSync(target)).toBe(false);
  });

  test.each([
    [
      'that does not exist cannot be downloaded',
      () => download({ version: '0.0.1', sha256: { [platform]: '' } }, directory, { platform, origin }),
      /status 404/,
    ],
    [
      'that does not exist cannot be pinned',
      () => readRelease('0.0.1', [platform], { api: origin }),
      /status 404/,
    ],
    [
      'without the digest of a platform cannot be pinned',
      () => readRelease(version, ['win-x64'], { api: origin }),
      /has no SHA-256 of actions-runner-win-x64/,
    ],
  ])('%s', async (_, act, message) => {
    await expect(act()).rejects.toThrow(message);
  });
});

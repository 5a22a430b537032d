// Makes the pictures of the documentation from what the action really says: the demo's terminal output, and a job's
// summary. The bytes are the same every time. Run by `npm run docs:pictures`.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demonstrate } from '../sandbox/demo.ts';
import { GitHub } from '../sandbox/github.ts';
import { Installation } from '../sandbox/installation.ts';
import { runStep } from '../sandbox/launcher.ts';
import { drawTable, drawTerminal, type Line } from './drawing.ts';

/** Every picture, by its path. */
export async function makePictures(): Promise<Map<string, string>> {
  return new Map([
    ['docs/pictures/removal.svg', await pictureOfRemoval()],
    ['docs/pictures/summary.svg', await pictureOfSummary()],
  ]);
}

async function pictureOfRemoval(): Promise<string> {
  const printed: string[] = ['$ npm run demo'];
  await demonstrate('remove', (text) => printed.push(...text.split('\n')));
  return drawTerminal('A runner is removed', printed.map(settled).map(lineOf));
}

/** Replaces what is different each time: directories, ports and times. */
function settled(text: string): string {
  return text
    .replaceAll(/\/[\w/.-]*\/actions-runner-\w{6}/g, '/opt/actions-runner')
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'https://github.com')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+-08:00/g, '2026-11-21T10:00:00.000-08:00');
}

function lineOf(text: string): Line {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is how terminals begin and end bold text
  const [, heading] = /^\u001b\[1m(.*)\u001b\[0m$/.exec(text) ?? [];
  if (heading !== undefined) return { text: heading, style: 'heading' };
  if (/^ *Error: /.test(text)) return { text, style: 'error' };
  if (/^ *Warning: /.test(text)) return { text, style: 'warning' };
  return { text, style: /^ *\||^\$ /.test(text) ? 'quiet' : 'plain' };
}

/** The summary of a job that removes three runners: one is there, one is busy, and one GitHub does not know any more. */
async function pictureOfSummary(): Promise<string> {
  const repository = 'octo-org/octo-repo';
  const token = 'github_pat_11PICTURES000000000_adminTokenOfThePictures';
  const github = await GitHub.start();
  github.addRepository(repository);
  github.addAdminToken(token, { registrations: [repository] });
  const installations: Installation[] = [];
  try {
    for (const name of ['box-1', 'box-2', 'box-3']) {
      const { id } = github.addRunner(repository, { name, busy: name === 'box-2' });
      const gitHubUrl = `${github.serverUrl}/${repository}`;
      installations.push(await Installation.create({ agentId: id, agentName: name, gitHubUrl }));
      if (name === 'box-3') github.removeRunner(repository, id);
    }
    const { summary } = await runStep({
      github: { apiUrl: github.apiUrl, serverUrl: github.serverUrl, repository },
      inputs: {
        token,
        remove: 'true',
        'runner-directory': installations.map(({ directory }) => directory).join('\n'),
      },
    });
    const [, title = ''] = /<h3>(.*?)<\/h3>/.exec(summary) ?? [];
    // An empty cell has no end tag.
    const rows = [...summary.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
      row
        .split(/<t[hd]>/)
        .slice(1)
        .map((cell) => settled(cell.replace(/<\/t[hd]>$/, ''))),
    );
    return drawTable(title, rows);
  } finally {
    await github.close();
    await Promise.all(installations.map((installation) => installation.remove()));
  }
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  mkdirSync(join(root, 'docs/pictures'), { recursive: true });
  for (const [path, picture] of await makePictures()) {
    writeFileSync(join(root, path), picture);
  }
}

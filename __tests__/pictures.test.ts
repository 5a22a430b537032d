import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { makePictures } from '../scripts/make-pictures.ts';

test('the pictures in the documentation show what the action says: if not, run "npm run docs:pictures"', async () => {
  const pictures = await makePictures();

  expect([...pictures.keys()]).toEqual(['docs/pictures/removal.svg', 'docs/pictures/summary.svg']);
  for (const [path, picture] of pictures) {
    expect(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')).toBe(picture);
    // Nothing of this machine, this moment or a secret is in them.
    expect(picture).not.toMatch(/127\.0\.0\.1|\/tmp|github_pat|adminToken/);
  }
});

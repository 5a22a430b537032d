import { expect, test } from '@jest/globals';
import { demonstrate, ways } from '../../sandbox/demo.ts';

test.each(ways)('the demo shows the way to use the action: %s', async (way) => {
  const printed: string[] = [];

  const { conclusion } = await demonstrate(way, (text) => printed.push(text));

  expect(conclusion).toBe('success');
  const text = printed.join('\n');
  expect(text).toContain('remove-token: ***');
  expect(text).not.toContain('adminTokenOfTheDemo');
  const [, after = ''] = text.split(/Runners registered with .*, after/);
  expect(after.includes('box-under-the-desk')).toBe(way === 'token' || way === 'sweep');
  expect(after.match(/spot-\d/g)).toEqual(way === 'sweep' ? ['spot-2', 'spot-3'] : null);
});

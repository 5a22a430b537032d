import { beforeEach, describe, expect, test } from '@jest/globals';
import type { GitHub } from '../../sandbox/github.ts';
import type { RegisteredRemoval } from '../../src/inputs.ts';
import { selectRunners } from '../../src/removal/select-runners.ts';
import { recordingLog, repository, respond, startGitHub } from '../support.ts';
import { timelessClientOf, VirtualClock } from '../virtual-clock.ts';
import { contextOf, selectionOf } from './context.ts';

let github: GitHub;
let clock: VirtualClock;
let lines: string[];
beforeEach(async () => {
  github = await startGitHub();
  clock = new VirtualClock();
});

function register(...names: string[]): void {
  for (const name of names) {
    const [, label] = name.split(':');
    const labels = ['self-hosted', ...(label === undefined ? [] : label.split('+'))];
    github.addRunner('octo/app', {
      name: name.replace(/:.*/, ''),
      labels: labels.map((text) => ({ name: text })),
    });
  }
}

function select(selection: Partial<RegisteredRemoval>) {
  const recording = recordingLog();
  lines = recording.lines;
  const context = contextOf(github, { client: timelessClientOf(github, clock), clock, log: recording.log });
  return selectRunners(selectionOf(selection), repository, context);
}

/** The names of the selected runners; `=` marks those that are named in full, `?` those that GitHub does not know. */
async function selected(selection: Partial<RegisteredRemoval>): Promise<string[]> {
  const runners = await select(selection);
  return runners.map(
    ({ name, isNamed, registered }) => `${isNamed ? '=' : ''}${registered === undefined ? '?' : ''}${name}`,
  );
}

const requests = () =>
  github.requests.map(({ method, path }) => `${method} ${path.replace(/.*runners/, '')}`);

describe('a full name', () => {
  test('is one request, in any case', async () => {
    register('Box', 'box-2');
    expect(await selected({ names: ['bOX'] })).toEqual(['=Box']);
    expect(requests()).toEqual(['GET ?name=bOX&per_page=100']);
    expect(lines).toEqual([]);
  });

  test('may be unknown', async () => {
    register('box');
    expect(await selected({ names: ['gone', 'box'] })).toEqual(['=?gone', '=box']);
  });

  test('selects every runner of that name', async () => {
    register('box', 'BOX');
    expect(await selected({ names: ['box'] })).toEqual(['=box', '=BOX']);
  });

  test('without the labels selects nothing, with a warning', async () => {
    register('box:gpu', 'other:gpu+big');
    expect(await selected({ names: ['box', 'other', 'gone'], labels: ['gpu', 'big'] })).toEqual([
      '=other',
      '=?gone',
    ]);
    expect(lines).toEqual([
      'warning: The runner "box" is left alone: it does not have every label in "runner-label" (label "gpu", label "big").',
    ]);
  });

  test('can contain what means something in other patterns', async () => {
    register('box[1]', 'box1');
    expect(await selected({ names: ['box[1]'] })).toEqual(['=box[1]']);
  });
});

describe('a pattern', () => {
  test.each([
    ['*', ['box', 'Spot-1', 'spot-22', 'a.b', 'a[1]b', 'a\\b']],
    ['spot-*', ['Spot-1', 'spot-22']],
    ['SPOT-?', ['Spot-1']],
    ['?ox', ['box']],
    ['*-2*', ['spot-22']],
    ['a.*', ['a.b']],
    ['a?b', ['a.b', 'a\\b']],
    ['a[1]*', ['a[1]b']],
    ['a\\*', ['a\\b']],
    ['x*', []],
  ])('%s matches %j', async (pattern, names) => {
    register('box', 'Spot-1', 'spot-22', 'a.b', 'a[1]b', 'a\\b');
    expect(await selected({ names: [pattern] })).toEqual(names);
    expect(requests()).toEqual(['GET ?per_page=100']);
    expect(lines).toEqual([`info: Selected ${names.length} of 6 runners (name "${pattern}").`]);
  });

  test('can be narrowed by labels, of which a runner must have all, in any case', async () => {
    register('spot-1:GPU+big', 'spot-2:gpu', 'spot-3:big', 'box:gpu+big', 'spot-4:gpus+big');
    expect(await selected({ names: ['spot-*'], labels: ['gpu', 'Big'] })).toEqual(['spot-1']);
    expect(lines).toEqual(['info: Selected 1 of 5 runners (name "spot-*", label "gpu", label "Big").']);
  });

  test('reads every page', async () => {
    register(...Array.from({ length: 250 }, (_, index) => `spot-${index}`));
    expect(await selected({ names: ['spot-1?', 'spot-24*'] })).toHaveLength(10 + 11);
    expect(requests()).toEqual(['GET ?per_page=100', 'GET ?per_page=100&page=2', 'GET ?per_page=100&page=3']);
  });
});

test('labels select runners by themselves', async () => {
  register('one:gpu', 'two', 'three:cpu+gpu');
  expect(await selected({ labels: ['gpu'] })).toEqual(['one', 'three']);
  expect(lines).toEqual(['info: Selected 2 of 3 runners (label "gpu").']);
});

test('runners are selected once, in the order of the lines, and a full name counts more than a pattern', async () => {
  register('box', 'spot-1', 'spot-2', 'spot-3');
  expect(await selected({ names: ['gone', '*-2', 'spot-*', 'SPOT-1', 'box', 'Gone', 'box'] })).toEqual([
    '=?gone',
    'spot-2',
    '=spot-1',
    'spot-3',
    '=box',
  ]);
});

test('the time of the response is known', async () => {
  register('box', 'spot-1');
  await clock.sleep(5_000, new AbortController().signal);
  expect(await select({ names: ['box', 'spot-*', 'gone'] })).toMatchObject([
    { name: 'box', readAt: 5_000 },
    { name: 'spot-1', readAt: 5_000 },
    { name: 'gone', readAt: 5_000 },
  ]);
});

test('an incomplete list is a warning', async () => {
  register('one', 'two');
  respond(github, { status: 200, body: { total_count: 3, runners: github.runners('octo/app') } });
  expect(await selected({ names: ['*'] })).toEqual(['one', 'two']);
  expect(lines[0]).toBe(
    'warning: GitHub returned only 2 of 3 runners, although the list was read twice. The others are left alone. Re-run the step to remove them.',
  );
});

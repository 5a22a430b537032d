import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

const read = (path: string) => parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'));
interface Type {
  type: string;
  'allowed-values'?: string[];
  separator?: string;
  'list-item'?: Type;
}
const types: { inputs: Record<string, Type>; outputs: Record<string, Type> } = read('action-types.yml');
const action: {
  name: string;
  description: string;
  author: string;
  branding: { icon: string; color: string };
  inputs: Record<string, { default?: string }>;
  outputs: Record<string, unknown>;
} = read('action.yml');

describe('action-types.yml', () => {
  test('knows every input and every output of action.yml, in the same order', () => {
    expect(Object.keys(types.inputs)).toEqual(Object.keys(action.inputs));
    expect(Object.keys(types.outputs)).toEqual(Object.keys(action.outputs));
  });

  test.each(Object.entries({ ...types.inputs, ...types.outputs }))(
    'has a complete type for %s',
    (_, type) => {
      // https://github.com/typesafegithub/github-actions-typing: an enum has values, a list a separator and items.
      expect(['string', 'boolean', 'integer', 'float', 'enum', 'list']).toContain(type.type);
      expect(type['allowed-values'] !== undefined).toBe(type.type === 'enum');
      expect(type.separator !== undefined && type['list-item'] !== undefined).toBe(type.type === 'list');
    },
  );

  test.each(Object.entries(action.inputs).filter(([, input]) => input.default !== undefined))(
    'has a type for %s that its default is of',
    (name, { default: value = '' }) => {
      const type = types.inputs[name];
      switch (type?.type) {
        case 'boolean':
          return expect(value).toMatch(/^(true|false)$/);
        case 'integer':
          return expect(value).toMatch(/^\d+$/);
        case 'enum':
          return expect(type['allowed-values']).toContain(value);
        default:
          return expect(type?.type).toBe('string');
      }
    },
  );
});

describe('the Marketplace takes', () => {
  // https://docs.github.com/en/actions/how-tos/create-and-publish-actions/publish-in-github-marketplace
  test('the name: words that make an address', () => {
    expect(action.name).toMatch(/^[A-Z][A-Za-z]*( [A-Z][A-Za-z]*)+$/);
  });

  test('the description: on one line, and shorter than 125 characters', () => {
    expect(action.description).not.toContain('\n');
    expect(action.description.length).toBeLessThan(125);
  });

  // https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#branding
  test('the icon, which is one of Feather, and the colour', () => {
    expect(action.branding.icon).toMatch(/^[a-z]+(-[a-z\d]+)*$/);
    expect([
      ...['coffee', 'columns', 'divide-circle', 'divide-square', 'divide', 'frown', 'hexagon', 'key'],
      ...['meh', 'mouse-pointer', 'smile', 'tool', 'x-octagon'],
    ]).not.toContain(action.branding.icon);
    expect(['white', 'black', 'yellow', 'blue', 'green', 'orange', 'red', 'purple', 'gray-dark']).toContain(
      action.branding.color,
    );
  });

  test('who made it', () => {
    expect(action.author).not.toBe('');
  });
});

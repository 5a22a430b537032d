import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { type GetInput, readInputs } from '../src/inputs.ts';
import { Secrets } from '../src/secrets.ts';

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
  test('declares every input and output of action.yml, in the same order', () => {
    expect(Object.keys(types.inputs)).toEqual(Object.keys(action.inputs));
    expect(Object.keys(types.outputs)).toEqual(Object.keys(action.outputs));
  });

  test.each(Object.entries({ ...types.inputs, ...types.outputs }))(
    'declares a complete type for %s',
    (_, type) => {
      // https://github.com/typesafegithub/github-actions-typing: an enum has values, a list a separator and items.
      expect(['string', 'boolean', 'integer', 'float', 'enum', 'list']).toContain(type.type);
      expect(type['allowed-values'] !== undefined).toBe(type.type === 'enum');
      expect(type.separator !== undefined && type['list-item'] !== undefined).toBe(type.type === 'list');
    },
  );

  test.each(Object.entries(action.inputs).filter(([, input]) => input.default !== undefined))(
    'declares a type for %s that fits its default',
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

describe('action.yml', () => {
  const inputsOf = (getInput: GetInput) =>
    readInputs((name) => (name === 'token' ? 'ghp_admin' : getInput(name)), {}, new Secrets(() => undefined));

  test('declares every input that is read, and no other', () => {
    const names = ['token'];
    inputsOf((name) => {
      names.push(name);
      return '';
    });

    expect(new Set(names)).toEqual(new Set(Object.keys(action.inputs)));
  });

  test('declares the defaults of the code', () => {
    const declared = (name: string) => action.inputs[name]?.default?.replace(/^\$.*/, '') ?? '';

    expect(inputsOf(declared)).toEqual(inputsOf(() => ''));
  });
});

describe('the Marketplace accepts', () => {
  // https://docs.github.com/en/actions/how-tos/create-and-publish-actions/publish-in-github-marketplace
  test('the name, which becomes part of a URL', () => {
    expect(action.name).toMatch(/^[A-Z][A-Za-z]*( [A-Z][A-Za-z]*)+$/);
  });

  test('the description, which is one line of less than 125 characters', () => {
    expect(action.description).not.toContain('\n');
    expect(action.description.length).toBeLessThan(125);
  });

  // https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#branding
  test('the icon, which is one of Feather that GitHub does not omit, and the color', () => {
    expect(action.branding.icon).toMatch(/^[a-z]+(-[a-z\d]+)*$/);
    expect([
      ...['coffee', 'columns', 'divide-circle', 'divide-square', 'divide', 'frown', 'hexagon', 'key'],
      ...['meh', 'mouse-pointer', 'smile', 'tool', 'x-octagon'],
    ]).not.toContain(action.branding.icon);
    expect(['white', 'black', 'yellow', 'blue', 'green', 'orange', 'red', 'purple', 'gray-dark']).toContain(
      action.branding.color,
    );
  });

  test('the author', () => {
    expect(action.author).toMatch(/\S/);
  });
});

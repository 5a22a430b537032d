/**
 * Extracts the operations that this project uses from GitHub's published API description, for the contract tests:
 *
 *     npm install --prefix DIRECTORY @octokit/openapi
 *     node scripts/extract-api-description.ts DIRECTORY/node_modules/@octokit/openapi
 *
 * Run it by hand to update the description. The package has several hundred megabytes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { servedOperations } from '../sandbox/operations.ts';

interface Schema {
  title?: string;
  properties?: Record<string, Schema>;
  required?: string[];
}

interface PublishedOperation {
  parameters?: { in: string; name: string; required?: boolean; schema: Schema }[];
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

interface PublishedDescription {
  paths: Record<string, Record<string, PublishedOperation>>;
}

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('The argument is missing: the directory of @octokit/openapi.');

const schemas: Record<string, unknown> = {};
const operations: Record<string, unknown> = {};
for (const [file, keys] of Object.entries(Object.groupBy(servedOperations, fileOf))) {
  const description: PublishedDescription = readJson('generated', file);
  for (const key of keys ?? []) {
    const [method = '', path = ''] = key.split(' ');
    const operation = description.paths[path]?.[method.toLowerCase()];
    if (!operation) throw new Error(`${file} does not have ${key}.`);
    operations[key] = {
      parameters: (operation.parameters ?? []).map(({ in: place, name, required, schema }) => ({
        in: place,
        name,
        required,
        schema: withoutProse(schema),
      })),
      responses: Object.fromEntries(
        Object.entries(operation.responses).map(([status, { content }]) => [status, bodySchema(content)]),
      ),
    };
  }
}

const { version }: { version: string } = readJson('package.json');
const extract = { source: `@octokit/openapi ${version}`, operations, schemas };
writeFileSync(
  new URL('../__tests__/fixtures/api-description.json', import.meta.url),
  `${JSON.stringify(extract, null, 1)}\n`,
);

/** GitHub Enterprise Cloud, which has enterprises, has its own description. */
function fileOf(operation: string): string {
  return operation.includes(' /enterprises/') ? 'ghec.deref.json' : 'api.github.com.deref.json';
}

function readJson<Content>(...path: string[]): Content {
  return JSON.parse(readFileSync(join(directory ?? '', ...path), 'utf8'));
}

/** @returns null for a response without a body */
function bodySchema(content: Record<string, { schema: Schema }> | undefined): unknown {
  const schema = content?.['application/json']?.schema;
  return schema ? withoutProse(schema.title === 'Full Repository' ? narrowRepository(schema) : schema) : null;
}

/** A repository has more than a hundred properties. This project reads few of them. */
function narrowRepository(repository: Schema): Schema {
  const owner = narrow(repository.properties?.['owner'] ?? {}, ['login']);
  const narrowed = narrow(repository, ['id', 'name', 'full_name', 'private', 'owner']);
  return { ...narrowed, properties: { ...narrowed.properties, owner } };
}

function narrow(schema: Schema, names: string[]): Schema {
  const properties = Object.entries(schema.properties ?? {}).filter(([name]) => names.includes(name));
  const required = (schema.required ?? []).filter((name) => names.includes(name));
  return {
    ...schema,
    title: `${schema.title} extract`,
    properties: Object.fromEntries(properties),
    required,
  };
}

/** Removes descriptions, examples and extensions. A schema with a title is stored once and referenced. */
function withoutProse(schema: Schema): unknown {
  const { title, ...rest } = schema;
  const stripped = Object.fromEntries(
    Object.entries(rest)
      .filter(([keyword]) => !/^(description|examples?|x-.*)$/.test(keyword))
      .map(([keyword, value]) => [keyword, keyword === 'properties' ? mapValues(value) : strip(value)]),
  );
  if (title === undefined) return stripped;
  const name = title.toLowerCase().replaceAll(/\W+/g, '-');
  schemas[name] ??= stripped;
  // The two descriptions can have different schemas with the same title.
  return JSON.stringify(schemas[name]) === JSON.stringify(stripped)
    ? { $ref: `#/schemas/${name}` }
    : stripped;
}

/** The names of properties are not keywords, even if one of them is `description`. */
function mapValues(properties: object): unknown {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, strip(value)]));
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  return typeof value === 'object' && value !== null ? withoutProse(value) : value;
}

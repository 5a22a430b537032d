import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv, type AnySchemaObject } from 'ajv';
import addFormats from 'ajv-formats';
import { GitHub } from '../../sandbox/github.ts';
import { servedOperations } from '../../sandbox/operations.ts';

interface Description {
  operations: Record<
    string,
    {
      parameters: { in: string; name: string; schema: AnySchemaObject }[];
      responses: Record<string, AnySchemaObject | null>;
    }
  >;
  schemas: Record<string, AnySchemaObject>;
}

const description: Description = JSON.parse(
  readFileSync(new URL('../fixtures/api-description.json', import.meta.url), 'utf8'),
);
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);

const idle = 23;
const busy = 24;
const parameters: Record<string, string | number> = {
  owner: 'octo',
  repo: 'app',
  org: 'octo',
  enterprise: 'acme',
  runner_id: idle,
  name: 'idle',
  per_page: 10,
  page: 1,
};
/** Parameters that cause a status other than the usual one. */
const causes: Record<string, Partial<typeof parameters>> = {
  301: { repo: 'old-name' },
  404: { repo: 'unknown' },
  422: { runner_id: busy },
};
/** For repositories that GitHub blocks. The stand-in has none. */
const notServed = ['GET /repos/{owner}/{repo}: 403'];

let github: GitHub;
beforeAll(async () => {
  github = await GitHub.start();
  github.addRepository('octo/old-name');
  github.renameRepository('octo/old-name', 'octo/app');
  github.addOrganization('octo');
  github.addEnterprise('acme');
  const registrations = ['octo/app', 'octo', 'enterprises/acme'];
  github.addAdminToken('ghp_admin', { registrations });
});
afterAll(() => github.close());

/** Sends the request of an operation, such as `GET /orgs/{org}/actions/runners`, with these parameters. */
async function perform(operation: string, values: typeof parameters): Promise<Response> {
  const [method = '', template = ''] = operation.split(' ');
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
  const queried = description.operations[operation]?.parameters.filter(
    (parameter) => parameter.in === 'query',
  );
  const query = new URLSearchParams();
  for (const { name } of queried ?? []) query.set(name, String(values[name]));
  return fetch(`${github.apiUrl}${path}${query.size > 0 ? `?${query}` : ''}`, {
    method,
    headers: { authorization: 'Bearer ghp_admin' },
    redirect: 'manual',
  });
}

function errorsOf(schema: AnySchemaObject, value: unknown): string[] {
  const validate = ajv.compile({ schemas: description.schemas, ...schema });
  return validate(value) ? [] : (validate.errors ?? []).map((error) => ajv.errorsText([error]));
}

const responses = Object.entries(description.operations)
  .flatMap(([operation, { responses }]) =>
    Object.entries(responses).map(([status, schema]) => ({ operation, status, schema })),
  )
  .filter(({ operation, status }) => !notServed.includes(`${operation}: ${status}`));

describe("the stand-in conforms to GitHub's API description", () => {
  test('it serves the operations of the description for runners', () => {
    expect(servedOperations.toSorted()).toEqual(Object.keys(description.operations).toSorted());
  });

  test.each(Object.entries(description.operations))('%s has these parameters', (_, operation) => {
    for (const { name, schema } of operation.parameters)
      expect(errorsOf(schema, parameters[name])).toEqual([]);
  });

  test.each(responses)('$operation: $status', async ({ operation, status, schema }) => {
    for (const registration of ['octo/app', 'octo', 'enterprises/acme']) {
      for (const { id } of github.runners(registration)) github.removeRunner(registration, id);
      github.addRunner(registration, { id: idle, name: 'idle' });
      github.addRunner(registration, { id: busy, name: 'busy', busy: true });
    }

    const response = await perform(operation, {
      ...parameters,
      ...causes[status],
    } as typeof parameters);

    expect(response.status).toBe(Number(status));
    const body = await response.text();
    if (schema === null) {
      expect(body).toBe('');
      return;
    }
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const data: Record<string, unknown> = JSON.parse(body);
    expect(errorsOf(schema, data)).toEqual([]);
    // An empty list would conform to any description of runners.
    if ('runners' in data) expect(data['runners']).toHaveLength(1);
  });

  test.each([
    ['authentication-token', ['token', 'expires_at']],
    ['self-hosted-runners', ['id', 'name', 'os', 'status', 'busy', 'labels']],
    ['validation-error-simple', ['message', 'documentation_url']],
    ['full-repository-extract', ['id', 'name', 'full_name', 'private', 'owner']],
  ])('the description requires these properties: %s', (name, required) => {
    expect(errorsOf({ $ref: `#/schemas/${name}` }, {}).toSorted()).toEqual(
      required.map((property) => `data must have required property '${property}'`).toSorted(),
    );
  });
});

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv, type AnySchemaObject } from 'ajv';
import addFormats from 'ajv-formats';
import { GitHub, servedOperations } from '../../sandbox/github.ts';

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
/** What brings about the answers that are not the usual ones. */
const circumstances: Record<string, Partial<typeof parameters>> = {
  301: { repo: 'old-name' },
  404: { repo: 'unknown' },
  422: { runner_id: busy },
};
/** GitHub blocks repositories for reasons that have nothing to do with runners; the stand-in has none. */
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

/** Does what the description calls by the operation's key, with the parameters' values put in. */
async function perform(operation: string, values: typeof parameters): Promise<Response> {
  const [method = '', template = ''] = operation.split(' ');
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
  const asked = description.operations[operation]?.parameters.filter((parameter) => parameter.in === 'query');
  const query = new URLSearchParams();
  for (const { name } of asked ?? []) query.set(name, String(values[name]));
  return fetch(`${github.apiUrl}${path}${query.size > 0 ? `?${query}` : ''}`, {
    method,
    headers: { authorization: 'Bearer ghp_admin' },
    redirect: 'manual',
  });
}

function faults(schema: AnySchemaObject, value: unknown): string[] {
  const validate = ajv.compile({ schemas: description.schemas, ...schema });
  return validate(value) ? [] : (validate.errors ?? []).map((error) => ajv.errorsText([error]));
}

const answers = Object.entries(description.operations)
  .flatMap(([operation, { responses }]) =>
    Object.entries(responses).map(([status, schema]) => ({ operation, status, schema })),
  )
  .filter(({ operation, status }) => !notServed.includes(`${operation}: ${status}`));

describe("the stand-in answers like GitHub's published description", () => {
  test('it serves the operations that the description has for runners, and no others', () => {
    expect(servedOperations.toSorted()).toEqual(Object.keys(description.operations).toSorted());
  });

  test.each(Object.entries(description.operations))(
    '%s is asked with published parameters',
    (_, operation) => {
      for (const { name, schema } of operation.parameters)
        expect(faults(schema, parameters[name])).toEqual([]);
    },
  );

  test.each(answers)('$operation: $status', async ({ operation, status, schema }) => {
    for (const registration of ['octo/app', 'octo', 'enterprises/acme']) {
      for (const { id } of github.runners(registration)) github.removeRunner(registration, id);
      github.addRunner(registration, { id: idle, name: 'idle' });
      github.addRunner(registration, { id: busy, name: 'busy', busy: true });
    }

    const response = await perform(operation, {
      ...parameters,
      ...circumstances[status],
    } as typeof parameters);

    expect(response.status).toBe(Number(status));
    const body = await response.text();
    if (schema === null) {
      expect(body).toBe('');
      return;
    }
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const answer: Record<string, unknown> = JSON.parse(body);
    expect(faults(schema, answer)).toEqual([]);
    // A list without a runner in it would fit whatever the description says of runners.
    if ('runners' in answer) expect(answer['runners']).toHaveLength(1);
  });

  test.each([
    ['authentication-token', ['token', 'expires_at']],
    ['self-hosted-runners', ['id', 'name', 'os', 'status', 'busy', 'labels']],
    ['validation-error-simple', ['message', 'documentation_url']],
    ['full-repository-extract', ['id', 'name', 'full_name', 'private', 'owner']],
  ])('an answer that lacks what GitHub promises is noticed: %s', (name, required) => {
    expect(faults({ $ref: `#/schemas/${name}` }, {}).toSorted()).toEqual(
      required.map((property) => `data must have required property '${property}'`).toSorted(),
    );
  });
});

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
const isValid = ajv.compile(
  JSON.parse(readFileSync(new URL('../docs/runners.schema.json', import.meta.url), 'utf8')),
);

/** What the published schema has to say against an output `runners`; nothing when it is valid. */
export function problemsOfRunners(output: string): string[] {
  return isValid(JSON.parse(output))
    ? []
    : (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

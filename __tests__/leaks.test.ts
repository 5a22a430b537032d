import type { ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StepResult } from '../sandbox/launcher.ts';
import { adminToken, repository, World } from './world.ts';

/** `npm run test:fuzz` sets this. Without it the seed is fixed, so the same commit has the same result. */
const runs = process.env['FUZZ_RUNS'];
const settings = { endOnFailure: runs === undefined, ...(runs === undefined && { seed: 20_261_121 }) };

/** Tokens like GitHub's, and others with characters that encodings change. */
const token = fc
  .tuple(
    fc.constantFrom('ghp_', 'ghs_', 'github_pat_11', 'gho_', ''),
    fc.string({ unit: fc.constantFrom(...'ABCabc012_', ...'%&=+/?"\\\'<>$'), minLength: 20, maxLength: 60 }),
  )
  .map(([prefix, rest]) => prefix + rest);

/** Forms that a secret can take. */
const forms: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => Buffer.from(secret).toString('base64'),
  (secret) => Buffer.from(`x:${secret}`).toString('base64'),
  (secret) => Buffer.from(`user:${secret}`).toString('base64url'),
  (secret) => encodeURIComponent(secret),
  (secret) => JSON.stringify(secret),
  (secret) => `https://x:${encodeURIComponent(secret)}@github.example/?t=${encodeURIComponent(secret)}`,
  (secret) => `${secret.slice(0, 9)}\n${secret.slice(9)}`,
  (secret) => `${secret.slice(0, 5)}\r\n    ${secret.slice(5, 15)}\r${secret.slice(15)}`,
  (secret) => secret.padStart(495, 'x'),
];

const command = fc.constantFrom(
  '::add-mask::forged',
  '::error::forged',
  '::set-env name=forged::x',
  '::set-output name=forged::x',
  '::stop-commands::forged',
  '##[error]forged',
  '##[set-env name=forged]x',
  '\r\n',
  '\n',
);

/** Hostile text, made of secrets and workflow commands among other things. */
type Noise = (secrets: readonly string[]) => string;
const noise: fc.Arbitrary<Noise> = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 12 }).map(
        (text): Noise =>
          () =>
            text,
      ),
      command.map(
        (text): Noise =>
          () =>
            `\n${text}`,
      ),
      fc.tuple(fc.nat(), fc.constantFrom(...forms)).map(
        ([index, form]): Noise =>
          (secrets) =>
            form(secrets[index % secrets.length] ?? ''),
      ),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => (secrets) => parts.map((part) => part(secrets)).join(' '));

/** Everything that the run wrote once it had masked the secret, except for such commands and the file of the outputs. */
function writtenAfterMask(result: StepResult & { written: Map<string, string> }, secret: string): string {
  const lines = `${result.stdout}\n${result.stderr}`.split('\n');
  const mask = lines.indexOf(`::add-mask::${secret.replaceAll('%', '%25')}`);
  expect(mask).not.toBe(-1);
  const files = [...result.written].filter(([path]) => !path.includes('set_output_'));
  return [
    ...lines.slice(mask).filter((line) => !line.startsWith('::add-mask::')),
    ...files.flat(),
    result.outputs['runners'] ?? '',
  ].join('\n');
}

/** No form of the secret is in what the run wrote, even without its white space. */
function expectNoLeak(result: StepResult & { written: Map<string, string> }, secret: string): void {
  const text = writtenAfterMask(result, secret);
  const joined = text.replaceAll(/\s|%0[AD]|\\[rn]/g, '');
  const core = Buffer.from(secret).toString('base64').replace(/.?=*$/, '');
  for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), core]) {
    expect(text).not.toContain(form);
    if (!/%0[AD]|\\[rn]/.test(form)) expect(joined).not.toContain(form);
  }
}

/** No workflow command of somebody else was executed. */
function expectInert(result: StepResult): void {
  expect(result.masks).not.toContain('forged');
  expect(Object.keys(result.outputs)).not.toContain('forged');
  expect(result.log).not.toMatch(/^Error: (forged|Unable to process command|You cannot stop)/m);
}

/** Headers allow fewer characters than bodies. */
const inHeader = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, ' ').trim();

const hostileResponse = fc.record({
  status: fc.constantFrom(200, 201, 301, 307, 400, 401, 403, 404, 407, 422, 429, 500, 503),
  body: fc.constantFrom('message', 'text', 'token'),
  type: fc.constantFrom('application/json', 'text/html', 'text/plain; charset=latin1'),
  header: fc.constantFrom(
    ...['x-github-request-id', 'x-github-sso', 'x-oauth-scopes', 'x-accepted-oauth-scopes'],
    ...['x-accepted-github-permissions', 'location', 'retry-after', 'deprecation', 'link', 'date'],
  ),
  text: noise,
});

const inputs = fc.dictionary(
  fc.constantFrom(
    'owner',
    'repo',
    'organization',
    'enterprise',
    'remove',
    'dry-run',
    'retries',
    'runner-directory',
    'runner-name',
    'runner-label',
  ),
  noise,
  { maxKeys: 2 },
);

test('no secret is written in any form and no workflow command is executed, whatever the inputs and GitHub contain', async () => {
  await fc.assert(
    fc.asyncProperty(
      token,
      token,
      fc.array(hostileResponse, { maxLength: 3 }),
      fc.option(inputs, { nil: {}, freq: 3 }),
      async (adminToken, removeToken, responses, noisyInputs) => {
        const secrets = [adminToken, removeToken];
        const world = await World.start('src');
        const left = [...responses];
        world.github.intercept = (_request, response: ServerResponse) => {
          const hostile = left.shift();
          const issued = JSON.stringify({ token: removeToken, expires_at: '2099-01-01T00:00:00Z' });
          if (hostile === undefined) {
            response.writeHead(201, { 'content-type': 'application/json' }).end(issued);
            return true;
          }
          const text = hostile.text(secrets);
          const bodies = {
            message: JSON.stringify({ message: text, token: removeToken }),
            text,
            token: issued,
          };
          const { status, type, header } = hostile;
          response.writeHead(status, { 'content-type': type, [header]: inHeader(text) || 'x' });
          response.end(bodies[hostile.body as keyof typeof bodies]);
          return true;
        };
        try {
          const noisy = Object.entries(noisyInputs).map(([name, text]) => [name, text([adminToken])]);
          const result = await world.run(
            { token: adminToken, ...Object.fromEntries(noisy) },
            { environment: { ACTIONS_STEP_DEBUG: 'true' } },
          );
          expect(['success', 'failure']).toContain(result.conclusion);
          // The debug log is searched too.
          expect(result.stdout).toContain('::debug::');
          expect(result.log).not.toContain('unexpected error');
          expectNoLeak(result, adminToken);
          // Before the action has a remove token, it is not a secret.
          if (result.masks.includes(removeToken)) expectNoLeak(result, removeToken);
          expectInert(result);
        } finally {
          await world.end();
        }
      },
    ),
    { ...settings, numRuns: Number(runs ?? 25) },
  );
}, 600_000);

test('no secret is written in any form, whatever config.sh prints', async () => {
  await fc.assert(
    fc.asyncProperty(noise, fc.boolean(), async (text, isRefused) => {
      const world = await World.start('src');
      try {
        const { installation } = await world.install(repository, 'box');
        const secrets = () => [adminToken, ...world.github.issuedTokens.map((issued) => issued.token)];
        const printed = () => text(secrets());
        // The remove token is known only after its request, so the output of the script is set then.
        let isSet: Promise<void> | undefined;
        world.github.intercept = async (request) => {
          if (request.method === 'GET') {
            isSet ??= installation.set({
              output: printed(),
              ...(isRefused && { exitCode: 1, message: printed() }),
            });
            await isSet;
          }
          return false;
        };
        const result = await world.run(
          { remove: 'true', 'runner-directory': installation.directory },
          { environment: { ACTIONS_STEP_DEBUG: 'true' } },
        );
        expect(result.conclusion).toBe(isRefused ? 'failure' : 'success');
        expect(result.stdout).toContain('::debug::config.sh remove in ');
        for (const secret of secrets()) expectNoLeak(result, secret);
        expectInert(result);
      } finally {
        await world.end();
      }
    }),
    { ...settings, numRuns: Math.ceil(Number(runs ?? 50) / 10) },
  );
}, 600_000);

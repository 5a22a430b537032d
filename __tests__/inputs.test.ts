import { describe, expect, test } from '@jest/globals';
import type { Failure } from '../src/failure.ts';
import { type Inputs, invalidInput, readInputs } from '../src/inputs.ts';
import { Secrets } from '../src/secrets.ts';
import { enterprise, failureOf, organization, recordingCore, repository } from './support.ts';

type Given = Readonly<Record<string, string>>;

const current = { GITHUB_REPOSITORY: 'octo/app' };
function read(
  given: Given,
  environment: NodeJS.ProcessEnv = current,
  secrets = new Secrets(() => undefined),
): Inputs {
  return readInputs(recordingCore({ token: 'ghp_admin', ...given }).core.getInput, environment, secrets);
}

/** The failure over an input, which has to be named, with its value unless it is a secret or missing. */
async function refusal(
  given: Given,
  input: string,
  value: string | undefined,
  environment: NodeJS.ProcessEnv = current,
): Promise<Failure['explanation']> {
  const { kind, explanation } = await failureOf(() => read(given, environment));
  expect(kind).toBe('invalid-input');
  const shown = value === undefined ? '' : `: ${JSON.stringify(value)}`;
  expect(explanation.happened).toBe(
    `The input "${input}" cannot be used${shown}. Nothing was requested or changed.`,
  );
  expect(explanation.remedy).toMatch(new RegExp(`^Set "${input}" to what is accepted: .+\\.$`));
  return explanation;
}

test('with a token alone, the current repository is meant and nothing is removed', () => {
  expect(read({})).toEqual({
    adminToken: 'ghp_admin',
    server: { apiUrl: 'https://api.github.com', webUrl: 'https://github.com' },
    named: undefined,
    currentRepository: repository,
    removal: { when: 'never' },
    retries: 3,
  });
});

describe('the token', () => {
  test('is masked before anything else is looked at', async () => {
    const masked: string[] = [];
    const secrets = new Secrets((value) => masked.push(value));
    await failureOf(() => read({ token: ' two words ', remove: 'maybe' }, {}, secrets));
    expect(masked).toEqual(['two words']);
    expect(secrets.appearIn('two words')).toBe(true);
  });

  test('that is empty is explained as a secret that does not exist', async () => {
    const { cause, remedy } = await refusal({ token: ' ' }, 'token', undefined);
    expect(cause).toContain('a secret is that does not exist');
    expect(remedy).toContain('a token with admin rights');
  });

  test.each(['two words', 'two\nlines', 'tab\there', 'ümlaut', 'del\x7F'])(
    'cannot be %j, and is not shown',
    async (token) => {
      const { cause, remedy } = await refusal({ token }, 'token', undefined);
      expect(cause).toContain('white space, a line break or another character');
      expect(remedy).toContain('on one line');
    },
  );

  test.each(['!', '~', 'github_pat_1-2.3'])('can be %s', (token) => {
    expect(read({ token }).adminToken).toBe(token);
  });
});

describe('github-api-url', () => {
  const ghe = 'https://ghe.example/api/v3';
  test.each<[string, Given, NodeJS.ProcessEnv, string]>([
    ['the input', { 'github-api-url': ghe }, { GITHUB_API_URL: 'https://api.acme.ghe.com' }, ghe],
    ['the environment', {}, { GITHUB_API_URL: ghe }, ghe],
    ['GitHub.com', {}, { GITHUB_API_URL: '' }, 'https://api.github.com'],
  ])('is that of %s', (_, given, environment, apiUrl) => {
    expect(read(given, environment).server.apiUrl).toBe(apiUrl);
  });

  test.each([
    ['http://ghe.example', 'http://ghe.example', 'only be sent over https'],
    ['api.github.com', 'api.github.com', 'not a URL'],
    ['https://user:hunter2@ghe.example/api', 'https://***@ghe.example/api', 'a user name or a password'],
    ['HTTP://user:p@hunter2@ghe.example', 'HTTP://***@ghe.example', 'a user name or a password'],
    ['https:user:hunter2@ghe.example', '***@ghe.example', 'a user name or a password'],
    ['https:\\\\user:hunter2@ghe.example', '***@ghe.example', 'a user name or a password'],
    ['https://us\ner:hunter2@ghe.example', 'https://***@ghe.example', 'a user name or a password'],
    ['user:hunter2@ghe.example', '***@ghe.example', 'only be sent over https'],
  ])('cannot be %j, and is shown without a password', async (given, shown, problem) => {
    const { cause, remedy } = await refusal({ 'github-api-url': given }, 'github-api-url', shown);
    expect(cause).toContain(problem);
    expect(remedy).toMatch(/https:\/\/api\.github\.com.*NAME\.ghe\.com.*HOST\/api\/v3.*loopback/);
  });
});

describe('the registration', () => {
  const app2 = { kind: 'repository', owner: 'octo', repo: 'app2' };
  test.each([
    [{ organization: 'octo' }, organization],
    [{ enterprise: 'acme' }, enterprise],
    [{ repo: 'app2' }, app2],
    [{ repo: 'app2.git' }, app2],
    [{ repo: 'acme/app2' }, { ...app2, owner: 'acme' }],
    [{ repo: 'acme/app2.git' }, { ...app2, owner: 'acme' }],
    [
      { owner: 'acme', repo: 'app2' },
      { ...app2, owner: 'acme' },
    ],
    [
      { owner: 'ACME', repo: 'acme/app2' },
      { ...app2, owner: 'acme' },
    ],
    [
      { owner: 'acme', repo: 'ACME/app2' },
      { ...app2, owner: 'ACME' },
    ],
    [{ owner: ' ', repo: ' app2 ' }, app2],
  ])('is named by %j', (given, expected) => {
    expect(read(given).named).toEqual(expected);
  });

  test.each([
    [{ organization: 'octo', enterprise: 'acme' }, 'organization', 'octo', 'enterprise'],
    [{ organization: 'octo', owner: 'octo' }, 'organization', 'octo', 'owner'],
    [{ organization: 'octo', repo: 'app' }, 'organization', 'octo', 'repo'],
    [{ enterprise: 'acme', owner: 'octo' }, 'enterprise', 'acme', 'owner'],
    [{ enterprise: 'acme', repo: 'app' }, 'enterprise', 'acme', 'repo'],
    [{ enterprise: 'acme', owner: 'octo', repo: 'app' }, 'enterprise', 'acme', 'owner'],
  ])('cannot be named twice: %j', async (given, input, value, another) => {
    const { cause, remedy } = await refusal(given, input, value);
    expect(cause).toContain(`The input "${another}" is given too`);
    expect(remedy).toContain('one of organization, enterprise, and repo');
  });

  test('an owner without a repo is an error that names repo and organization', async () => {
    const { cause, remedy } = await refusal({ owner: 'octo' }, 'owner', 'octo');
    expect(cause).toContain('but not which');
    expect(remedy).toContain('together with repo;');
    expect(remedy).toContain('organization instead of owner');
  });

  test('an owner that contradicts repo is an error', async () => {
    const { cause } = await refusal({ owner: 'octo', repo: 'acme/app' }, 'owner', 'octo');
    expect(cause).toBe('It contradicts the input "repo", which names the owner "acme".');
  });

  test.each(['acme/app/x', '/app', 'acme/', 'https://github.com/acme/app', 'a b/app'])(
    'a repo is a name or owner/name, not %s',
    async (repo) => {
      const { cause, remedy } = await refusal({ repo }, 'repo', repo);
      expect(cause).toBe('It is neither a name nor owner/name.');
      expect(remedy).toContain('at most 100');
    },
  );

  test.each([
    [{ organization: 'a b' }, 'organization', 'a b'],
    [{ enterprise: 'enterprises/acme' }, 'enterprise', 'enterprises/acme'],
    [{ repo: '..' }, 'repo', '..'],
    [{ repo: '.git' }, 'repo', '.git'],
    [{ owner: 'a/b', repo: 'app' }, 'owner', 'a/b'],
    [{ owner: '..', repo: 'octo/app' }, 'owner', '..'],
  ])('a name has to be safe in a URL: %j', async (given, input, value) => {
    const { cause, remedy } = await refusal(given, input, value);
    expect(cause).toBe('It cannot be a name on GitHub.');
    expect(remedy).toContain('letters, digits, ".", "_" and "-", at most 100, not "." or ".."');
  });

  test.each([{}, { GITHUB_REPOSITORY: '' }, { GITHUB_REPOSITORY: 'octo' }])(
    'a repo needs an owner where there is no current repository: %j',
    async (environment) => {
      expect(read({}, environment).currentRepository).toBeUndefined();
      expect(read({ owner: 'octo', repo: 'app' }, environment).named).toEqual(repository);
      const { cause, remedy } = await refusal({ repo: 'app.git' }, 'repo', 'app.git', environment);
      expect(cause).toContain('GITHUB_REPOSITORY');
      expect(remedy).toContain('together with the input "owner"');
    },
  );
});

describe('removal', () => {
  test.each(['false', 'False', ''])('is not asked for by remove: %j, whatever the directories', (remove) => {
    expect(read({ remove, 'runner-directory': '/runner' }).removal).toEqual({ when: 'never' });
  });

  test('takes the directories that are given, one a line', () => {
    const directories = '/runners/one \r\n\n  /runners/two with spaces\n';
    expect(read({ remove: 'TRUE', 'runner-directory': directories }).removal).toEqual({
      when: 'now',
      directories: ['/runners/one', '/runners/two with spaces'],
      dryRun: false,
    });
  });

  test.each([
    ['true', true],
    ['TRUE', true],
    ['False', false],
    ['', false],
  ])('is only tried with dry-run: %j', (dryRun, expected) => {
    const given = { remove: 'true', 'runner-directory': '/runner', 'dry-run': dryRun };
    expect(read(given).removal).toMatchObject({ dryRun: expected });
  });

  test('without a directory is an error that says which input is missing', async () => {
    const { cause, remedy } = await refusal(
      { remove: 'true', 'runner-directory': ' \n ' },
      'runner-directory',
      undefined,
    );
    expect(cause).toContain('with remove: true');
    expect(remedy).toContain('config.sh');
  });

  test.each([
    ['remove', 'yes', 'not one of the words', 'false, true or after-job'],
    ['remove', 'after-jobs', 'not one of the words', 'false, true or after-job'],
    ['dry-run', 'maybe', 'neither yes nor no', 'true or false'],
    ['dry-run', 'truely', 'neither yes nor no', 'true or false'],
  ])('is not asked for in other words: %s: %s', async (input, value, problem, accepted) => {
    const { cause, remedy } = await refusal({ [input]: value }, input, value);
    expect(cause).toContain(problem);
    expect(remedy).toContain(accepted);
  });

  test.each([
    ['after-job', '', []],
    ['After-Job', '/one\n/two-*', ['/one', '/two-*']],
  ])(
    'of the runner of this job needs no directory: remove: %s, runner-directory: %j',
    (remove, directory, expected) => {
      expect(read({ remove, 'runner-directory': directory }).removal).toEqual({
        when: 'after-job',
        directories: expected,
        dryRun: false,
      });
    },
  );
});

describe('retries', () => {
  test.each([
    ['0', 0],
    ['10', 10],
    ['07', 7],
    ['', 3],
  ])('can be %j', (retries, expected) => {
    expect(read({ retries }).retries).toBe(expected);
  });

  test.each(['11', '99', '100', '-1', '1.5', '1e1', 'x1', '1x', 'three'])('cannot be %s', async (retries) => {
    const { cause, remedy } = await refusal({ retries }, 'retries', retries);
    expect(cause).toContain('not a number of retries');
    expect(remedy).toContain('from 0 to 10');
  });
});

test('a long value is not shown: a part of it could be a part of a secret', () => {
  const { explanation } = invalidInput({
    input: 'repo',
    value: `${'x'.repeat(200)}yz`,
    problem: '',
    accepted: '',
  });
  expect(explanation.happened).toContain(': (202 characters).');
});

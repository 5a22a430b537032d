import { describe, expect, test } from '@jest/globals';
import { type Inputs, readInputs } from '../src/inputs.ts';
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

test('with a token alone, the current repository is used and nothing is removed', () => {
  expect(read({})).toEqual({
    adminToken: { value: 'ghp_admin', kind: 'classic' },
    server: { apiUrl: 'https://api.github.com', webUrl: 'https://github.com' },
    registration: undefined,
    currentRepository: repository,
    removal: undefined,
    retries: 3,
    warnings: [],
  });
});

describe('token', () => {
  test('is masked before any input is validated', async () => {
    const masked: string[] = [];
    const secrets = new Secrets((value) => masked.push(value));
    await failureOf(() => read({ token: ' two words ', remove: 'maybe' }, {}, secrets));
    expect(masked).toEqual(['two words']);
    expect(secrets.isIn('two words')).toBe(true);
  });

  test.each([
    ['ghs_16C7e42F292c6912E7710c838347Ae178B4a', 'app'],
    // Installation tokens are becoming JWTs: no length and no alphabet may be assumed.
    [`ghs_${'eyJhbGciOiJSUzI1NiJ9.'.repeat(25)}`.slice(0, 520), 'app'],
    ['github_pat_11AAAAAAA0_x', 'fine-grained'],
    ['ghp_16C7e42F292c6912E7710c838347Ae178B4a', 'classic'],
    ['0123456789abcdef0123456789abcdef01234567', 'unknown'],
    ['xghp_1', 'unknown'],
    ['!', 'unknown'],
    ['~', 'unknown'],
  ])('can be %s: %s', (value, kind) => {
    expect(read({ token: value }).adminToken).toEqual({ value, kind });
  });

  test('can come from a secret that does not exist', async () => {
    const { kind, explanation } = await failureOf(() => read({ token: ' ' }));
    expect(kind).toBe('invalid-input');
    expect(explanation).toEqual({
      happened: 'The input "token" is empty. Nothing was requested or changed.',
      likelyCause:
        'The secret does not exist, or this event cannot read it (for example a pull request from a fork).',
      remedy:
        'Set "token" to a secret that this workflow can read and that contains a token with admin rights.',
    });
  });

  test.each(['two words', 'two\nlines', 'tab\there', 'ümlaut', 'del\x7F'])(
    'cannot be %j, and is not shown',
    async (token) => {
      const { kind, explanation } = await failureOf(() => read({ token }));
      expect(kind).toBe('invalid-input');
      expect(explanation).toEqual({
        happened: 'The input "token" is invalid. Nothing was requested or changed.',
        cause:
          'The value contains white space, a line break or another character that tokens do not contain.',
        remedy: 'Store the token in the secret again, exactly as GitHub showed it, on one line.',
      });
    },
  );
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
    ['https://user:hunter2@ghe.example/api', 'https://***@ghe.example/api'],
    ['HTTP://user:p@hunter2@ghe.example', 'HTTP://***@ghe.example'],
    ['https:user:hunter2@ghe.example', '***@ghe.example'],
    ['https:\\\\user:hunter2@ghe.example', '***@ghe.example'],
    ['https://us\ner:hunter2@ghe.example', 'https://***@ghe.example'],
    ['user:hunter2@ghe.example', '***@ghe.example'],
  ])('is shown without a password: %j', async (given, shown) => {
    const { message } = await failureOf(() => read({ 'github-api-url': given }));
    expect(message).toContain(`The input "github-api-url" is invalid: ${JSON.stringify(shown)}.`);
    expect(message).not.toContain('hunter2');
  });
});

describe('the registration', () => {
  const app2 = { kind: 'repository', owner: 'octo', repo: 'app2' };
  const acme = { ...app2, owner: 'acme' };
  test.each<[Given, object]>([
    [{ organization: 'octo' }, organization],
    [{ enterprise: 'acme' }, enterprise],
    [{ repo: 'app2' }, app2],
    [{ repo: 'app2.git' }, app2],
    [{ repo: 'acme/app2.git' }, acme],
    [{ owner: 'acme', repo: 'app2' }, acme],
    [{ owner: 'ACME', repo: 'acme/app2' }, acme],
    [{ owner: ' ', repo: ' app2 ' }, app2],
  ])('can be named by %j', (given, expected) => {
    expect(read(given).registration).toEqual(expected);
  });

  test.each([{}, { GITHUB_REPOSITORY: '' }, { GITHUB_REPOSITORY: 'octo' }])(
    'needs an owner outside of a repository: %j',
    async (environment) => {
      expect(read({}, environment).currentRepository).toBeUndefined();
      expect(read({ owner: 'octo', repo: 'app' }, environment).registration).toEqual(repository);
      expect((await failureOf(() => read({ repo: 'app.git' }, environment))).explanation).toEqual({
        happened: 'The input "repo" is invalid: "app.git". Nothing was requested or changed.',
        cause: 'The owner is unknown: GITHUB_REPOSITORY is not set.',
        remedy: 'Use OWNER/NAME, or add the input "owner".',
      });
    },
  );
});

describe('remove', () => {
  test.each(['false', 'False', ''])('%j removes nothing', (remove) => {
    expect(read({ remove })).toMatchObject({ removal: undefined, warnings: [] });
  });

  test('true takes directories of this machine, one per line', () => {
    const directories = '/runners/one \r\n\n  /runners/two with spaces\n!/runners/two*\n';
    expect(read({ remove: 'TRUE', 'runner-directory': directories }).removal).toEqual({
      kind: 'installed',
      when: 'now',
      directories: ['/runners/one', '/runners/two with spaces', '!/runners/two*'],
      waitMinutes: 0,
      dryRun: false,
    });
  });

  test.each([
    ['after-job', '', []],
    ['After-Job', '/one\n/two-*', ['/one', '/two-*']],
  ])('%s needs no directory: %j', (remove, directory, directories) => {
    expect(read({ remove, 'runner-directory': directory }).removal).toEqual({
      kind: 'installed',
      when: 'after-job',
      directories,
      waitMinutes: 0,
      dryRun: false,
    });
  });

  const defaults = { names: [], labels: [], status: 'offline', offlineMinutes: undefined, waitMinutes: 0 };
  test.each<[Given, object]>([
    [{ 'runner-name': 'spot-*\n\n Build 07 ' }, { names: ['spot-*', 'Build 07'] }],
    [{ 'runner-label': 'gpu\nspot' }, { labels: ['gpu', 'spot'] }],
    [
      { 'runner-name': 'a', 'runner-label': 'b' },
      { names: ['a'], labels: ['b'] },
    ],
    [{ 'runner-name': 'n'.repeat(256) }, { names: ['n'.repeat(256)] }],
    [
      { 'runner-name': 'a', 'runner-status': 'Any', 'offline-minutes': '0', 'wait-minutes': '1440' },
      { names: ['a'], status: 'any', offlineMinutes: 0, waitMinutes: 1_440 },
    ],
  ])('true takes registered runners: %j', (given, expected) => {
    const removal = { kind: 'registered', ...defaults, ...expected, dryRun: false };
    expect(read({ remove: 'true', ...given })).toMatchObject({ removal, warnings: [] });
  });

  test.each([
    ['True', true],
    ['False', false],
    ['', false],
  ])('can be tried with dry-run: %j', (dryRun, expected) => {
    expect(read({ remove: 'after-job', 'dry-run': dryRun }).removal?.dryRun).toBe(expected);
  });
});

describe('warnings', () => {
  const unused = {
    'runner-directory': '/runner',
    'runner-name': 'box',
    'runner-label': 'gpu',
    'offline-minutes': '5',
    'runner-status': 'any',
    'wait-minutes': '10',
    'dry-run': 'TRUE',
  };

  test('say that inputs have no effect without remove', () => {
    expect(read(unused).warnings).toEqual(
      Object.keys(unused).map(
        (input) =>
          `The input "${input}" has no effect: "remove" is "false", so this step only creates a remove token. To remove runners, set "remove" to "true" or "after-job".`,
      ),
    );
  });

  test('say that inputs have no effect without runner-name and runner-label', () => {
    const { 'runner-name': _, 'runner-label': __, ...given } = unused;
    expect(read({ ...given, remove: 'true' }).warnings).toEqual(
      ['runner-status', 'offline-minutes'].map(
        (input) =>
          `The input "${input}" has no effect: it applies to runners selected by "runner-name" or "runner-label", which are empty.`,
      ),
    );
  });

  test.each<[Given, string[]]>([
    [
      { 'runner-status': 'any', 'offline-minutes': '5' },
      ['The input "offline-minutes" has no effect: with "runner-status: any", runners may be online.'],
    ],
    [
      { 'wait-minutes': '10' },
      [
        'The input "wait-minutes" has no effect: runners that are busy or online are left alone if they only match a pattern or a label. To wait for a runner, add its full name to "runner-name", or set "runner-status" to "any".',
      ],
    ],
    [{ 'wait-minutes': '10', 'offline-minutes': '5', 'runner-name': 'spot-?\nbox' }, []],
    [{ 'wait-minutes': '10', 'runner-status': 'any' }, []],
    [{ 'offline-minutes': '5' }, []],
  ])('say that inputs have no effect on a selection: %j', (given, warnings) => {
    const selection = { remove: 'true', 'runner-name': 'spot-*\nbox-?' };
    expect(read({ ...selection, ...given }).warnings).toEqual(warnings);
  });

  test('say that labels have no wildcards', () => {
    expect(read({ remove: 'true', 'runner-label': 'spot-*\ngpu' }).warnings).toEqual([
      'In "runner-label", "*" and "?" are not wildcards: "spot-*" selects only runners with exactly this label. Use patterns in "runner-name".',
    ]);
  });

  test('say that wait-minutes has no effect on the runner of this job alone', () => {
    const given = { remove: 'after-job', 'wait-minutes': '60', token: 'ghs_1' };
    expect(read(given).warnings).toEqual([
      'The input "wait-minutes" has no effect: it applies to "runner-directory", which is empty. The runner of this job is removed as soon as it is idle after the job, within 55 minutes.',
    ]);
    expect(read({ ...given, 'wait-minutes': '59', 'runner-directory': '/runner' }).warnings).toEqual([]);
  });

  test.each<[number, Given]>([
    [60, { 'runner-directory': '/runner', 'wait-minutes': '60' }],
    [60, { 'runner-name': 'box', 'wait-minutes': '60' }],
    [90, { 'runner-name': '*', 'offline-minutes': '90' }],
    [60, { 'runner-name': 'box', 'wait-minutes': '30', 'offline-minutes': '30' }],
    [60, { 'runner-name': 'box', 'wait-minutes': '60', 'runner-status': 'any' }],
  ])("say that a GitHub App's token expires before the wait of %d minutes is over: %j", (minutes, given) => {
    const step = { ...given, remove: 'true' };
    expect(read({ ...step, token: 'ghs_1' }).warnings).toEqual([
      `The step can wait for ${minutes} minutes ("wait-minutes" and "offline-minutes"), but the token of a GitHub App expires after 60 minutes. If the step waits longer, it fails.`,
    ]);
    expect(read({ ...step, token: 'ghp_1' }).warnings).toEqual([]);
    expect(read({ ...step, token: 'ghs_1', remove: 'false' }).warnings).not.toContainEqual(
      expect.stringContaining('expires'),
    );
  });

  test('do not count offline-minutes where it has no effect', () => {
    const step = { remove: 'true', 'runner-name': 'box', 'runner-status': 'any', 'offline-minutes': '60' };
    expect(read({ ...step, token: 'ghs_1' }).warnings).toEqual([
      expect.stringContaining('"offline-minutes" has no effect'),
    ]);
  });

  test('are absent if the inputs have their defaults', () => {
    const given = { 'runner-status': 'Offline', 'wait-minutes': '0', 'dry-run': 'False' };
    expect(read(given).warnings).toEqual([]);
    expect(read({ ...given, remove: 'after-job' }).warnings).toEqual([]);
  });
});

test.each([
  ['0', 0],
  ['10', 10],
  ['07', 7],
  ['', 3],
])('retries can be %j: %i', (retries, expected) => {
  expect(read({ retries }).retries).toBe(expected);
});

/** A cause and a remedy. */
type Advice = readonly [cause: string, remedy: string];
const invalid = (input: string, value: string) => `The input "${input}" is invalid: "${value}"`;
const exclusive = (one: string, other: string) => `The inputs "${one}" and "${other}" are mutually exclusive`;

const apiUrl = (cause: string): Advice => [
  cause,
  'Use the root of the REST API: https://api.github.com, https://api.NAME.ghe.com or https://HOST/api/v3. Plain http is accepted on loopback only.',
];
const oneRegistration: Advice = [
  'Each of these inputs names a different registration.',
  'Use only "organization" for runners of an organization, only "enterprise" for runners of an enterprise, or only "repo" (with or without "owner") for runners of a repository.',
];
const nameRule = 'A name consists of up to 100 letters, digits, ".", "_" and "-", and cannot be "." or "..".';
const noName: Advice = ['The value cannot be a name on GitHub.', `Correct the value. ${nameRule}`];
const noRepository: Advice = [
  'The value is neither a repository name nor an owner and a name separated by a slash.',
  `Use NAME or OWNER/NAME. ${nameRule}`,
];
const ownerAlone: Advice = [
  'An owner alone does not name a registration.',
  'Add "repo" for runners of a repository. For runners of an organization, use "organization: octo" instead of "owner".',
];
const contradiction: Advice = [
  'The input "repo" names a different owner: "acme".',
  'Remove "owner", or use the same owner in both inputs.',
];
const exclusiveSelection = (selector: string, other: string, what: string): Advice => [
  `"${other}" selects ${what}, and "${selector}" selects registered runners, wherever their machines are.`,
  `Remove "${selector}" or "${other}", or use two steps.`,
];
const installed = 'runners that are installed on this machine';
const own = 'the runner that executes this job';
const selectorRule = 'A line is longer than 256 characters, or contains a comma or a control character.';
const noRunner = 'The input "remove" is "true", but no runner is selected';
const selection = (cause: string): Advice => [
  cause,
  'To remove runners of this machine, set "runner-directory" to their installation directories (those that contain config.sh), one per line. Globs are allowed. To remove registered runners whose machine is gone, set "runner-name" or "runner-label". To remove the runner that executes this job, use "remove: after-job" instead.',
];
const unsupported = (remedy: string): Advice => ['The value is unsupported.', remedy];
const integer = (input: string, maximum: number): Advice => [
  `The value must be an integer from 0 to ${maximum}.`,
  `Correct the value, or remove "${input}" to use the default.`,
];

test.each<[Given, string, Advice]>([
  [
    { 'github-api-url': 'http://ghe.example' },
    invalid('github-api-url', 'http://ghe.example'),
    apiUrl('The value does not use https.'),
  ],
  [{ 'github-api-url': 'ghe' }, invalid('github-api-url', 'ghe'), apiUrl('The value is not a URL.')],
  [{ organization: 'o', enterprise: 'e' }, exclusive('organization', 'enterprise'), oneRegistration],
  [{ organization: 'o', owner: 'o' }, exclusive('organization', 'owner'), oneRegistration],
  [{ organization: 'o', repo: 'r' }, exclusive('organization', 'repo'), oneRegistration],
  [{ enterprise: 'e', owner: 'o' }, exclusive('enterprise', 'owner'), oneRegistration],
  [{ enterprise: 'e', repo: 'r' }, exclusive('enterprise', 'repo'), oneRegistration],
  [{ enterprise: 'e', owner: 'o', repo: 'r' }, exclusive('enterprise', 'owner'), oneRegistration],
  [{ owner: 'octo' }, 'The input "owner" ("octo") is set without "repo"', ownerAlone],
  [{ owner: 'octo', repo: 'acme/app' }, invalid('owner', 'octo'), contradiction],
  [{ repo: 'acme/app/x' }, invalid('repo', 'acme/app/x'), noRepository],
  [{ repo: '/app' }, invalid('repo', '/app'), noRepository],
  [{ repo: 'https://github.com/o/r' }, invalid('repo', 'https://github.com/o/r'), noRepository],
  [{ organization: 'a b' }, invalid('organization', 'a b'), noName],
  [{ enterprise: 'enterprises/acme' }, invalid('enterprise', 'enterprises/acme'), noName],
  [{ repo: '..' }, invalid('repo', '..'), noName],
  [{ repo: '.git' }, invalid('repo', '.git'), noName],
  [{ owner: 'a/b', repo: 'app' }, invalid('owner', 'a/b'), noName],
  [{ owner: '..', repo: 'octo/app' }, invalid('owner', '..'), noName],
  [
    { remove: 'true' },
    noRunner,
    selection('The inputs "runner-directory", "runner-name" and "runner-label" are empty.'),
  ],
  [
    { remove: 'true', 'runner-directory': '!/one\n!/two' },
    noRunner,
    selection('Every line of "runner-directory" starts with "!" and so excludes directories.'),
  ],
  [
    { remove: 'true', 'runner-directory': '/one', 'runner-name': 'box' },
    exclusive('runner-name', 'runner-directory'),
    exclusiveSelection('runner-name', 'runner-directory', installed),
  ],
  [
    { remove: 'true', 'runner-directory': '/one', 'runner-label': 'gpu' },
    exclusive('runner-label', 'runner-directory'),
    exclusiveSelection('runner-label', 'runner-directory', installed),
  ],
  [
    { remove: 'after-job', 'runner-name': 'box', 'runner-label': 'gpu' },
    exclusive('runner-name', 'remove: after-job'),
    exclusiveSelection('runner-name', 'remove: after-job', own),
  ],
  [
    { 'runner-name': 'n'.repeat(257) },
    'The input "runner-name" is invalid: (257 characters)',
    [selectorRule, 'Use one name or pattern per line.'],
  ],
  [
    { 'runner-label': 'a\u0001b' },
    invalid('runner-label', 'a\\u0001b'),
    [selectorRule, 'Use one label per line.'],
  ],
  [
    { 'runner-name': 'one, two' },
    invalid('runner-name', 'one, two'),
    [selectorRule, 'Use one name or pattern per line.'],
  ],
  [
    { 'runner-name': 'spot-*\n!spot-1' },
    invalid('runner-name', '!spot-1'),
    [
      'Lines that start with "!" exclude in "runner-directory" only.',
      'Use a name or pattern that selects fewer runners.',
    ],
  ],
  [{ 'runner-status': 'OnLine' }, invalid('runner-status', 'OnLine'), unsupported('Use "offline" or "any".')],
  [
    { remove: 'After-jobs' },
    invalid('remove', 'After-jobs'),
    unsupported('Use "false", "true" or "after-job".'),
  ],
  [{ 'offline-minutes': '1441' }, invalid('offline-minutes', '1441'), integer('offline-minutes', 1_440)],
  [{ 'wait-minutes': '-1' }, invalid('wait-minutes', '-1'), integer('wait-minutes', 1_440)],
  [{ 'dry-run': 'truely' }, invalid('dry-run', 'truely'), unsupported('Use "false" or "true".')],
  ...['11', '99999', '-1', '1.5', '1e1', 'x1', '1x', 'three'].map((value): [Given, string, Advice] => [
    { retries: value },
    invalid('retries', value),
    integer('retries', 10),
  ]),
])('nothing is requested or changed with %j', async (given, happened, [cause, remedy]) => {
  const { kind, explanation } = await failureOf(() => read(given));
  expect(kind).toBe('invalid-input');
  expect(explanation).toEqual({ happened: `${happened}. Nothing was requested or changed.`, cause, remedy });
});

test('a long value is not shown: redaction cannot recognize part of a secret', async () => {
  const { message } = await failureOf(() => read({ repo: `${'x'.repeat(200)}yz` }));
  expect(message).toContain('The input "repo" is invalid: (202 characters).');
});

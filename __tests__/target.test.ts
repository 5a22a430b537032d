import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseServer, type Registration } from '../src/registration.ts';
import { targetOfInputs, targetOfRunner } from '../src/target.ts';
import { enterprise, failureOf, organization, repository } from './support.ts';

type Inputs = Parameters<typeof targetOfInputs>[0];
const nothingNamed: Inputs = {
  registration: undefined,
  currentRepository: repository,
  server: parseServer('https://api.github.com'),
};
const naming = (registration: Registration): Inputs => ({ ...nothingNamed, registration });
const noCurrentRepository: Inputs = { ...nothingNamed, currentRepository: undefined };

describe('without a runner, the target is', () => {
  test('the registration in the inputs', () => {
    expect(targetOfInputs(naming(enterprise))).toEqual({ registration: enterprise, source: 'the inputs' });
  });

  test('otherwise the current repository', () => {
    const target = { registration: repository, source: 'the current repository' };
    expect(targetOfInputs(nothingNamed)).toEqual(target);
  });

  test('otherwise unknown, which is an error', async () => {
    expect(await failureOf(() => targetOfInputs(noCurrentRepository))).toMatchObject({
      kind: 'invalid-input',
      explanation: {
        happened: 'The registration of the runners is unknown. Nothing was requested or changed.',
        cause: 'The inputs do not name one, and GITHUB_REPOSITORY (the current repository) is not set.',
        remedy: 'Set the input "repo" (to OWNER/NAME), "organization" or "enterprise".',
      },
    });
  });
});

/** The pairs of names that were checked with GitHub. */
let checked: unknown[][];
beforeEach(() => {
  checked = [];
});

const targetOf = (url: string | undefined, inputs: Inputs, isSame = false) =>
  targetOfRunner('/runner', url, inputs, async (...names) => {
    checked.push(names);
    return isSame;
  });

async function mismatchOf(url: string | undefined, inputs: Inputs, isSame?: boolean) {
  const { kind, explanation } = await failureOf(() => targetOf(url, inputs, isSame));
  expect(kind).toBe('registration-mismatch');
  return explanation;
}

describe('the target of a runner', () => {
  test.each<[string, Registration]>([
    ['https://github.com/octo/app', repository],
    ['https://github.com/octo', organization],
    ['https://www.github.com/OCTO/App/', { kind: 'repository', owner: 'OCTO', repo: 'App' }],
    ['https://github.com/Octo', { kind: 'organization', organization: 'Octo' }],
  ])('is its own registration: the current repository or its organization: %s', async (url, registration) => {
    const source = "the runner's installation";
    expect(await targetOf(url, nothingNamed)).toEqual({ registration, source, wasRenamed: false });
  });

  test.each<[string | undefined, Registration]>([
    ['https://github.com/enterprises/Acme', enterprise],
    ['https://github.com/octo', organization],
    [undefined, repository],
  ])('is the registration in the inputs, which is its own or unknown: %s', async (url, registration) => {
    const source = 'the inputs';
    expect(await targetOf(url, naming(registration))).toEqual({ registration, source, wasRenamed: false });
  });

  test('can be on a server whose name begins with www.', async () => {
    const inputs = { ...nothingNamed, server: parseServer('https://www.ghe.example/api/v3') };
    expect((await targetOf('https://www.ghe.example/octo/app', inputs)).registration).toEqual(repository);
  });
});

describe('a runner is refused', () => {
  test.each([
    ['https://github.com/octo/other', 'repository octo/other'],
    ['https://github.com/another/app', 'repository another/app'],
    ['https://github.com/another', 'organization another'],
    ['https://github.com/enterprises/acme', 'enterprise acme'],
  ])('if it is registered elsewhere and the inputs do not say so: %s', async (url, registration) => {
    expect(await mismatchOf(url, nothingNamed)).toEqual({
      happened: `The runner in /runner is registered with ${registration}, which is neither the current repository nor the organization that owns it. Nothing was changed.`,
      cause:
        "Without a registration in the inputs, only these two are accepted: jobs can write to the installation's files and must not be able to redirect your token.",
      remedy: `To remove this runner, name ${registration} in the inputs ("repo", "organization" or "enterprise").`,
    });
  });

  test('if neither the inputs nor the workflow name a registration', async () => {
    const { happened } = await mismatchOf('https://github.com/octo/app', noCurrentRepository, true);
    expect(happened).toContain('repository octo/app');
    expect(checked).toEqual([]);
  });

  test('if the inputs name another registration', async () => {
    expect(await mismatchOf('https://github.com/octo/app', naming(organization))).toEqual({
      happened:
        'The runner in /runner is registered with repository octo/app, but the inputs name organization octo. Nothing was changed.',
      likelyCause:
        'The inputs name the wrong registration, or "runner-directory" includes a runner that is to stay.',
      remedy:
        'To remove this runner, name repository octo/app in the inputs. Otherwise, correct "runner-directory".',
    });
  });

  test('if its registration is unknown and the inputs do not name it', async () => {
    expect(await mismatchOf(undefined, nothingNamed)).toEqual({
      happened: 'The registration of the runner in /runner is unknown. Nothing was changed.',
      cause: 'Its configuration contains no URL, which is normal for a just-in-time runner.',
      remedy: 'Name its registration in the inputs ("repo", "organization" or "enterprise").',
    });
  });

  test.each([nothingNamed, naming(repository)])('if its URL is invalid (%#)', async (inputs) => {
    const url = 'https://github.com/octo/app/x"y';
    expect(await mismatchOf(url, inputs)).toEqual({
      happened: `The runner in /runner is registered with ${JSON.stringify(url)}, which is not the URL of a repository, organization or enterprise. Nothing was changed.`,
      likelyCause: 'The file .runner is damaged or was changed.',
      remedy: 'Remove the runner on GitHub, in the settings of its repository, organization or enterprise.',
    });
  });

  test.each([nothingNamed, naming(repository)])(
    'if it is registered on another server (%#)',
    async (inputs) => {
      expect(await mismatchOf('https://ghe.example:8443/octo/app', inputs)).toEqual({
        happened:
          'The runner in /runner is registered on ghe.example:8443, but the token is for github.com. Nothing was changed.',
        likelyCause: '"github-api-url" is wrong, or "runner-directory" includes a runner of another server.',
        remedy:
          'Set "github-api-url" to the API root of ghe.example:8443 and "token" to a token for that server, or correct "runner-directory".',
      });
    },
  );
});

describe('a runner that was registered before its repository was renamed', () => {
  const url = 'https://github.com/octo/former';
  const names = [{ ...repository, repo: 'former' }, repository];

  test.each<[string, Inputs]>([
    ["the runner's installation", nothingNamed],
    ['the inputs', naming(repository)],
  ])('is removed under the present name: %s', async (source, inputs) => {
    expect(await targetOf(url, inputs, true)).toEqual({ registration: repository, source, wasRenamed: true });
    expect(checked).toEqual([names]);
  });

  test.each<[string, Inputs]>([
    [url, naming(organization)],
    [url, naming(enterprise)],
    ['https://github.com/another', nothingNamed],
    ['https://github.com/another', naming(repository)],
    ['https://github.com/enterprises/acme', nothingNamed],
  ])('is not looked for among organizations and enterprises (%#)', async (elsewhere, inputs) => {
    await mismatchOf(elsewhere, inputs, true);
    expect(checked).toEqual([]);
  });
});

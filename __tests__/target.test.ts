import { beforeEach, describe, expect, test } from '@jest/globals';
import { type AddressingInputs, addressedByInputs, addressedByRunner } from '../src/addressing.ts';
import type { Registration } from '../src/registration.ts';
import { parseServer } from '../src/server.ts';
import { enterprise, failureOf, organization, repository } from './support.ts';

const nothingNamed: AddressingInputs = {
  named: undefined,
  currentRepository: repository,
  server: parseServer('https://api.github.com'),
};
const mismatch = 'registration-mismatch';

describe('without a runner', () => {
  test('the registration that the inputs name is addressed', () => {
    expect(addressedByInputs({ ...nothingNamed, named: enterprise })).toEqual({
      registration: enterprise,
      source: 'the inputs',
    });
  });

  test('the current repository is addressed when the inputs name none', () => {
    expect(addressedByInputs(nothingNamed)).toEqual({
      registration: repository,
      source: 'the current repository',
    });
  });

  test('an unknown current repository is an error that names the variable and the inputs', async () => {
    const failure = await failureOf(() =>
      addressedByInputs({ ...nothingNamed, currentRepository: undefined }),
    );
    expect(failure.kind).toBe('invalid-input');
    expect(failure.explanation).toMatchObject({
      happened: expect.stringContaining('Nothing was requested or changed.'),
      cause: expect.stringContaining('GITHUB_REPOSITORY'),
      remedy: expect.stringMatching(/repo: owner\/name.*organization.*enterprise/),
    });
  });
});

/** GitHub is asked about two names; unless told otherwise it says that they are different repositories. */
const addressed = (
  directory: string,
  url: string | undefined,
  inputs: AddressingInputs,
  isSameRepository: Parameters<typeof addressedByRunner>[3] = async () => false,
) => addressedByRunner(directory, url, inputs, isSameRepository);

describe('a runner', () => {
  test.each<[string, Registration]>([
    ['https://github.com/octo/app', repository],
    ['https://github.com/octo', organization],
    ['https://www.github.com/OCTO/App/', { kind: 'repository', owner: 'OCTO', repo: 'App' }],
    ['https://github.com/Octo', { kind: 'organization', organization: 'Octo' }],
  ])(
    'of the current repository or its organization is addressed by what it says itself: %s',
    async (url, own) => {
      expect(await addressed('/runner', url, nothingNamed)).toEqual({
        wasRenamed: false,
        registration: own,
        source: "the runner's installation",
      });
    },
  );

  test.each([
    ['https://github.com/octo/other', 'repository octo/other'],
    ['https://github.com/another/app', 'repository another/app'],
    ['https://github.com/another', 'organization another'],
    ['https://github.com/enterprises/acme', 'enterprise acme'],
  ])('registered elsewhere has to be named in the inputs: %s', async (url, own) => {
    const failure = await failureOf(() => addressed('/runner', url, nothingNamed));
    expect(failure.kind).toBe(mismatch);
    expect(failure.explanation.happened).toBe(
      `The runner in /runner is registered with the ${own}, which is neither the current repository nor the organization that owns it. Nothing was changed.`,
    );
    expect(failure.explanation.cause).toContain('changed the files');
    expect(failure.explanation.remedy).toContain(`name the ${own} in the inputs`);
  });

  test('has to be named in the inputs where there is no current repository', async () => {
    const url = 'https://github.com/octo/app';
    const failure = await failureOf(() =>
      addressed('/runner', url, { ...nothingNamed, currentRepository: undefined }),
    );
    expect(failure).toMatchObject({
      kind: mismatch,
      message: expect.stringContaining('repository octo/app'),
    });
  });

  test.each<[string | undefined, Registration]>([
    ['https://github.com/enterprises/Acme', enterprise],
    ['https://github.com/octo', organization],
    [undefined, repository],
  ])(
    'that is what the inputs name is addressed, also when it says nothing itself: %p',
    async (url, named) => {
      expect(await addressed('/runner', url, { ...nothingNamed, named })).toEqual({
        wasRenamed: false,
        registration: named,
        source: 'the inputs',
      });
    },
  );

  test('that is not what the inputs name is an error that tells both', async () => {
    const url = 'https://github.com/octo/app';
    const failure = await failureOf(() =>
      addressed('/runner', url, { ...nothingNamed, named: organization }),
    );
    expect(failure.kind).toBe(mismatch);
    expect(failure.explanation).toEqual({
      happened:
        'The runner in /runner is registered with the repository octo/app, not with the organization octo that the inputs name. Nothing was changed.',
      cause: expect.stringContaining('"runner-directory"'),
      remedy: expect.stringContaining('Name the repository octo/app in the inputs'),
    });
  });

  test('that does not say where it is registered has to be named in the inputs', async () => {
    const failure = await failureOf(() => addressed('/runner', undefined, nothingNamed));
    expect(failure.kind).toBe(mismatch);
    expect(failure.explanation).toMatchObject({
      happened: expect.stringMatching(/\/runner does not say where.*Nothing was changed\.$/),
      cause: expect.stringContaining('just in time'),
      remedy: expect.stringMatching(/\(repo\).*organization.*enterprise/),
    });
  });

  test.each([undefined, repository])(
    'with a damaged address is an error that shows it (named: %j)',
    async (named) => {
      const url = 'https://github.com/octo/app/x"y';
      const failure = await failureOf(() => addressed('/runner', url, { ...nothingNamed, named }));
      expect(failure.kind).toBe(mismatch);
      expect(failure.explanation).toMatchObject({
        happened: `The installation in /runner says that its runner is registered with ${JSON.stringify(url)}, which is no repository, organization or enterprise. Nothing was changed.`,
        cause: expect.stringContaining('.runner'),
        remedy: expect.stringContaining('Configure the runner again'),
      });
    },
  );

  test.each([undefined, repository])(
    'of another server is an error that names both (named: %j)',
    async (named) => {
      const url = 'https://ghe.example:8443/octo/app';
      const failure = await failureOf(() => addressed('/runner', url, { ...nothingNamed, named }));
      expect(failure.kind).toBe(mismatch);
      expect(failure.explanation).toEqual({
        happened:
          'The runner in /runner is registered on ghe.example:8443, but the token is for github.com. Nothing was changed.',
        cause: expect.stringContaining('"github-api-url"'),
        remedy: expect.stringContaining('the API root of ghe.example:8443'),
      });
    },
  );

  test('of a server whose name begins with www. belongs to that server', async () => {
    const server = parseServer('https://www.ghe.example/api/v3');
    const url = 'https://www.ghe.example/octo/app';
    expect((await addressed('/runner', url, { ...nothingNamed, server })).registration).toEqual(repository);
  });
});

describe('a runner that was registered under a former name of the repository', () => {
  const url = 'https://github.com/octo/former';
  const former = { ...repository, repo: 'former' };
  let asked: unknown[][] = [];
  beforeEach(() => {
    asked = [];
  });
  const sameRepository = async (...names: unknown[]) => asked.push(names) > 0;

  test('is addressed by the present one, whether the inputs name it or not', async () => {
    expect(await addressed('/runner', url, nothingNamed, sameRepository)).toEqual({
      registration: repository,
      source: "the runner's installation",
      wasRenamed: true,
    });
    expect(await addressed('/runner', url, { ...nothingNamed, named: repository }, sameRepository)).toEqual({
      registration: repository,
      source: 'the inputs',
      wasRenamed: true,
    });
    expect(asked).toEqual([
      [former, repository],
      [former, repository],
    ]);
  });

  test.each([organization, enterprise])('is not asked about where an %j is named', async (named) => {
    const failure = await failureOf(() =>
      addressed('/runner', url, { ...nothingNamed, named }, sameRepository),
    );

    expect(failure.kind).toBe(mismatch);
    expect(asked).toEqual([]);
  });

  test.each(['https://github.com/another', 'https://github.com/enterprises/acme'])(
    'is not asked about where the runner is registered with no repository: %s',
    async (elsewhere) => {
      for (const inputs of [nothingNamed, { ...nothingNamed, named: repository }]) {
        const failure = await failureOf(() => addressed('/runner', elsewhere, inputs, sameRepository));

        expect(failure.kind).toBe(mismatch);
      }
      expect(asked).toEqual([]);
    },
  );

  test('is not asked about where there is no current repository', async () => {
    const inputs = { ...nothingNamed, currentRepository: undefined };
    const failure = await failureOf(() => addressed('/runner', url, inputs, sameRepository));

    expect(failure.kind).toBe(mismatch);
    expect(asked).toEqual([]);
  });
});

import { describe, expect, test } from '@jest/globals';
import {
  apiRoute,
  describeRegistration,
  isName,
  parseRegistrationUrl,
  parseRepository,
  type Registration,
  registrationKey,
  sameRegistration,
  webPath,
  withoutGit,
} from '../src/registration.ts';
import { enterprise, organization, repository } from './support.ts';

describe('a name', () => {
  test.each(['a', 'A-Za-z0-9', 'octo_acme', '.github', '...', '-', 'n'.repeat(100)])('can be %s', (name) => {
    expect(isName(name)).toBe(true);
  });
  test.each(['', '.', '..', 'a b', 'a/b', 'a%2fb', 'ä', 'a\n', 'a:b', '[', '`', '@', '{', 'n'.repeat(101)])(
    'cannot be %j',
    (name) => {
      expect(isName(name)).toBe(false);
    },
  );
});

describe('owner/name', () => {
  test.each([
    ['octo/app', repository],
    ['octo/app.git', repository],
    ['Octo/App.GIT', { kind: 'repository', owner: 'Octo', repo: 'App' }],
    ['octo/.git.github', { kind: 'repository', owner: 'octo', repo: '.git.github' }],
    ['octo/appgit', { kind: 'repository', owner: 'octo', repo: 'appgit' }],
    ['octo/app.git.git', { kind: 'repository', owner: 'octo', repo: 'app.git' }],
  ])('is read from %s', (text, expected) => {
    expect(parseRepository(text)).toEqual(expected);
  });
  test.each([
    '',
    'octo',
    'octo/',
    '/app',
    'octo/app/',
    'octo/app/x',
    'octo/.git',
    'octo/..',
    '../app',
    'o o/app',
  ])('is not read from %j', (text) => {
    expect(parseRepository(text)).toBeUndefined();
  });
  test('ends without .git, once', () => {
    expect(['app.git', 'app.Git', 'app', '.git.app'].map(withoutGit)).toEqual([
      'app',
      'app',
      'app',
      '.git.app',
    ]);
  });
});

describe('the address that a runner was registered with', () => {
  test.each([
    ['https://github.com/octo/app', 'github.com', repository],
    ['https://github.com/octo', 'github.com', organization],
    ['https://github.com/enterprises/acme', 'github.com', enterprise],
    ['https://github.com/Enterprises/acme/', 'github.com', enterprise],
    ['https://github.com/enterprises', 'github.com', { kind: 'organization', organization: 'enterprises' }],
    ['https://www.GitHub.com/octo/app.git/', 'github.com', repository],
    ['https://www.github.com//octo//app', 'github.com', repository],
    ['https://wwwxgithub.com/octo', 'wwwxgithub.com', organization],
    ['https://ghe.www.example/octo', 'ghe.www.example', organization],
    ['https://ghe.example:8443/octo', 'ghe.example:8443', organization],
    ['https://ghe.example:443/octo', 'ghe.example', organization],
    ['http://127.0.0.1:8080/octo', '127.0.0.1:8080', organization],
  ])('is read from %s', (text, host, registration) => {
    expect(parseRegistrationUrl(text)).toEqual({ host, registration });
  });
  test.each([
    'octo/app',
    '',
    'https://github.com',
    'https://github.com/',
    'https://github.com/octo/app/x',
    'https://github.com/octo/a%20b',
    'https://github.com/o%2fo',
    'https://github.com/octo/.git',
    'https://github.com/enterprises/acme/x',
    'https://github.com/enterprises/a%20b',
  ])('is not read from %j', (text) => {
    expect(parseRegistrationUrl(text)).toBeUndefined();
  });
});

test.each<[Registration, string, string, string, Record<string, string>]>([
  [repository, 'octo/app', 'repository octo/app', '/repos/{owner}/{repo}', { owner: 'octo', repo: 'app' }],
  [organization, 'octo', 'organization octo', '/orgs/{org}', { org: 'octo' }],
  [enterprise, 'enterprises/acme', 'enterprise acme', '/enterprises/{enterprise}', { enterprise: 'acme' }],
])(
  'a $kind has a path on the web, a description and a route',
  (registration, path, words, route, parameters) => {
    expect(webPath(registration)).toBe(path);
    expect(describeRegistration(registration)).toBe(words);
    expect(apiRoute(registration)).toEqual({ path: route, parameters });
  },
);

describe('two registrations', () => {
  test('are the same whatever the case of their names', () => {
    const shouted: Registration = { kind: 'repository', owner: 'OCTO', repo: 'App' };
    expect(sameRegistration(repository, shouted)).toBe(true);
    expect(registrationKey(repository)).toBe(registrationKey(shouted));
  });
  test.each<[Registration, Registration]>([
    [repository, { ...repository, repo: 'app2' }],
    [repository, { ...repository, owner: 'octo2' }],
    [repository, organization],
    [organization, { kind: 'enterprise', enterprise: 'octo' }],
  ])('differ: %j and %j', (one, other) => {
    expect(sameRegistration(one, other)).toBe(false);
    expect(registrationKey(one)).not.toBe(registrationKey(other));
  });
});

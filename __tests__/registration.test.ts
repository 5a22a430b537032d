import { describe, expect, test } from '@jest/globals';
import {
  apiRoute,
  describeRegistration,
  isName,
  parseRegistrationUrl,
  parseRepository,
  parseServer,
  type Registration,
  registrationKey,
  sameRegistration,
  webHost,
  webPath,
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

describe('a repository', () => {
  test.each([
    ['octo/app', repository],
    ['octo/app.git', repository],
    ['Octo/App.GIT', { kind: 'repository', owner: 'Octo', repo: 'App' }],
    ['octo/.git.github', { kind: 'repository', owner: 'octo', repo: '.git.github' }],
    ['octo/appgit', { kind: 'repository', owner: 'octo', repo: 'appgit' }],
    ['octo/app.git.git', { kind: 'repository', owner: 'octo', repo: 'app.git' }],
  ])('can be %s', (text, expected) => {
    expect(parseRepository(text)).toEqual(expected);
  });

  test.each([
    ...['', 'octo', 'octo/', '/app', 'octo/app/', 'octo/app/x'],
    ...['octo/.git', 'octo/..', '../app', 'o o/app'],
  ])('cannot be %j', (text) => {
    expect(parseRepository(text)).toBeUndefined();
  });
});

describe('the URL that a runner was registered with', () => {
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
  ])('can be %s', (text, host, registration) => {
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
  ])('cannot be %j', (text) => {
    expect(parseRegistrationUrl(text)).toBeUndefined();
  });
});

test.each<[Registration, string, string, string, Record<string, string>]>([
  [repository, 'octo/app', 'repository octo/app', '/repos/{owner}/{repo}', { owner: 'octo', repo: 'app' }],
  [organization, 'octo', 'organization octo', '/orgs/{org}', { org: 'octo' }],
  [enterprise, 'enterprises/acme', 'enterprise acme', '/enterprises/{enterprise}', { enterprise: 'acme' }],
])(
  'the $kind has a web page, a description and an API route',
  (registration, page, words, path, parameters) => {
    expect(webPath(registration)).toBe(page);
    expect(describeRegistration(registration)).toBe(words);
    expect(apiRoute(registration)).toEqual({ path, parameters });
  },
);

describe('two registrations', () => {
  test('are the same whatever the case of their names', () => {
    const upperCase: Registration = { kind: 'repository', owner: 'OCTO', repo: 'App' };
    expect(sameRegistration(repository, upperCase)).toBe(true);
    expect(registrationKey(repository)).toBe(registrationKey(upperCase));
  });

  test.each<[Registration, Registration]>([
    [repository, { ...repository, repo: 'app2' }],
    [repository, { ...repository, owner: 'octo2' }],
    [repository, organization],
    [organization, { kind: 'enterprise', enterprise: 'octo' }],
  ])('differ: %j and %j', (one, other) => {
    expect(sameRegistration(one, other)).toBe(false);
  });
});

describe('an API root', () => {
  test.each([
    ['https://api.github.com', 'https://api.github.com', 'https://github.com'],
    ['https://API.GitHub.com/', 'https://api.github.com', 'https://github.com'],
    ['https://api.acme.ghe.com', 'https://api.acme.ghe.com', 'https://acme.ghe.com'],
    ['https://ghe.example/api/v3', 'https://ghe.example/api/v3', 'https://ghe.example'],
    ['https://ghe.example:8443/api/v3//', 'https://ghe.example:8443/api/v3', 'https://ghe.example:8443'],
    ['https://api.ghe.example/api/v3', 'https://api.ghe.example/api/v3', 'https://api.ghe.example'],
    ['http://localhost', 'http://localhost', 'http://localhost'],
    ['http://LOCALHOST:8080/api', 'http://localhost:8080/api', 'http://localhost:8080'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://127.255.0.9', 'http://127.255.0.9', 'http://127.255.0.9'],
    ['http://[::1]:8080', 'http://[::1]:8080', 'http://[::1]:8080'],
  ])('can be %s', (text, apiUrl, webUrl) => {
    expect(parseServer(text)).toEqual({ apiUrl, webUrl });
  });

  test.each([
    'https://api.github.com.evil.example',
    'https://x.api.github.com',
    'https://api.githubxcom',
    'https://api.a.b.ghe.com',
  ])("is not GitHub's although it looks like it: %s", (text) => {
    expect(parseServer(text).webUrl).toBe(text);
  });

  test.each([
    ['https://api.github.com', 'github.com'],
    ['https://ghe.example:8443/api/v3', 'ghe.example:8443'],
    // The URLs of runners are read without `www.` too.
    ['https://www.ghe.example/api/v3', 'ghe.example'],
    ['https://ghe.www.example/api/v3', 'ghe.www.example'],
  ])('is that of a host where runners are registered: %s', (text, host) => {
    expect(webHost(parseServer(text))).toBe(host);
  });

  test.each([
    ['http://api.github.com', 'does not use https'],
    ['http://localhost.example', 'does not use https'],
    ['http://127.0.0.1.example', 'does not use https'],
    ['http://x127.0.0.1.example', 'does not use https'],
    ['http://128.0.0.1', 'does not use https'],
    ['http://[::2]', 'does not use https'],
    ['ftp://localhost', 'does not use https'],
    ['file:///etc', 'does not use https'],
    ['api.github.com', 'is not a URL'],
    ['https://', 'is not a URL'],
    ['https://user@api.github.com', 'contains a user name or password'],
    ['https://:hunter2@api.github.com', 'contains a user name or password'],
    ['https://user:hunter2@api.github.com?x', 'contains a user name or password'],
    ['https://api.github.com?x', 'contains a query or fragment'],
    ['https://api.github.com?', 'contains a query or fragment'],
    ['https://api.github.com/#x', 'contains a query or fragment'],
    ['https://api.github.com#', 'contains a query or fragment'],
  ])('cannot be %s: it %s', (text, message) => {
    expect(() => parseServer(text)).toThrow(new Error(message));
  });
});

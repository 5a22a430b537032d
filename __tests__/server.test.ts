import { expect, test } from '@jest/globals';
import { InvalidApiUrl, parseServer, webHost } from '../src/server.ts';

test.each([
  ['https://api.github.com', 'https://api.github.com', 'https://github.com', 'github.com'],
  ['https://API.GitHub.com/', 'https://api.github.com', 'https://github.com', 'github.com'],
  ['https://api.acme.ghe.com', 'https://api.acme.ghe.com', 'https://acme.ghe.com', 'acme.ghe.com'],
  ['https://ghe.example/api/v3', 'https://ghe.example/api/v3', 'https://ghe.example', 'ghe.example'],
  ['https://ghe.example/api/v3//', 'https://ghe.example/api/v3', 'https://ghe.example', 'ghe.example'],
  [
    'https://ghe.example:8443/api/v3',
    'https://ghe.example:8443/api/v3',
    'https://ghe.example:8443',
    'ghe.example:8443',
  ],
  [
    'https://api.ghe.example/api/v3',
    'https://api.ghe.example/api/v3',
    'https://api.ghe.example',
    'api.ghe.example',
  ],
  // Runners' addresses are read without the www., too.
  [
    'https://www.ghe.example/api/v3',
    'https://www.ghe.example/api/v3',
    'https://www.ghe.example',
    'ghe.example',
  ],
  [
    'https://ghe.www.example/api/v3',
    'https://ghe.www.example/api/v3',
    'https://ghe.www.example',
    'ghe.www.example',
  ],
  // Not one of GitHub's own, although they look like it.
  [
    'https://api.github.com.evil.example',
    'https://api.github.com.evil.example',
    'https://api.github.com.evil.example',
    'api.github.com.evil.example',
  ],
  ['https://x.api.github.com', 'https://x.api.github.com', 'https://x.api.github.com', 'x.api.github.com'],
  ['https://api.githubxcom', 'https://api.githubxcom', 'https://api.githubxcom', 'api.githubxcom'],
  ['https://api.a.b.ghe.com', 'https://api.a.b.ghe.com', 'https://api.a.b.ghe.com', 'api.a.b.ghe.com'],
])('the server of %s is known', (text, apiUrl, webUrl, host) => {
  const server = parseServer(text);
  expect(server).toEqual({ apiUrl, webUrl });
  expect(webHost(server)).toBe(host);
});

test.each(['localhost', 'LOCALHOST:8080', '127.0.0.1:8080', '127.255.0.9', '[::1]:8080'])(
  'a token may be sent over http on loopback: %s',
  (host) => {
    expect(parseServer(`http://${host}/api/v3`).webUrl).toBe(`http://${host.toLowerCase()}`);
  },
);

test.each([
  ['http://api.github.com', 'A token may only be sent over https.'],
  ['http://localhost.example', 'A token may only be sent over https.'],
  ['http://127.0.0.1.example', 'A token may only be sent over https.'],
  ['http://x127.0.0.1.example', 'A token may only be sent over https.'],
  ['http://128.0.0.1', 'A token may only be sent over https.'],
  ['http://[::2]', 'A token may only be sent over https.'],
  ['ftp://localhost', 'A token may only be sent over https.'],
  ['file:///etc', 'A token may only be sent over https.'],
  ['api.github.com', 'It is not a URL.'],
  ['https://', 'It is not a URL.'],
  ['https://user@api.github.com', 'It carries a user name or a password.'],
  ['https://:hunter2@api.github.com', 'It carries a user name or a password.'],
  ['https://user:hunter2@api.github.com?x', 'It carries a user name or a password.'],
  ['https://api.github.com?x', 'It has a query or a fragment.'],
  ['https://api.github.com?', 'It has a query or a fragment.'],
  ['https://api.github.com/#x', 'It has a query or a fragment.'],
  ['https://api.github.com#', 'It has a query or a fragment.'],
])('a token is not sent to %s', (text, message) => {
  expect(() => parseServer(text)).toThrow(new InvalidApiUrl(message));
});

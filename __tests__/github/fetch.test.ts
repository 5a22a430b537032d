import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import { sendDirectly } from '../../src/github/direct.ts';
import { createFetch } from '../../src/github/fetch.ts';
import { failureOf } from '../support.ts';

let github: GitHub;
let fetch: ReturnType<typeof createFetch>;
const get = () => fetch(`${github.serverUrl}/start`, { method: 'GET', headers: {} });

beforeEach(async () => {
  github = await GitHub.start();
  fetch = createFetch(await sendDirectly(github.apiUrl), new AbortController().signal);
});
afterEach(() => github.close());

/** Answers every request this way. */
function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): void {
  github.intercept = (request, response) => {
    handle(request, response);
    return true;
  };
}
const sent = (): string[] => github.requests.map(({ method, path }) => `${method} ${path}`);

test('a request is sent as it is, and its answer given back', async () => {
  serve((_, response) => response.writeHead(202, { 'x-said': 'this' }).end('the body'));
  const response = await fetch(`${github.serverUrl}/path?query`, {
    method: 'POST',
    headers: { authorization: 'token x' },
    body: 'sent',
  });
  expect([response.status, response.headers.get('x-said')]).toEqual([202, 'this']);
  expect(await response.text()).toBe('the body');
  expect(Buffer.from(await response.arrayBuffer()).toString()).toBe('the body');
  expect(github.requests).toMatchObject([
    { method: 'POST', path: '/path?query', body: 'sent', headers: { authorization: 'token x' } },
  ]);
});

test('an answer without a body has an empty one', async () => {
  serve((_, response) => response.writeHead(204).end());
  const response = await get();
  expect([response.status, await response.text()]).toEqual([204, '']);
});

describe('a redirect', () => {
  test.each([300, 301, 302, 303, 307, 308, 399])(
    'of status %d on the same host is followed, with method, body and token',
    async (status) => {
      serve(({ url }, response) => {
        const location = url === '/start' ? '/relative' : `${github.serverUrl}/end`;
        if (url === '/end') response.end('arrived');
        else response.writeHead(status, { location }).end('see there');
      });
      const options = { method: 'POST', headers: { authorization: 'token x' }, body: 'sent' } as const;
      const response = await fetch(`${github.serverUrl}/start`, options);
      expect([response.status, await response.text()]).toEqual([200, 'arrived']);
      expect(sent()).toEqual(['POST /start', 'POST /relative', 'POST /end']);
      for (const { headers, body } of github.requests) {
        expect([headers.authorization, body]).toEqual(['token x', 'sent']);
      }
    },
  );

  test.each([200, 299, 400, 500])(
    'is none in an answer of status %d that names a location',
    async (status) => {
      serve((_, response) => response.writeHead(status, { location: '/elsewhere' }).end());
      expect((await get()).status).toBe(status);
      expect(github.requests).toHaveLength(1);
    },
  );

  test('without a location is given back', async () => {
    serve((_, response) => response.writeHead(302).end('where?'));
    const response = await get();
    expect([response.status, await response.text()]).toEqual([302, 'where?']);
  });

  test.each([
    [5, 'arrived'],
    [6, undefined],
  ])('is followed five times at most: %d', async (redirects, arrival) => {
    serve((_, response) => {
      if (github.requests.length > redirects) response.end('arrived');
      else response.writeHead(302, { location: '/again' }).end();
    });
    if (arrival !== undefined) {
      expect(await (await get()).text()).toBe(arrival);
      return;
    }
    const failure = await failureOf(get);
    expect(failure.kind).toBe('invalid-response');
    expect(failure.explanation).toMatchObject({
      happened: `${new URL(github.serverUrl).host} redirected a request more than 5 times.`,
      cause: expect.stringContaining('in a circle'),
      remedy: expect.stringContaining('"github-api-url"'),
    });
    expect(github.requests).toHaveLength(6);
  });

  test('never takes the token to another host, a port of the same machine included', async () => {
    const other = await GitHub.start();
    try {
      serve((_, response) => response.writeHead(307, { location: `${other.serverUrl}/login` }).end());
      const failure = await failureOf(get);
      expect(failure.kind).toBe('invalid-response');
      expect(failure.explanation).toMatchObject({
        happened: `${new URL(github.serverUrl).host} redirected a request to ${new URL(other.serverUrl).host}, which was not followed: the token is sent to one host only.`,
        cause: expect.stringContaining('sign-in page or a proxy'),
        remedy: expect.stringContaining('the root of the REST API'),
      });
      expect(other.requests).toEqual([]);
    } finally {
      await other.close();
    }
  });

  test('never leaves the protocol: https is not given up, nor http changed', async () => {
    serve((_, response) =>
      response.writeHead(301, { location: github.serverUrl.replace('http:', 'https:') }).end(),
    );
    expect((await failureOf(get)).message).toContain('which was not followed');
  });

  test('to what is no address is an error that says so', async () => {
    serve((_, response) => response.writeHead(301, { location: 'http://[' }).end());
    expect((await failureOf(get)).message).toContain(
      'to an address that cannot be read, which was not followed',
    );
  });

  test('is followed without waiting for the rest of its body', async () => {
    const closed = new Promise<void>((resolve) => {
      serve(({ url }, response) => {
        if (url === '/end') {
          response.end('arrived');
          return;
        }
        response.on('close', resolve);
        response.writeHead(302, { location: '/end' }).write('to be continued');
      });
    });
    expect(await (await get()).text()).toBe('arrived');
    await closed;
  });
});

describe('a body', () => {
  const limit = 1_000_000;
  test('of a million bytes is read', async () => {
    serve((_, response) => response.end(Buffer.alloc(limit, 'x')));
    expect((await (await get()).text()).length).toBe(limit);
  });

  const refused = {
    kind: 'invalid-response',
    explanation: {
      happened: 'The answer to a request is longer than 1000000 bytes and was not read further.',
      cause: expect.stringContaining('does not come from GitHub'),
      remedy: expect.stringContaining('"github-api-url"'),
    },
  };
  test('of one byte more is not', async () => {
    serve((_, response) => response.end(Buffer.alloc(limit + 1, 'x')));
    expect(await failureOf(get)).toMatchObject(refused);
  });

  test('counts as it is unpacked', async () => {
    const packed = gzipSync(Buffer.alloc(limit + 1));
    serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed));
    expect(await failureOf(get)).toMatchObject(refused);
  });

  test('that is packed is unpacked, whole', async () => {
    serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(limit))),
    );
    expect((await (await get()).text()).length).toBe(limit);
  });

  test('that is packed and breaks off is an error', async () => {
    const packed = gzipSync('the body');
    serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length });
      response.write(packed.subarray(0, -1), () => response.destroy());
    });
    await expect(get()).rejects.toThrow();
  });

  test('that never ends is cut off', async () => {
    const closed = new Promise<void>((resolve) => {
      serve((_, response) => {
        const more = (): void => {
          while (response.write(Buffer.alloc(65_536)));
        };
        response.on('drain', more).on('close', resolve);
        more();
      });
    });
    expect(await failureOf(get)).toMatchObject(refused);
    await closed;
  });

  test('that breaks off is an error', async () => {
    serve((_, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('half', () => response.destroy());
    });
    await expect(get()).rejects.toThrow();
  });
});

test('a request that is not answered within 30 seconds has failed, redirects included', async () => {
  const clock = new AbortController();
  const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(clock.signal);
  try {
    serve(({ url }, response) => {
      if (url === '/start') response.writeHead(302, { location: '/slow' }).end();
      else clock.abort(new DOMException('The time is up', 'TimeoutError'));
    });
    await expect(get()).rejects.toMatchObject({ name: 'TimeoutError', message: 'The time is up' });
    expect(sent()).toEqual(['GET /start', 'GET /slow']);
    expect(timeout.mock.calls).toEqual([[30_000]]);
  } finally {
    timeout.mockRestore();
  }
});

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { sendDirectly } from '../../src/github/direct.ts';

const options = { method: 'GET', headers: {}, signal: AbortSignal.timeout(30_000) } as const;

test('requests that follow each other share a connection', async () => {
  const ports: (number | undefined)[] = [];
  const server = createServer(({ socket }: IncomingMessage, response) => {
    ports.push(socket.remotePort);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const send = await sendDirectly(url);

  for (const path of ['/one', '/two']) {
    const { status, body } = await send(new URL(path, url), options);
    body.resume();
    await once(body, 'close');
    expect(status).toBe(200);
  }

  expect(ports).toEqual([expect.any(Number), ports[0]]);
  server.closeAllConnections();
  server.close();
});

test('a server is spoken to in the protocol of its address', async () => {
  for (const url of ['http://127.0.0.1:1', 'https://127.0.0.1:1']) {
    const send = await sendDirectly(url);

    await expect(send(new URL(url), options)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  }
});

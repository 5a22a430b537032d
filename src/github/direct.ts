import type { Send } from './fetch.ts';

/**
 * Sends requests straight to a server, with what Node.js has for it. Its `fetch` is a whole HTTP client, which takes
 * longer to load than all the rest of a run that asks for a token.
 */
export async function sendDirectly(serverUrl: string): Promise<Send> {
  const { Agent, request }: Pick<typeof import('node:http'), 'Agent' | 'request'> = serverUrl.startsWith(
    'https:',
  )
    ? await import('node:https')
    : await import('node:http');
  // Unlike the one that all of Node.js shares, it goes through no proxy whatever the environment says.
  const agent = new Agent({ keepAlive: true });
  return (url, { body, ...options }) =>
    new Promise((resolve, reject) => {
      request(url, { ...options, agent }, (answer) =>
        resolve({ status: Number(answer.statusCode), headers: answer.headers, body: answer }),
      )
        .on('error', reject)
        // Without an error, or the answer above, it was one that changes the protocol.
        .on('close', () => reject(new Error('the connection was closed without an answer')))
        .end(body);
    });
}

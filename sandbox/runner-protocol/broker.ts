import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { GitHub } from '../github.ts';
import type { Reply } from '../reply.ts';
import { createAccessToken } from './access-token.ts';
import { addresses } from './addresses.ts';
import type { RegistrationService } from './registration-service.ts';
import type { RunnerRequest } from './request.ts';

/** Milliseconds that a poll without a message takes. GitHub's take up to 50 seconds. */
const pollTime = 20_000;

interface Message {
  runnerId: number;
  messageType: string;
  body: string;
}

/** What `Runner.Listener run` talks to: sessions and messages (actions/runner: BrokerHttpClient.cs). */
export class Broker {
  readonly #github: GitHub;
  readonly #registration: RegistrationService;
  /** The runner of each session. */
  readonly #sessions = new Map<string, number>();
  readonly #messages: Message[] = [];
  #lastMessageId = 0;

  constructor(github: GitHub, registration: RegistrationService) {
    this.#github = github;
    this.#registration = registration;
  }

  send(runnerId: number, messageType: string, body: object): void {
    this.#messages.push({ runnerId, messageType, body: JSON.stringify(body) });
  }

  async serve(request: RunnerRequest): Promise<Reply | undefined> {
    if (request.path === addresses.token) {
      const access_token = createAccessToken({ sub: 'runner' });
      return { status: 200, body: { access_token, token_type: 'bearer', expires_in: 3600 } };
    }
    switch (`${request.method} ${request.path.replace(addresses.broker, '')}`) {
      case 'POST session':
        return this.#createSession(await request.json());
      case 'DELETE session':
        return { status: 200, body: {} };
      case 'GET message':
        return this.#poll(request);
      case 'POST acknowledge':
        return { status: 200, body: {} };
      default:
        return undefined;
    }
  }

  #createSession({ agent, ownerName }: { agent: { id: number }; ownerName: string }): Reply {
    const found = this.#registration.find(agent.id);
    if (!found) return runnerNotFound;
    const sessionId = randomUUID();
    this.#sessions.set(sessionId, agent.id);
    this.#github.updateRunner(found.path, agent.id, { status: 'online' });
    return { status: 200, body: { sessionId, ownerName, agent, useFipsEncryption: false } };
  }

  async #poll(request: RunnerRequest): Promise<Reply> {
    const runnerId = this.#sessions.get(request.query.get('sessionId') ?? '') ?? 0;
    for (const end = Date.now() + pollTime; Date.now() < end && !request.abandoned; await pause(50)) {
      if (!this.#registration.find(runnerId)) return runnerNotFound;
      const index = this.#messages.findIndex((candidate) => candidate.runnerId === runnerId);
      const [message] = index < 0 ? [] : this.#messages.splice(index, 1);
      if (message) {
        this.#lastMessageId += 1;
        const { messageType, body } = message;
        return { status: 200, body: { messageId: this.#lastMessageId, messageType, body } };
      }
    }
    return { status: 202 };
  }
}

const runnerNotFound: Reply = {
  status: 404,
  body: {
    source: 'actions-broker-listener',
    errorKind: 'RunnerNotFound',
    statusCode: 404,
    errorMessage: 'runner not found',
  },
};

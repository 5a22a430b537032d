import { deregister, kinds, type Registration } from './registrations.ts';
import { errorReply, type Reply } from './reply.ts';

/** A request that has passed the checks of the token. */
export interface Call {
  registration: Registration;
  runnerId: number;
  url: URL;
  /** The documentation of the operation, which error bodies point to. */
  documentation: string;
  issueToken: () => { token: string; expiresAt: Date };
}

export interface Operation {
  method: string;
  /** Below the path of the registration. */
  path: string;
  documentation: string;
  perform: (call: Call) => Reply;
}

/** Responds with just enough to identify a repository. */
export const getRepository: Operation = {
  method: 'GET',
  path: '',
  documentation: 'repos/repos#get',
  perform: ({ registration: { id, path, private: isPrivate } }) => {
    const [login = '', name] = path.split('/');
    return { status: 200, body: { id, name, full_name: path, private: isPrivate, owner: { login } } };
  },
};

const createRemoveToken: Operation = {
  method: 'POST',
  path: '/actions/runners/remove-token',
  documentation: 'actions/self-hosted-runners#create-a-remove-token-for',
  perform: ({ issueToken }) => {
    const { token, expiresAt } = issueToken();
    return { status: 201, body: { token, expires_at: inPacificTime(expiresAt) } };
  },
};

const listRunners: Operation = {
  method: 'GET',
  path: '/actions/runners',
  documentation: 'actions/self-hosted-runners#list-self-hosted-runners-for',
  perform: ({ registration, url }) => {
    const name = url.searchParams.get('name')?.toLowerCase();
    const found = [...registration.runners.values()].filter(
      (runner) => name === undefined || runner.name.toLowerCase() === name,
    );
    const perPage = Math.min(Number(url.searchParams.get('per_page') ?? 30), 100);
    const page = Number(url.searchParams.get('page') ?? 1);
    const last = Math.max(Math.ceil(found.length / perPage), 1);
    const link = (number: number, relation: string): string => {
      const target = new URL(url);
      target.searchParams.set('page', String(number));
      return `<${target}>; rel="${relation}"`;
    };
    const links = [
      ...(page > 1 ? [link(page - 1, 'prev'), link(1, 'first')] : []),
      ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ];
    const runners = found.slice((page - 1) * perPage, page * perPage);
    return {
      status: 200,
      body: { total_count: found.length, runners },
      headers: links.length > 0 ? { link: links.join(', ') } : {},
    };
  },
};

const getRunner: Operation = {
  method: 'GET',
  path: '/actions/runners/{runner_id}',
  documentation: 'actions/self-hosted-runners#get-a-self-hosted-runner-for',
  perform: ({ registration, runnerId, documentation }) => {
    const runner = registration.runners.get(runnerId);
    return runner ? { status: 200, body: runner } : errorReply(404, 'Not Found', { documentation });
  },
};

export const deleteRunner: Operation = {
  method: 'DELETE',
  path: '/actions/runners/{runner_id}',
  documentation: 'actions/self-hosted-runners#delete-a-self-hosted-runner-from',
  perform: ({ registration, runnerId, documentation }) => {
    switch (deregister(registration, runnerId)) {
      case 'deleted':
        return { status: 204 };
      case 'not-found':
        return errorReply(404, 'Not Found', { documentation });
      case 'busy': {
        const { name } = registration.runners.get(runnerId) ?? {};
        const message = `Bad request - Runner ${name} is currently running a job and cannot be deleted.`;
        return errorReply(422, message, { documentation });
      }
    }
  },
};

const runnerOperations = [createRemoveToken, listRunners, getRunner, deleteRunner];

export const operations = [getRepository, ...runnerOperations];

/** Every operation of the stand-in, as in GitHub's API description: `GET /orgs/{org}/actions/runners`. */
export const servedOperations = [
  `${getRepository.method} ${kinds.repository.root}`,
  ...Object.values(kinds).flatMap(({ root }) =>
    runnerOperations.map(({ method, path }) => `${method} ${root}${path}`),
  ),
];

/** GitHub's published example has a time zone offset too: `2020-01-29T12:13:35.123-08:00`. */
function inPacificTime(time: Date): string {
  return new Date(time.getTime() - 8 * 60 * 60 * 1000).toISOString().replace('Z', '-08:00');
}

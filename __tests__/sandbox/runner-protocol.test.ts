import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GitHub } from '../../sandbox/github.ts';
import { listenOnPort80 } from '../../sandbox/runner-protocol/port-80.ts';
import { RunnerProtocol } from '../../sandbox/runner-protocol/runner-protocol.ts';

// What the official runner makes of this is tested with it: npm run test:runner.

let github: GitHub;
let protocol: RunnerProtocol;
beforeEach(async () => {
  github = await GitHub.start();
  github.addRepository('octo/app');
  protocol = new RunnerProtocol(github);
});
afterEach(() => github.close());

/** Sends a request as a runner. */
async function send(
  method: string,
  address: string,
  { body, token }: { body?: object; token?: string } = {},
) {
  const response = await fetch(new URL(address, `${github.apiUrl}/`), {
    method,
    headers: { authorization: token ? `RemoteAuth ${token}` : 'Bearer any' },
    body: body ? JSON.stringify(body) : null,
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}

const asAdministrator = (method: string, address: string, body?: object) =>
  send(method, address, { token: protocol.registration.token, ...(body && { body }) });

/** Returns the address of the broker and the id of the runner. */
async function register(name = 'box'): Promise<{ broker: string; id: number }> {
  const url = `${github.serverUrl}/Octo/App`;
  const { body } = await asAdministrator('POST', 'actions/runners/register', { url, name, labels: [] });
  return { broker: body.authorization.server_url, id: body.id };
}

describe('registration', () => {
  test('uses the REST API in the newer flow', async () => {
    const url = `${github.serverUrl}/octo/app`;
    const connection = await asAdministrator('POST', 'actions/runner-registration', { url });
    expect(connection.body).toMatchObject({ use_v2_flow: true });
    expect(await asAdministrator('GET', 'repos/octo/app/actions/runner-groups')).toMatchObject({
      body: { total_count: 1 },
    });

    const { id } = await register();

    expect(github.runners('octo/app')).toMatchObject([{ id, name: 'box', status: 'offline' }]);
    expect((await asAdministrator('GET', 'repos/octo/app/actions/runners?name=BOX')).body.total_count).toBe(
      1,
    );
    expect((await asAdministrator('GET', 'repos/octo/app/actions/runners?name=bo')).body.total_count).toBe(0);
    // The requests that a test counts are those of the action and of a removal.
    expect(github.requests).toEqual([]);
  });

  test('uses the Actions service in the older flow', async () => {
    protocol.registration.useRunnerAdminFlow = false;
    const url = `${github.serverUrl}/octo/app`;
    const { body: connection } = await asAdministrator('POST', 'actions/runner-registration', { url });
    expect(connection.use_v2_flow).toBe(false);
    const serve = async (method: string, path: string, body?: object) => {
      const response = await fetch(`${connection.url}_apis/${path}`, {
        method,
        headers: { authorization: `Bearer ${connection.token}` },
        body: body ? JSON.stringify(body) : null,
      });
      return response.json() as Promise<Record<string, unknown>>;
    };

    expect(await serve('GET', 'connectionData?connectOptions=1')).toHaveProperty('locationServiceData');
    expect(await serve('GET', 'distributedtask/pools')).toMatchObject({ count: 1 });
    const { id } = await serve('POST', 'distributedtask/pools/1/agents', { name: 'box', labels: [] });

    expect(github.runners('octo/app')).toMatchObject([{ id, name: 'box' }]);
    expect(await serve('GET', 'distributedtask/pools/0/agents?agentName=box')).toMatchObject({ count: 1 });
  });

  test('needs the token', async () => {
    expect((await send('POST', 'actions/runners/register', { token: 'other' })).status).toBe(404);
    expect(github.runners('octo/app')).toEqual([]);
  });
});

describe('a runner', () => {
  /** Returns the address to poll. */
  async function openSession({ broker, id }: { broker: string; id: number }): Promise<string> {
    const { body } = await send('POST', `${broker}session`, { body: { agent: { id }, ownerName: 'box' } });
    return `${broker}message?sessionId=${body.sessionId}`;
  }

  test('is online from the start of its session, and learns that it was removed', async () => {
    const runner = await register();
    const poll = await openSession(runner);
    expect(github.runners('octo/app')).toMatchObject([{ status: 'online' }]);
    const response = send('GET', poll);

    github.removeRunner('octo/app', runner.id);

    const notFound = { status: 404, body: { errorKind: 'RunnerNotFound' } };
    expect(await response).toMatchObject(notFound);
    expect(
      await send('POST', `${runner.broker}session`, { body: { agent: { id: runner.id } } }),
    ).toMatchObject(notFound);
    expect((await send('DELETE', `${runner.broker}session`)).status).toBe(200);
  });

  test('is busy with its job until it reports the end, with the log of each step', async () => {
    const runner = await register();
    const poll = await openSession(runner);

    const job = protocol.startJob(runner.id, {
      repository: 'octo/app',
      secrets: { TOKEN: 'secret' },
      steps: [
        {
          name: 'Remove',
          uses: 'octo/remove@v1',
          with: { token: { expr: 'secrets.TOKEN' }, remove: 'true' },
        },
        { name: 'Print', run: 'env', env: { A: 'B' } },
      ],
    });

    const { body: message } = await send('GET', poll);
    expect(message.messageType).toBe('RunnerJobRequest');
    const { run_service_url: address } = JSON.parse(message.body);
    // GitHub does not count a job that the runner has not acquired.
    expect(github.runners('octo/app')).toMatchObject([{ busy: false }]);
    const { body: request } = await send('POST', `${address}acquirejob`);
    expect(github.runners('octo/app')).toMatchObject([{ busy: true }]);
    expect(request.steps).toMatchObject([
      {
        reference: { name: 'octo/remove', ref: 'v1' },
        inputs: {
          map: [
            { Key: 'token', Value: { type: 3, expr: 'secrets.TOKEN' } },
            { Key: 'remove', Value: 'true' },
          ],
        },
      },
      { reference: { type: 'script' }, inputs: { map: [{ Key: 'script', Value: 'env' }] } },
    ]);
    expect(request.variables).toMatchObject({ TOKEN: { value: 'secret', isSecret: true } });
    expect((await send('POST', `${address}renewjob`)).body).toHaveProperty('lockedUntil');

    const step = request.steps[0].id;
    const report = { workflow_job_run_backend_id: request.jobId, step_backend_id: step };
    const results = `${request.variables['system.github.results_endpoint'].value}twirp/`;
    const { body: log } = await send('POST', `${results}GetStepLogsSignedBlobURL`, { body: report });
    for (const line of ['\uFEFF2026-11-21T10:00:00.0000000Z One\n', '2026-11-21T10:00:00.0000001Z Two\n']) {
      await fetch(`${log.logs_url}&comp=appendblock`, { method: 'PUT', body: line });
    }
    const { body: summary } = await send('POST', `${results}GetStepSummarySignedBlobURL`, { body: report });
    await fetch(summary.summary_url, { method: 'PUT', body: 'not in the log' });
    expect((await send('POST', `${results}WorkflowStepsUpdate`, { body: report })).body).toEqual({
      ok: true,
    });
    const stepResults = [{ external_id: step, name: 'Remove', number: 2, conclusion: 'succeeded' }];
    await send('POST', `${address}completejob`, { body: { conclusion: 'succeeded', stepResults } });

    expect(await job.completed).toEqual({
      conclusion: 'succeeded',
      steps: [{ name: 'Remove', conclusion: 'succeeded', log: 'One\nTwo\n' }],
    });
    expect(github.runners('octo/app')).toMatchObject([{ busy: false }]);
  });

  test('is told that its job is cancelled', async () => {
    const runner = await register();
    const poll = await openSession(runner);
    const job = protocol.startJob(runner.id, { repository: 'octo/app', steps: [] });
    await send('GET', poll);
    expect((await send('POST', `${runner.broker}acknowledge`)).status).toBe(200);

    job.cancel();

    expect((await send('GET', poll)).body.messageType).toBe('JobCancellation');
  });

  if (process.platform !== 'win32') {
    test('downloads the action, as it is in this directory', async () => {
      const { body } = await send('POST', '/actions/build/1/jobs/2/runnerresolve/actions', {
        body: { actions: [{ action: 'octo/remove', version: 'v1' }] },
      });

      const archive = await fetch(body.actions['octo/remove@v1'].tar_url);

      const input = Buffer.from(await archive.arrayBuffer());
      const names = execFileSync('tar', ['-tzf', '-'], { input, encoding: 'utf8' }).split('\n');
      expect(names.map((name) => name.replace(/^[^/]*\//, ''))).toEqual(
        expect.arrayContaining(['action.yml', 'dist/index.js', 'dist/post.js']),
      );
    });
  }
});

test('says how to get port 80, which the official runner assumes', async () => {
  const refused = Object.assign(new Error('listen EACCES'), { code: 'EACCES' });
  const start = () => Promise.reject(refused);

  await expect(listenOnPort80({ platform: 'linux', start })).rejects.toThrow(
    /^Cannot listen on port 80 of 127\.\d+\.\d+\.\d+ \(EACCES\)\. Run as root, or allow it with: sudo sysctl/,
  );
  await expect(listenOnPort80({ platform: 'darwin', start })).rejects.toThrow(/of 0\.0\.0\.0 \(EACCES\)/);
});

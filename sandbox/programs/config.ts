// Stand-in for Runner.Listener as started by `config.sh`. It can only remove a runner. It follows actions/runner 2.336
// (Runner.Listener: Program.cs, CommandSettings.cs, ConfigurationManager.cs; Runner.Common: CommandLineParser.cs,
// RunnerDotcomServer.cs); comments name the differences.

import { once } from 'node:events';
import { accessSync, appendFileSync, constants, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text as readStream } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { readBehavior } from './behavior.ts';
import {
  deleteConfiguration,
  hasCredentials,
  isConfigured,
  isFile,
  readSettings,
  readText,
  root,
} from './configuration.ts';

// An import would load the HTTP client of `fetch` as well, which takes longer than everything else here.
const http: typeof import('node:http') = createRequire(import.meta.url)('node:http');

const behavior = readBehavior(root);

/** The arguments of this process and its ancestors, which every user of the machine can read. */
function commandLines(): string[][] {
  const found: string[][] = [];
  try {
    for (let id = process.pid; id > 1; ) {
      found.push(readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0').slice(0, -1));
      id = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]);
    }
  } catch {
    // Only Linux has /proc, which may hide the processes of other users.
  }
  return found;
}

/** The parent may close standard input shortly after it starts this process. */
async function standardInput(): Promise<string> {
  if (process.stdin.isTTY) return 'terminal';
  process.stdin.resume();
  const ended = once(process.stdin, 'end').then(
    () => 'ended',
    () => 'ended',
  );
  const state = await Promise.race([ended, pause(1000, 'open', { ref: false })]);
  process.stdin.destroy();
  return state;
}

async function record(): Promise<void> {
  const invocation = {
    arguments: process.argv.slice(2),
    commandLines: commandLines(),
    environment: { ...process.env },
    user: process.getuid?.(),
    group: process.getgid?.(),
    directory: process.cwd(),
    standardInput: await standardInput(),
  };
  appendFileSync(join(root, '.sandbox/invocations.jsonl'), `${JSON.stringify(invocation)}\n`);
}

/** What the runner does before it parses its arguments, even for `--local`. An error ends it with a stack trace of .NET. */
function start(): void {
  try {
    if (isFile('.env')) loadEnvironment(readText('.env'));
    // The official runner creates a log file.
    mkdirSync(join(root, '_diag'), { recursive: true });
    accessSync(join(root, '_diag'), constants.W_OK | constants.X_OK);
    for (const name of ['.credentials', '.runner']) if (isFile(name)) JSON.parse(readText(name));
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    const denied = `System.UnauthorizedAccessException: Access to the path '${path}' is denied.`;
    console.error(`Unhandled exception. ${code === 'EACCES' ? denied : message}`);
    console.error('   at GitHub.Runner.Listener.Program.Main(String[] args)');
    process.exit(134);
  }
}

function loadEnvironment(text: string): void {
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(line) ?? [];
    if (name && value) process.env[name] = value;
    else if (name) delete process.env[name];
  }
}

/** The command, and its options from the environment. Of the arguments, only `--local` and `--unattended` are known. */
function parseArguments() {
  const [command = '', ...flags] = process.argv.slice(2);
  const environment = new Map(
    Object.entries(process.env).flatMap(([variable, value = '']) => {
      const [, input] = /^ACTIONS_RUNNER_INPUT_(.+)$/i.exec(variable) ?? [];
      return input && value.trim() ? [[input.toLowerCase(), value.trim()]] : [];
    }),
  );
  return {
    command: command.toLowerCase(),
    token: environment.get('token'),
    local: flags.includes('--local') || environment.get('local')?.toLowerCase() === 'true',
  };
}

/**
 * The API root, and the path of the registration below it. The official runner uses `https://api.HOST` for github.com and ghe.com and
 * drops the port. The stand-in keeps the port and only connects to loopback.
 */
function parseGitHubUrl(gitHubUrl = ''): { api: string; registration: string } {
  if (gitHubUrl === '') throw new Error("Value cannot be null. (Parameter 'uriString')");
  const { origin, hostname, pathname } = new URL(gitHubUrl);
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
    throw new Error(`${hostname} is not loopback.`);
  const [first, second, ...more] = pathname.split('/').filter(Boolean);
  if (!first || more.length > 0) throw new Error(`'${gitHubUrl}' should point to an org or enterprise.`);
  const kind = second === undefined ? 'orgs/' : first.toLowerCase() === 'enterprises' ? '' : 'repos/';
  return { api: `${origin}/api/v3`, registration: `${kind}${[first, second].filter(Boolean).join('/')}` };
}

interface Received {
  status: number;
  body: string;
  requestId: string;
}

/** Follows redirects. Like the HTTP client of .NET, it does not send the token again. */
async function send(method: string, url: string, authorization?: string, body?: string): Promise<Received> {
  const headers = { 'user-agent': 'Runner.Listener', ...(authorization && { authorization }) };
  const request = http.request(url, { method, headers, agent: false }).end(body);
  const [response] = (await once(request, 'response').catch(({ code }) => {
    throw new Error(
      code === 'ECONNREFUSED'
        ? `Connection refused (${new URL(url).host})`
        : 'An error occurred while sending the request.',
    );
  })) as [import('node:http').IncomingMessage];
  const received = await readStream(response);
  const {
    statusCode: status = 0,
    headers: { location, 'x-github-request-id': requestId = '' },
  } = response;
  if (location) return send(method, new URL(location, url).href, undefined, body);
  return { status, body: received, requestId: String(requestId) };
}

/** Makes three attempts, but only one if the response is 404. The official runner waits 1 to 5 seconds between two attempts. */
async function request(method: string, url: string, authorization: string, body?: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    let status = 0;
    try {
      const received = await send(method.toUpperCase(), url, authorization, body);
      status = received.status;
      if (status < 300) return received.body;
      const phrase = http.STATUS_CODES[status] ?? '';
      const code = phrase.replaceAll(/\W/g, '');
      console.error(
        `Http response code: ${code} from '${method} ${url}' (Request Id: ${received.requestId})`,
      );
      console.error(received.body);
      throw new Error(`Response status code does not indicate success: ${status} (${phrase}).`);
    } catch (error) {
      if (attempt === 3 || status === 404) throw error;
    }
    await pause(10);
  }
}

/** A request to the Actions service, which is not repeated. Its errors are printed without a status. */
async function requestService(method: string, url: string, token: string): Promise<string> {
  const { status, body } = await send(method, url, `Bearer ${token}`);
  if (status >= 300) throw new Error(JSON.parse(body).message);
  return body;
}

async function removeFromServer(token: string | undefined): Promise<void> {
  const settings = readSettings();
  const gitHubUrl = settings.get('githuburl');
  const { api, registration } = parseGitHubUrl(gitHubUrl);
  const runnersUrl = `${api}/${registration}/actions/runners`;
  if (!token) {
    // The official runner asks for the token if there is a terminal.
    throw new Error(
      'Cannot read keys when either application does not have a console or when console input has been redirected. Try Console.Read.',
    );
  }
  const id = settings.get('agentid');
  if (settings.get('userunneradminflow')?.toLowerCase() === 'true') {
    await request('Delete', `${runnersUrl}/${id}`, `RemoteAuth ${token}`);
    return;
  }

  // The official runner also reads connection data from the service.
  const body = JSON.stringify({ url: gitHubUrl, runner_event: 'remove' });
  const connection = await request('POST', `${api}/actions/runner-registration`, `RemoteAuth ${token}`, body);
  const serviceToken = JSON.parse(connection).token;
  const agents = `${settings.get('serverurl')}_apis/distributedtask/pools/0/agents`;
  const name = encodeURIComponent(settings.get('agentname') ?? '');
  const found = JSON.parse(await requestService('GET', `${agents}?agentName=${name}`, serviceToken));
  if (found.count === 0) console.log('Does not exist. Skipping Removing runner from the server');
  else await requestService('DELETE', `${agents}/${id}`, serviceToken);
}

async function remove(token: string | undefined): Promise<number> {
  let action = 'Removing service';
  try {
    console.log('\n# Runner removal\n');
    if (isFile('.service')) {
      console.log(action);
      if (process.platform !== 'win32') throw new Error('Uninstall service first');
      rmSync(join(root, '.service'));
      console.log('\n√ Runner service removed');
    }

    action = 'Removing runner from the server';
    if (behavior.output) console.log(behavior.output);
    await pause(behavior.delay ?? 0);
    if (behavior.exitCode) throw new Error(behavior.message ?? 'The removal fails.');
    if (isConfigured() && hasCredentials()) {
      await removeFromServer(token);
      // Printed even if the older flow did not find the runner.
      console.log('\n√ Runner removed successfully');
    } else {
      console.log(
        'Cannot connect to server, because config files are missing. Skipping removing runner from the server.',
      );
    }
    deleteConfiguration();
    console.log();
    return 0;
  } catch (error) {
    console.error(`Failed: ${action}\n${(error as Error).message}`);
    return behavior.exitCode ?? 1;
  }
}

async function run(): Promise<number> {
  const { command, token, local } = parseArguments();
  if (command !== 'remove') {
    console.error('The sandbox can only remove a runner.');
    return 1;
  }
  if (local) {
    deleteConfiguration();
    return 0;
  }
  return remove(token);
}

process.on('SIGINT', () => {
  console.log('Exiting...');
  process.exit(1);
});

await record();
start();
try {
  process.exitCode = await run();
} catch (error) {
  console.error(`An error occurred: ${(error as Error).message}`);
  process.exitCode = 2;
}

// Stand-in for the runner's Runner.Listener, as far as `config.sh remove` reaches it. It follows the sources of
// actions/runner 2.336 (Runner.Listener: Program.cs, CommandSettings.cs, ConfigurationManager.cs; Runner.Common:
// CommandLineParser.cs, ConfigurationStore.cs, RunnerDotcomServer.cs), and differs where the comments say so.

import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const root = resolve(import.meta.dirname, '..');
const path = (name) => resolve(root, name);
const exists = (...names) => names.some((name) => existsSync(path(name)));
const remove = (...names) => names.forEach((name) => void rmSync(path(name), { force: true }));

/** What a test wants to be different, see Installation.set(). */
const behaviour = { pause: 50, delay: 0, work: 0, output: '', ...readJson('.sandbox/behaviour.json', {}) };

/** Read as the runner does: with or without a byte order mark. */
function readJson(name, otherwise) {
  return exists(name) ? JSON.parse(readFileSync(path(name), 'utf8').replace(/^\uFEFF/, '')) : otherwise;
}

/** The command lines of this process and of all above it: what any user of the machine can read. */
function commandLines() {
  const found = [];
  try {
    for (let id = process.pid; id > 1; ) {
      found.push(readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0').slice(0, -1));
      id = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]);
    }
  } catch {
    // Only Linux has /proc, and it may hide other users' processes.
  }
  return found;
}

/** Whether standard input is at its end. Whoever means to close it may do so a moment after the start. */
async function standardInput() {
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

async function record() {
  const invocation = {
    arguments: process.argv.slice(2),
    commandLines: commandLines(),
    environment: { ...process.env },
    user: process.getuid?.(),
    group: process.getgid?.(),
    directory: process.cwd(),
    standardInput: await standardInput(),
  };
  appendFileSync(path('.sandbox/invocations.jsonl'), `${JSON.stringify(invocation)}\n`);
}

/** `command --flag --name value`: the first value given for a name counts. */
function parseArguments(given) {
  const commands = [];
  const flags = new Set();
  const values = new Map();
  let name;
  for (const argument of given) {
    if (argument.startsWith('--')) {
      if (name) flags.add(name);
      name = argument.slice(2).toLowerCase();
    } else if (name && !argument.startsWith('-')) {
      if (!values.has(name)) values.set(name, argument);
      name = undefined;
    } else if (flags.size + values.size === 0) {
      commands.push(argument.toLowerCase());
    }
  }
  if (name) flags.add(name);
  return { commands, flags, values };
}

/** Arguments that come as `ACTIONS_RUNNER_INPUT_NAME`. What `.env` says replaces what the caller set. */
function environmentArguments() {
  const lines = exists('.env') ? readFileSync(path('.env'), 'utf8').split(/\r?\n/) : [];
  const kept = lines.filter((line) => line.indexOf('=') > 0).map((line) => line.split(/=(.*)/s, 2));
  const found = new Map();
  for (const [name, value] of Object.entries({ ...process.env, ...Object.fromEntries(kept) })) {
    const match = /^ACTIONS_RUNNER_INPUT_(.+)$/i.exec(name);
    if (match && value.trim()) found.set(match[1].toLowerCase(), value.trim());
  }
  return found;
}

/** `.runner`, whose keys the runner reads without regard to case, and whose values it converts. */
function readSettings() {
  const settings = readJson('.runner');
  if (!settings) throw new Error("Value cannot be null. (Parameter 'configuredSettings')");
  const values = new Map(Object.entries(settings).map(([key, value]) => [key.toLowerCase(), String(value)]));
  return {
    agentId: values.get('agentid'),
    agentName: values.get('agentname') ?? '',
    gitHubUrl: values.get('githuburl'),
    useRunnerAdminFlow: values.get('userunneradminflow')?.toLowerCase() === 'true',
  };
}

/**
 * Where the API of a registration is. The runner takes `https://api.HOST` for github.com and ghe.com, and drops a port;
 * the stand-in keeps it, and never speaks to another machine.
 */
function runnersUrl(gitHubUrl) {
  if (!gitHubUrl) throw new Error("Value cannot be null. (Parameter 'uri')");
  const { origin, hostname, pathname } = new URL(gitHubUrl);
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
    throw new Error(`${hostname} is not this machine`);
  const [first, second, ...more] = pathname.split('/').filter(Boolean);
  if (!first || more.length > 0) throw new Error(`'${gitHubUrl}' should point to an org or enterprise.`);
  const kind = second === undefined ? 'orgs/' : first.toLowerCase() === 'enterprises' ? '' : 'repos/';
  return `${origin}/api/v3/${kind}${[first, second].filter(Boolean).join('/')}/actions/runners`;
}

/** Three tries, whatever the failure, but 404. */
async function request(method, url, authorization) {
  for (let attempt = 1; ; attempt++) {
    let status = 0;
    try {
      const response = await fetch(url, { method, headers: { authorization } });
      const body = await response.text();
      if (response.ok) return body;
      status = response.status;
      const text = STATUS_CODES[status] ?? '';
      const identifier = response.headers.get('x-github-request-id') ?? '';
      console.error(
        `Http response code: ${text.replace(/\W/g, '')} from '${method} ${url}' (Request Id: ${identifier})`,
      );
      console.error(body);
      throw new Error(`Response status code does not indicate success: ${status} (${text}).`);
    } catch (error) {
      if (attempt === 3 || status === 404) throw error.cause ?? error;
    }
    await pause(behaviour.pause);
  }
}

async function removeFromServer(option, flag) {
  const settings = readSettings();
  const url = runnersUrl(settings.gitHubUrl);
  let token = option('token');
  const personalAccessToken = option('pat');
  if (personalAccessToken) {
    const credentials = Buffer.from(`github:${personalAccessToken}`).toString('base64');
    token = JSON.parse(await request('POST', `${url}/remove-token`, `basic ${credentials}`)).token;
  } else if (!token && flag('unattended')) {
    throw new Error('Invalid configuration provided for token. Terminating unattended configuration.');
  } else if (!token) {
    // The runner asks on a terminal. The stand-in does not, even when there is one.
    throw new Error('Cannot read keys when console input has been redirected.');
  }

  // The older flow asks GitHub Actions' own service with what it gets for the token; the stand-in asks the REST API.
  if (!settings.useRunnerAdminFlow) {
    const list = await request(
      'GET',
      `${url}?name=${encodeURIComponent(settings.agentName)}`,
      `RemoteAuth ${token}`,
    );
    if (JSON.parse(list).runners.length === 0) {
      console.log('Does not exist. Skipping Removing runner from the server');
      return;
    }
  }
  await request('DELETE', `${url}/${settings.agentId}`, `RemoteAuth ${token}`);
}

function removeLocalFiles() {
  if (exists('.credentials', '.credentials_migrated')) {
    remove('.credentials', '.credentials_migrated', '.credentials_rsaparams');
    console.log('√ Removed .credentials');
  } else {
    console.log('Does not exist. Skipping Removing .credentials');
  }
  if (exists('.runner', '.runner_migrated')) {
    remove('.runner', '.runner_migrated');
    console.log('√ Removed .runner');
  } else {
    console.log('Does not exist. Skipping Removing .runner');
  }
}

async function unconfigure(option, flag) {
  let action = 'Removing service';
  try {
    console.log('\n# Runner removal\n');
    if (exists('.service')) {
      console.log(action);
      if (process.platform !== 'win32') throw new Error('Uninstall service first');
      remove('.service');
      console.log('√ Runner service removed');
    }

    action = 'Removing runner from the server';
    if (behaviour.output) console.log(behaviour.output);
    const { user } = process.cpuUsage();
    while (process.cpuUsage().user - user < behaviour.work * 1000);
    await pause(behaviour.delay);
    if (behaviour.exitCode) throw new Error(behaviour.message ?? 'The sandbox was told to fail');
    if (exists('.runner', '.runner_migrated') && exists('.credentials', '.credentials_migrated')) {
      await removeFromServer(option, flag);
      // Also when the older flow did not find the runner.
      console.log('\n√ Runner removed successfully');
    } else {
      console.log(
        'Cannot connect to server, because config files are missing. Skipping removing runner from the server.',
      );
    }
    removeLocalFiles();
    console.log();
    return 0;
  } catch (error) {
    console.error(`Failed: ${action}`);
    console.error(error.message);
    return behaviour.exitCode ?? 1;
  }
}

async function run() {
  const { commands, flags, values } = parseArguments(process.argv.slice(2));
  const environment = environmentArguments();
  const option = (name) => values.get(name) ?? environment.get(name);
  const flag = (name) => flags.has(name) || environment.get(name)?.toLowerCase() === 'true';

  if (flag('help') || flag('version') || flag('commit')) {
    console.log('2.336.0');
    return 0;
  }
  if (commands[0] !== 'remove') {
    console.error('The sandbox can only remove a runner.');
    return 1;
  }
  if (flag('local')) {
    removeLocalFiles();
    return 0;
  }
  return unconfigure(option, flag);
}

process.on('SIGINT', () => {
  console.log('Exiting...');
  process.exit(1);
});

await record();
try {
  process.exitCode = await run();
} catch (error) {
  console.error(`An error occurred: ${error.message}`);
  process.exitCode = 2;
}

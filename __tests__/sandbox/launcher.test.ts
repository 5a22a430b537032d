import { existsSync, statSync } from 'node:fs';
import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDirectory, Installation } from '../../sandbox/installation.ts';
import { Job, type JobOptions, runStep, type StepOptions } from '../../sandbox/launcher.ts';

const root = process.getuid?.() === 0;
const nobody = { uid: 65534, gid: 65534, home: '/nonexistent', name: 'nobody' };

/** An action whose steps run the JavaScript that their input `run` holds. */
const manifest = `
name: Fake
inputs:
  run: { required: true }
  github-api-url: { default: '\${{ github.api_url }}' }
  a flag: { default: false }
  no-default: {}
runs: { using: node24, main: dist/index.js, post: dist/post.js }
`;
const code = 'eval(process.env.INPUT_RUN)';

let action: string;

beforeAll(async () => {
  action = await mkdtemp(join(await realpath(tmpdir()), 'action-'));
  await createDirectory(join(action, 'dist'));
  await chmod(action, 0o755);
  await writeFile(join(action, 'action.yml'), manifest);
  await writeFile(join(action, 'dist/index.js'), code);
  await writeFile(join(action, 'dist/post.js'), 'console.log("state is", process.env.STATE_key)');
});

afterAll(() => rm(action, { recursive: true }));

const github = {
  apiUrl: 'http://127.0.0.1:1/api/v3',
  serverUrl: 'http://127.0.0.1:1',
  repository: 'octo/app',
};

const run = (script: string, options: Partial<JobOptions & StepOptions> = {}) =>
  runStep({ github, action, ...options, inputs: { run: script, ...options.inputs } });

/** Prints the lines as they are. */
const print = (lines: string[], options: Partial<JobOptions & StepOptions> = {}) =>
  run(`process.stdout.write(${JSON.stringify(lines.map((line) => `${line}\n`).join(''))})`, options);

describe('a step', () => {
  it('has the environment that the runner gives it, and nothing else', async () => {
    const { environment, outputs, exitCode, conclusion } = await run(
      'require("fs").appendFileSync(process.env.GITHUB_OUTPUT, "environment=" + JSON.stringify(process.env) + "\\n")',
      { environment: { FROM_THE_WORKFLOW: 'yes' }, runner: { name: 'seven', environment: 'github-hosted' } },
    );

    expect({ exitCode, conclusion }).toEqual({ exitCode: 0, conclusion: 'success' });
    expect(JSON.parse(outputs['environment'] ?? '')).toEqual(environment);
    expect(environment).toMatchObject({
      CI: 'true',
      FROM_THE_WORKFLOW: 'yes',
      GITHUB_ACTION_REF: 'v1',
      GITHUB_API_URL: github.apiUrl,
      GITHUB_GRAPHQL_URL: 'http://127.0.0.1:1/api/graphql',
      GITHUB_REPOSITORY_OWNER: 'octo',
      INPUT_A_FLAG: 'false',
      'INPUT_GITHUB-API-URL': github.apiUrl,
      'INPUT_NO-DEFAULT': '',
      RUNNER_ENVIRONMENT: 'github-hosted',
      RUNNER_NAME: 'seven',
      RUNNER_TRACKING_ID: expect.stringMatching(/^github_[0-9a-f-]{36}$/),
    });
    expect(
      Object.keys(environment)
        .filter((name) => !/^(GITHUB|RUNNER|INPUT)_/.test(name))
        .sort(),
    ).toEqual(['CI', 'FROM_THE_WORKFLOW', 'HOME', 'LANG', 'PATH']);
  });

  it('is started in the workspace, from a copy of the action', async () => {
    const { stdout, workspace, environment } = await run(
      'console.log(process.cwd() + "\\n" + process.argv[1])',
    );

    const path = join(environment['GITHUB_ACTION_PATH'] ?? '', 'dist/index.js');
    expect(stdout).toBe(`${workspace}\n${path}\n`);
    expect(path).toMatch(/_work\/_actions\/sandbox\/runner-remove-token\/v1\/dist\/index\.js$/);
    expect(existsSync(workspace)).toBe(false);
  });

  it('takes inputs that are not declared, with a warning', async () => {
    const { log, environment } = await run('', { inputs: { 'A-Typo': 'value' } });

    expect(log).toBe("Warning: Unexpected input(s) 'A-Typo'");
    expect(environment['INPUT_A-TYPO']).toBe('value');
  });

  it('can be run with the Node.js of an installation', async () => {
    const installation = await Installation.create({ agentId: 7, agentName: 'seven' });
    const { stdout } = await run('console.log(process.execPath)', { node: installation.node });
    await installation.remove();

    expect(stdout).toBe(`${installation.node}\n`);
  });

  (root ? it : it.skip)('can be run as another user, who can write where a step writes', async () => {
    const { exitCode, stdout, outputs } = await run(
      `const fs = require("fs");
      fs.appendFileSync(process.env.GITHUB_OUTPUT, "a=b\\n");
      fs.writeFileSync(process.env.RUNNER_TEMP + "/file", "");
      console.log(process.getuid(), process.getgid(), process.getgroups().length, process.env.HOME, process.env.USER)`,
      { user: nobody },
    );

    expect({ exitCode, stdout, outputs }).toEqual({
      exitCode: 0,
      stdout: '65534 65534 1 /nonexistent nobody\n',
      outputs: { a: 'b' },
    });
  });

  it('fails with its exit code', async () => {
    expect(await run('process.exit(3)')).toMatchObject({ conclusion: 'failure', exitCode: 3, signal: null });
  });
});

describe('file commands', () => {
  const append = (name: string, text: string) =>
    run(`require("fs").appendFileSync(process.env.${name}, ${JSON.stringify(text)})`);

  it('are read in both formats', async () => {
    const text = 'plain=a=b<<c\n\nlong<<END\none\n\ntwo\nEND\nempty<<END\nEND\n';

    const { outputs, files } = await append('GITHUB_OUTPUT', text);

    expect(outputs).toEqual({ plain: 'a=b<<c', long: 'one\n\ntwo', empty: '' });
    expect(files).toMatchObject({ GITHUB_OUTPUT: text, GITHUB_ENV: '' });
  });

  it.each(['long<<END\none\n', 'nothing\n', '<<END\nEND\n'])(
    'fail the step when malformed: %j',
    async (text) => {
      const { conclusion, annotations, outputs } = await append('GITHUB_OUTPUT', `before=1\n${text}`);

      expect({ conclusion, outputs }).toEqual({ conclusion: 'failure', outputs: { before: '1' } });
      expect(annotations[0]?.message).toBe("Unable to process file command 'output' successfully.");
    },
  );

  it('write a summary, masked', async () => {
    const script =
      'console.log("::add-mask::secret"); require("fs").appendFileSync(process.env.GITHUB_STEP_SUMMARY, "a secret")';

    expect(await run(script)).toMatchObject({ summary: 'a ***', files: { GITHUB_STEP_SUMMARY: 'a secret' } });
  });
});

describe('workflow commands', () => {
  it('are carried out, and shown as GitHub shows them', async () => {
    const { log, annotations, debug, stdout } = await print([
      '::group::Title',
      'inside',
      '::endgroup::',
      '  ::error title=a%3Ab%2Cc,file=x::one%0Atwo 100%25 %3A',
      'text ##[warning]careful',
      '::NOTICE::hello',
      '::debug::detail',
      'text ::error::is no command',
      '::unknown::is no command',
    ]);

    expect(log.split('\n')).toEqual([
      '▾ Title',
      'inside',
      'Error: one',
      'two 100% %3A',
      'Warning: careful',
      'Notice: hello',
      'text ::error::is no command',
      '::unknown::is no command',
    ]);
    expect(annotations).toEqual([
      { level: 'error', message: 'one\ntwo 100% %3A', title: 'a:b,c' },
      { level: 'warning', message: 'careful' },
      { level: 'notice', message: 'hello' },
    ]);
    expect(debug).toEqual(['detail']);
    expect(stdout).toContain('::debug::detail\n');
  });

  it('show debug messages when asked to', async () => {
    const { log } = await print(['::debug::detail'], { environment: { ACTIONS_STEP_DEBUG: 'true' } });
    expect(log).toBe('##[debug]detail');
  });

  it('are stopped until the token is repeated', async () => {
    const { log, annotations } = await print([
      '::stop-commands::resume-token',
      '::error::quoted',
      '::stop-commands::other',
      '::Resume-Token::',
      '::error::real',
    ]);

    expect(log.split('\n')).toEqual([
      '::stop-commands::***',
      '::error::quoted',
      '::stop-commands::other',
      '::Resume-Token::',
      'Error: real',
    ]);
    expect(annotations).toHaveLength(1);
  });

  it('cannot be stopped with the name of a command', async () => {
    expect(await print(['::stop-commands::error', '::notice::on'])).toMatchObject({
      conclusion: 'failure',
      annotations: [{ level: 'error' }, { level: 'notice' }],
    });
  });

  it('are found after a carriage return, on standard error, and in a line without end', async () => {
    const { annotations } = await run(
      'process.stdout.write("10%\\r::warning::a\\r\\n"); process.stderr.write("::warning::b")',
    );
    expect(annotations.map(({ message }) => message).sort()).toEqual(['a', 'b']);
  });

  it('that are deprecated still work, those that are disabled do not', async () => {
    expect(
      await print(['::set-output name=a::b', '::save-state name=c::d', '::set-env name=e::f']),
    ).toMatchObject({
      conclusion: 'failure',
      outputs: { a: 'b' },
      state: { c: 'd' },
      annotations: [
        { level: 'warning', message: expect.stringContaining('`set-output` command is deprecated') },
        { level: 'warning', message: expect.stringContaining('`save-state` command is deprecated') },
        { level: 'error', message: expect.stringContaining('Unable to process command') },
        { level: 'error', message: expect.stringContaining('`set-env` command is disabled') },
      ],
    });
  });
});

describe('masks', () => {
  it('hide a value in every later line, in all its forms', async () => {
    const secret = 'se"cr\'et & more';
    const { log, masks, stdout } = await print([
      `before ${secret}`,
      `::add-mask::${secret}`,
      `plain ${secret}${secret}`,
      `base64 ${Buffer.from(secret).toString('base64')}`,
      `basic ${Buffer.from(`github:${secret}`).toString('base64')}`,
      `json ${JSON.stringify(secret)}`,
      'url se%22cr%27et%20%26%20more',
      `::error title=t::${secret}`,
    ]);

    expect(log.split('\n')).toEqual([
      `before ${secret}`,
      'plain ***',
      'base64 ***',
      // Two bytes of the secret share their Base64 characters with what precedes it, and are not masked.
      `basic ${Buffer.from('github:se').toString('base64')}***`,
      'json "***"',
      'url ***',
      'Error: ***',
    ]);
    expect(masks).toEqual([secret]);
    expect(stdout).toContain(`::add-mask::${secret}\n`);
  });

  it('hide every line of a value, and no empty value', async () => {
    const { log } = await print(['::add-mask::first%0Asecond', 'the second', '::add-mask:: ']);
    expect(log).toBe("the ***\nWarning: Can't add secret mask for empty string in ##[add-mask] command.");
  });
});

describe('a job', () => {
  it('gives the post entry the state of the main entry, and keeps its masks', async () => {
    const job = await Job.start({ github, action });
    const step = await job.step({
      inputs: {
        run: 'require("fs").appendFileSync(process.env.GITHUB_STATE, "key=secret\\n"); console.log("::add-mask::secret")',
      },
    });

    expect(await step.main()).toMatchObject({ state: { key: 'secret' }, masks: ['secret'] });
    expect(await step.post()).toMatchObject({ stdout: 'state is secret\n', log: 'state is ***', masks: [] });
    expect(statSync(job.directory).mode & 0o777).toBe(0o755);
    expect(await job.end()).toEqual([]);
    expect(existsSync(job.directory)).toBe(false);
  });

  it.each([
    ['obeys', '', { exitCode: null, signal: 'SIGINT' }],
    ['handles', 'process.on("SIGINT", () => process.exit(5))', { exitCode: 5, signal: null }],
    ['ignores', 'process.on("SIGINT", () => {})', { exitCode: null, signal: 'SIGTERM' }],
    [
      'holds out',
      'for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => {})',
      { signal: 'SIGKILL' },
    ],
  ])('cancels a step that %s', async (_, script, ending) => {
    const job = await Job.start({ github, action });
    const step = await job.step({
      inputs: { run: `${script}; setInterval(() => {}, 1000); console.log("ready")` },
      onLine: () => step.cancel({ terminate: 50, kill: 100 }),
    });

    expect(await step.main()).toMatchObject({ conclusion: 'cancelled', ...ending });
    await job.end();
  });

  (process.platform === 'linux' ? it : it.skip)(
    'kills what it left running, unless the tracking id was removed',
    async () => {
      const job = await Job.start({ github, action });
      const step = await job.step({
        inputs: {
          run: `const { spawn } = require("child_process");
        const start = (env) => {
          const child = spawn("/bin/bash", ["-c", "sleep 60 & wait"], { env, detached: true, stdio: "ignore" });
          child.unref();
          return child.pid;
        };
        console.log(JSON.stringify([start(process.env), start({ ...process.env, RUNNER_TRACKING_ID: "" })]))`,
        },
      });
      const { stdout } = await step.main();
      const [tracked, free] = JSON.parse(stdout);

      const killed = await job.end();

      expect(killed).toContain(tracked);
      expect(killed).not.toContain(free);
      process.kill(-free, 'SIGKILL');
    },
  );
});

import { expect, test } from '@jest/globals';
import { scriptEnvironment } from '../../src/runner/environment.ts';
import { Secrets } from '../../src/secrets.ts';

const secrets = new Secrets(() => {});
secrets.protect('the-admin-token');

/** Whether the runner's scripts are given a variable of this name and value. */
function isPassedOn(name: string, value = 'value'): boolean {
  return name in scriptEnvironment({ [name]: value }, secrets);
}

test.each([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'LC_ALL', 'LC_CTYPE', 'TZ'],
  ...[
    'TMPDIR',
    'TMP',
    'TEMP',
    'http_proxy',
    'HTTPS_PROXY',
    'all_proxy',
    'NO_PROXY',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
  ],
  ...[
    'NODE_EXTRA_CA_CERTS',
    'DOTNET_SYSTEM_GLOBALIZATION_INVARIANT',
    'DOTNET_gcServer',
    'RUNNER_TRACKING_ID',
  ],
  ...[
    'Path',
    'SystemRoot',
    'windir',
    'ComSpec',
    'PATHEXT',
    'ProgramFiles',
    'ProgramFiles(x86)',
    'ProgramW6432',
  ],
  ...[
    'CommonProgramFiles(x86)',
    'CommonProgramW6432',
    'PROCESSOR_ARCHITECTURE',
    'USERPROFILE',
    'PSModulePath',
  ],
  ...['SystemDrive', 'OS', 'NUMBER_OF_PROCESSORS', 'COMPUTERNAME', 'USERNAME', 'USERDOMAIN', 'HOMEDRIVE'],
  ...['HOMEPATH', 'APPDATA', 'LOCALAPPDATA', 'ProgramData', 'ALLUSERSPROFILE', 'PUBLIC'],
])("the runner's scripts are given %s", (name) => {
  expect(isPassedOn(name)).toBe(true);
});

test.each([
  ...['INPUT_TOKEN', 'ACTIONS_RUNNER_INPUT_PAT', 'ACTIONS_RUNNER_INPUT_LOCAL', 'ACTIONS_RUNTIME_TOKEN'],
  ...['GITHUB_TOKEN', 'GITHUB_OUTPUT', 'NODE_OPTIONS', 'BASH_ENV', 'ENV', 'LD_PRELOAD', 'LD_LIBRARY_PATH'],
  ...[
    'DYLD_INSERT_LIBRARIES',
    'RUNNER_TEMP',
    'RUNNER_ALLOW_RUNASROOT',
    'SECRET',
    'MY_PATH',
    'PATHS',
    'DOTNET_',
  ],
  ...['DOTNET_STARTUP_HOOKS', 'DOTNET_ADDITIONAL_DEPS', 'DOTNET_SHARED_STORE', 'CORECLR_PROFILER_PATH'],
])("the runner's scripts are not given %s", (name) => {
  expect(isPassedOn(name)).toBe(false);
});

test('a variable that holds a secret is not passed on, whatever its name', () => {
  expect(isPassedOn('HTTPS_PROXY', 'http://me:the-admin-token@proxy')).toBe(false);
  expect(isPassedOn('HTTPS_PROXY', 'http://proxy')).toBe(true);
});

test('a variable without a value is left out', () => {
  expect(scriptEnvironment({ PATH: undefined, HOME: '/root' }, secrets)).toEqual({ HOME: '/root' });
});

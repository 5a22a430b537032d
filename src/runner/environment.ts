import type { Secrets } from '../secrets.ts';

/** Variables that the runner's scripts need. Any other could change what they do, or contain a secret. */
const allowedNames = [
  // Account, locale, time zone, temporary directory.
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  /LC_[A-Z]+/,
  'TZ',
  'TMPDIR',
  'TMP',
  'TEMP',
  // Proxies and certificates.
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  // The runner's .NET runtime, without the variables that load other code into it.
  /DOTNET_(?!STARTUP_HOOKS|ADDITIONAL_DEPS|SHARED_STORE).+/,
  // The runner uses this variable to find the processes that a job left behind.
  'RUNNER_TRACKING_ID',
  // Windows needs most of these to start programs.
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'COMSPEC',
  'PATHEXT',
  'OS',
  'NUMBER_OF_PROCESSORS',
  /PROCESSOR_.+/,
  'COMPUTERNAME',
  'USERNAME',
  'USERDOMAIN',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'ALLUSERSPROFILE',
  'PUBLIC',
  /(COMMON)?PROGRAM(FILES|W6432)(\(X86\))?/,
  'PSMODULEPATH',
].map((name) => new RegExp(`^${typeof name === 'string' ? name : name.source}$`, 'i'));

/** Passes the remove token to `config.sh`, which takes any argument from such a variable. */
export const removeTokenVariable = 'ACTIONS_RUNNER_INPUT_TOKEN';

/** The variables that other programs get. This process also has the admin token, in `INPUT_TOKEN`. */
export function allowListedEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && allowedNames.some((pattern) => pattern.test(entry[0])),
  );
  return Object.fromEntries(entries);
}

/** The same without values that contain a secret: workflows can set any variable with `env:`. */
export function scriptEnvironment(environment: NodeJS.ProcessEnv, secrets: Secrets): Record<string, string> {
  const entries = Object.entries(allowListedEnvironment(environment)).filter(
    ([, value]) => !secrets.isIn(value),
  );
  return Object.fromEntries(entries);
}

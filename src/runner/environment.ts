import type { Secrets } from '../secrets.ts';

/** What the runner's scripts need, and nothing that could change what they do or tell them what is not theirs. */
const passedOn = [
  // The account, its locale and time zone.
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
  // The way to GitHub.
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  // The .NET runtime of the runner. A start-up hook or a store of additional dependencies would load foreign code.
  /DOTNET_(?!STARTUP_HOOKS|ADDITIONAL_DEPS|SHARED_STORE).+/,
  // The runner ends what a job left behind by this mark.
  'RUNNER_TRACKING_ID',
  // Windows does not start programs without most of these.
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

/** The argument of `config.sh` that is the remove token, as the variable that it can come in. */
export const removeTokenVariable = 'ACTIONS_RUNNER_INPUT_TOKEN';

/** The variables that other programs are given: an allow-list. The admin token is in this process's own, as an input. */
export function allowListed(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && passedOn.some((pattern) => pattern.test(entry[0])),
  );
  return Object.fromEntries(entries);
}

/**
 * The environment for the runner's scripts: the allow-list, without any variable that holds a secret. A variable can
 * hold one under any name, because workflows set what they like with `env:`.
 */
export function scriptEnvironment(environment: NodeJS.ProcessEnv, secrets: Secrets): Record<string, string> {
  const entries = Object.entries(allowListed(environment)).filter(([, value]) => !secrets.appearIn(value));
  return Object.fromEntries(entries);
}

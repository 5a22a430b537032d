// The service of an official runner, in the service manager of this machine: systemd, launchd, or that of Windows.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface ServiceState {
  installed: boolean;
  running: boolean;
}

export class OfficialService {
  /** A name, or on macOS the path of the property list. */
  readonly name: string;
  readonly #directory: string;

  private constructor(directory: string, name: string) {
    this.#directory = directory;
    this.name = name;
  }

  /**
   * Installs and starts the service, to run as the account of this process. On Linux it needs root or `sudo`. On Windows,
   * `config.cmd` has installed and started it.
   */
  static async start(directory: string): Promise<OfficialService> {
    if (process.platform !== 'win32') {
      await runServiceScript(directory, 'install', process.platform === 'linux' ? userInfo().username : '');
      await runServiceScript(directory, 'start');
    }
    const name = (await readFile(join(directory, '.service'), 'utf8')).trim();
    return new OfficialService(directory, name);
  }

  /** Uninstalls the service if it is still there. */
  async end(): Promise<void> {
    if (!(await this.state()).installed) return;
    if (process.platform !== 'win32') await runServiceScript(this.#directory, 'uninstall');
    else for (const command of ['stop', 'delete']) await outputOf('sc.exe', command, this.name);
  }

  async state(): Promise<ServiceState> {
    switch (process.platform) {
      case 'win32': {
        const output = await outputOf('sc.exe', 'query', this.name);
        return { installed: output !== '', running: output.includes('RUNNING') };
      }
      case 'darwin': {
        const output = await outputOf('launchctl', 'list', basename(this.name, '.plist'));
        return { installed: existsSync(this.name), running: output.includes('"PID"') };
      }
      default:
        return {
          installed: (await this.property('LoadState')) === 'loaded',
          running: (await this.property('ActiveState')) === 'active',
        };
    }
  }

  /** A property of the systemd unit. */
  async property(name: string): Promise<string> {
    return (await outputOf('systemctl', 'show', '--value', `--property=${name}`, this.name)).trim();
  }
}

async function runServiceScript(directory: string, ...command: string[]): Promise<void> {
  const needsSudo = process.platform === 'linux' && process.getuid?.() !== 0;
  const [program = '', ...options] = [...(needsSudo ? ['sudo', '-n'] : []), './svc.sh', ...command];
  await execute(program, options.filter(Boolean), { cwd: directory });
}

/** Empty if the program fails. */
function outputOf(program: string, ...options: string[]): Promise<string> {
  return execute(program, options).then(
    ({ stdout }) => stdout,
    () => '',
  );
}

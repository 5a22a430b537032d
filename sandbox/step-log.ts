// Interprets the output of a step as the runner does (actions/runner 2.336, src/Runner.Worker).

import { StringDecoder } from 'node:string_decoder';

export interface Annotation {
  level: 'error' | 'warning' | 'notice';
  message: string;
}

/** Splits output into lines that end with a line feed, a carriage return, or both. */
export class LineReader {
  text = '';
  #rest = '';
  readonly #decoder = new StringDecoder('utf8');
  readonly #receive: (line: string) => void;

  constructor(receive: (line: string) => void) {
    this.#receive = receive;
  }

  write(chunk: Buffer): void {
    const text = this.#decoder.write(chunk);
    this.text += text;
    // The line feed that follows a carriage return may be in the next chunk.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    lines.forEach(this.#receive);
  }

  end(): void {
    if (this.#rest !== '') this.#receive(this.#rest.replace(/\r$/, ''));
  }
}

/** Masks secrets. The runner masks encoded forms of them too (ValueEncoders.cs), on which nothing may rely. */
export class Masker {
  readonly #secrets = new Set<string>();

  add(value: string): void {
    if (value !== '') this.#secrets.add(value);
  }

  mask(text: string): string {
    return [...this.#secrets].reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
  }
}

interface Command {
  name: string;
  data: string;
}

/** Lines with other names are not commands (ActionCommandManager.cs). */
const commandNames = new Set([
  ...['debug', 'notice', 'warning', 'error', 'group', 'endgroup', 'add-mask', 'stop-commands', 'echo'],
  ...['set-output', 'save-state', 'set-env', 'add-path', 'add-matcher', 'remove-matcher'],
]);

/**
 * Parses `::name key=value::data` after white space, or `##[name key=value]data` anywhere (ActionCommand.cs). The properties,
 * such as the title of an annotation, are ignored.
 */
function parseCommand(line: string, isCommand: (name: string) => boolean): Command | undefined {
  for (const { pattern, codes } of [
    { pattern: /^\s*::(.*?)::(.*)$/s, codes: /%(0D|0A|25)/g },
    { pattern: /##\[(.*?)\](.*)$/s, codes: /%(3B|0D|0A|5D|25)/g },
  ]) {
    const [, information = '', data = ''] = pattern.exec(line) ?? [];
    const name = information.replace(/ .*$/s, '').toLowerCase();
    if (isCommand(name)) return { name, data: data.replace(codes, decodeURIComponent) };
  }
  return undefined;
}

/** Parses `name=value`, or `name<<delimiter`, lines, and `delimiter` (FileCommandManager.cs). */
function* parsePairs(text: string, platform: NodeJS.Platform): Generator<[name: string, value: string]> {
  const lines = text.split(platform === 'win32' ? /\r?\n/ : '\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const [, name = '', operator, rest = ''] = /^(.*?)(=|<<)(.*)$/s.exec(line) ?? [];
    if (operator === '=') {
      yield [name, rest];
      continue;
    }
    if (name === '' || rest === '') throw new Error(`Invalid format '${line}'`);
    const end = lines.indexOf(rest, index + 1);
    if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${rest}'`);
    yield [name, lines.slice(index + 1, end).join('\n')];
    index = end;
  }
}

/** Executes the workflow commands of a step and keeps its log. */
export class StepLog {
  readonly annotations: Annotation[] = [];
  readonly debug: string[] = [];
  readonly masks: string[] = [];
  readonly outputs: Record<string, string> = {};
  readonly state: Record<string, string>;
  failed = false;
  showDebug = false;
  readonly #masker: Masker;
  readonly #platform: NodeJS.Platform;
  readonly #lines: string[] = [];
  #resumeToken: string | undefined;

  constructor(masker: Masker, state: Record<string, string>, platform = process.platform) {
    this.#masker = masker;
    this.#platform = platform;
    this.state = { ...state };
  }

  /** The runner handles standard output and standard error alike (NodeScriptActionHandler.cs). */
  receive(line: string): void {
    const command = parseCommand(line, (name) => commandNames.has(name) || name === this.#resumeToken);
    if (this.#resumeToken !== undefined) {
      if (command?.name === this.#resumeToken) this.#resumeToken = undefined;
      this.#write(line);
    } else if (command?.name === 'stop-commands') {
      this.#stop(line, command.data);
    } else if (command) {
      this.#execute(line, command);
    } else {
      this.#write(line);
    }
  }

  #stop(line: string, token: string): void {
    if (['', 'pause-logging', ...commandNames].includes(token.toLowerCase())) {
      this.issue('error', `You cannot stop commands with the token '${token}'.`);
      this.failed = true;
      return;
    }
    this.#resumeToken = token.toLowerCase();
    if (token.length > 6) this.#masker.add(token);
    this.#write(line);
  }

  #execute(line: string, { name, data }: Command): void {
    switch (name) {
      case 'debug':
        this.debug.push(this.#masker.mask(data));
        if (this.showDebug) this.#write(`##[debug]${data.replaceAll('\n', '\n##[debug]')}`);
        break;
      case 'notice':
      case 'warning':
      case 'error':
        this.issue(name, data);
        break;
      case 'group':
      case 'endgroup':
        this.#write(`##[${name}]${name === 'group' ? data : ''}`);
        break;
      case 'add-mask':
        this.#mask(data);
        break;
      case 'set-output':
      case 'save-state':
      case 'set-env':
      case 'add-path':
        // The runner executes the first two, which are deprecated, with a warning.
        this.issue('error', `Unable to process command '${line}' successfully.`);
        this.failed = true;
        break;
      default:
        // Command echoing and problem matchers have no effect here.
        break;
    }
  }

  #mask(value: string): void {
    if (value.trim() === '') {
      this.issue('warning', "Can't add secret mask for empty string in ##[add-mask] command.");
      return;
    }
    this.masks.push(value);
    for (const secret of [value, ...value.split(/[\r\n]/).map((part) => part.trim())])
      this.#masker.add(secret);
  }

  /** A message has up to 4,096 characters, and a step up to ten annotations of each level (ExecutionContext.cs). */
  issue(level: Annotation['level'], text: string): void {
    const message = this.#masker.mask(text).slice(0, 4096);
    if (this.annotations.filter((other) => other.level === level).length < 10) {
      this.annotations.push({ level, message });
    }
    if (message !== '') this.#write(`##[${level}]${message}`);
  }

  receiveFile(name: string, text: string, target: Record<string, string>): void {
    try {
      for (const [key, value] of parsePairs(text, this.#platform)) target[key] = value;
    } catch (error) {
      this.issue('error', `Unable to process file command '${name}' successfully.`);
      this.issue('error', (error as Error).message);
      this.failed = true;
    }
  }

  #write(text: string): void {
    this.#lines.push(...this.#masker.mask(text).split('\n'));
  }

  /** The web page replaces these markers in every line, even while commands are stopped. */
  render(): string {
    const shown = new Map([
      ['group', '▾ '],
      ['error', 'Error: '],
      ['warning', 'Warning: '],
      ['notice', 'Notice: '],
    ]);
    return this.#lines
      .filter((line) => !line.startsWith('##[endgroup]'))
      .map((line) => line.replace(/^##\[(\w+)\]/, (marker, name) => shown.get(name) ?? marker))
      .join('\n');
  }
}

// What the runner makes of a step's output. The facts come from actions/runner 2.336 (src/Runner.Worker).

import { StringDecoder } from 'node:string_decoder';

export interface Annotation {
  level: 'error' | 'warning' | 'notice';
  message: string;
  title?: string;
}

/** Splits output into lines, which end with a line feed, a carriage return, or both. */
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
    // The other half of the line end may be in the next chunk.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    lines.forEach(this.#receive);
  }

  end(): void {
    if (this.#rest !== '') this.#receive(this.#rest.replace(/\r$/, ''));
  }
}

/** Hides secrets, also in the forms in which they are likely to be printed (HostContext.cs, ValueEncoders.cs). */
export class Masker {
  readonly #forms = new Set<string>();

  add(value: string): void {
    const bytes = Buffer.from(value);
    for (const form of [
      value,
      ...[0, 1, 2].map((shift) => bytes.subarray(bytes.length > shift ? shift : 0).toString('base64')),
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value).replace(
        /[!'()*]/g,
        (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
      value.replaceAll('"', '\\"'),
      value.replaceAll("'", "''"),
    ]) {
      if (form !== '') this.#forms.add(form);
    }
  }

  /** Secrets that overlap or touch become one `***`. */
  mask(text: string): string {
    const hidden = new Set<number>();
    for (const form of this.#forms) {
      for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
        for (let index = at; index < at + form.length; index++) hidden.add(index);
      }
    }
    if (hidden.size === 0) return text;
    const shown = (sign: string, index: number) =>
      !hidden.has(index) ? sign : hidden.has(index - 1) ? '' : '***';
    return text.split('').map(shown).join('');
  }
}

interface Command {
  name: string;
  properties: Map<string, string>;
  data: string;
}

/** ActionCommandManager.cs. Others are no commands, but ordinary lines. */
const commandNames = new Set([
  ...['debug', 'notice', 'warning', 'error', 'group', 'endgroup', 'add-mask', 'stop-commands', 'echo'],
  ...['set-output', 'save-state', 'set-env', 'add-path', 'add-matcher', 'remove-matcher'],
]);

const decode = (text: string, codes: RegExp) => text.replace(codes, decodeURIComponent);

/** ActionCommand.cs: `::name key=value,key=value::data` after white space, or `##[name key=value;key=value]data` anywhere. */
function parseCommand(line: string, isCommand: (name: string) => boolean): Command | undefined {
  for (const { pattern, separator, inProperty, inData } of [
    {
      pattern: /^\s*::(.*?)::(.*)$/s,
      separator: ',',
      inProperty: /%(0D|0A|3A|2C|25)/g,
      inData: /%(0D|0A|25)/g,
    },
    {
      pattern: /##\[(.*?)\](.*)$/s,
      separator: ';',
      inProperty: /%(3B|0D|0A|5D|25)/g,
      inData: /%(3B|0D|0A|5D|25)/g,
    },
  ]) {
    const [, information = '', data = ''] = pattern.exec(line) ?? [];
    const [, name = '', rest = ''] = /^([^ ]*) ?(.*)$/s.exec(information) ?? [];
    if (!isCommand(name.toLowerCase())) continue;
    const properties = new Map<string, string>();
    for (const pair of rest.trim().split(separator)) {
      const [, key, value] = /^([^=]+)=(.+)$/s.exec(pair) ?? [];
      if (key && value) properties.set(key.toLowerCase(), decode(value, inProperty));
    }
    return { name: name.toLowerCase(), properties, data: decode(data, inData) };
  }
  return undefined;
}

/** FileCommandManager.cs: `name=value`, or `name<<delimiter`, lines, `delimiter`. */
function* parsePairs(text: string): Generator<[name: string, value: string]> {
  const lines = text.split(process.platform === 'win32' ? /\r?\n/ : '\n');
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

/** Carries out what a step writes, and keeps what there is to see of it. */
export class StepLog {
  readonly annotations: Annotation[] = [];
  readonly debug: string[] = [];
  readonly masks: string[] = [];
  readonly outputs: Record<string, string> = {};
  readonly state: Record<string, string>;
  failed = false;
  showDebug = false;
  readonly #masker: Masker;
  readonly #lines: string[] = [];
  #resumeToken: string | undefined;

  constructor(masker: Masker, state: Record<string, string>) {
    this.#masker = masker;
    this.state = { ...state };
  }

  /** A line of standard output or standard error: the runner makes no difference (NodeScriptActionHandler.cs). */
  receive(line: string): void {
    const command = parseCommand(line, (name) => commandNames.has(name) || name === this.#resumeToken);
    if (this.#resumeToken !== undefined) {
      if (command?.name === this.#resumeToken) this.#resumeToken = undefined;
      this.#write(line);
    } else if (command?.name === 'stop-commands') {
      this.#stop(line, command.data);
    } else if (command) {
      this.#carryOut(line, command);
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

  #carryOut(line: string, { name, properties, data }: Command): void {
    switch (name) {
      case 'debug':
        this.debug.push(this.#masker.mask(data));
        if (this.showDebug) this.#write(`##[debug]${data.replaceAll('\n', '\n##[debug]')}`);
        break;
      case 'notice':
      case 'warning':
      case 'error':
        this.issue(name, data, properties.get('title'));
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
        this.issue('warning', `The \`${name}\` command is deprecated and will be disabled soon.`);
        (name === 'set-output' ? this.outputs : this.state)[properties.get('name') ?? ''] = data;
        break;
      case 'set-env':
      case 'add-path':
        this.issue('error', `Unable to process command '${line}' successfully.`);
        this.issue('error', `The \`${name}\` command is disabled.`);
        this.failed = true;
        break;
      default:
        // Echoing commands and problem matchers are nothing that the sandbox imitates.
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

  /** A message is cut after 4,096 characters, and only ten of each level become annotations (ExecutionContext.cs). */
  issue(level: Annotation['level'], text: string, title?: string): void {
    const message = this.#masker.mask(text).slice(0, 4096);
    if (this.annotations.filter((other) => other.level === level).length < 10) {
      this.annotations.push({ level, message, ...(title !== undefined && { title }) });
    }
    if (message !== '') this.#write(`##[${level}]${message}`);
  }

  receiveFile(name: string, text: string, target: Record<string, string>): void {
    try {
      for (const [key, value] of parsePairs(text)) target[key] = value;
    } catch (error) {
      this.issue('error', `Unable to process file command '${name}' successfully.`);
      this.issue('error', (error as Error).message);
      this.failed = true;
    }
  }

  #write(text: string): void {
    this.#lines.push(...this.#masker.mask(text).split('\n'));
  }

  /** The web page recognizes these markers wherever they come from, even while commands are stopped. */
  render(): string {
    return this.#lines
      .filter((line) => !line.startsWith('##[endgroup]'))
      .map((line) => line.replace(/^##\[group\]/, '▾ '))
      .map((line) => line.replace(/^##\[error\]/, 'Error: '))
      .map((line) => line.replace(/^##\[warning\]/, 'Warning: '))
      .map((line) => line.replace(/^##\[notice\]/, 'Notice: '))
      .join('\n');
  }
}

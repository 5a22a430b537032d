/**
 * The secrets of a run. A value goes through here before anything else is done with it, so that the runner masks it
 * and nothing that this action writes can hold it.
 */
export class Secrets {
  readonly #mask: (value: string) => void;
  readonly #patterns: RegExp[] = [];

  /** @param mask makes the runner hide a value from the log: `setSecret` of `@actions/core` */
  constructor(mask: (value: string) => void) {
    this.#mask = mask;
  }

  /** Masks a value, remembers it, and gives it back. A value that is empty or blank is no secret and left alone. */
  protect(value: string): string {
    if (value.trim() !== '') {
      this.#mask(value);
      this.#patterns.push(...formsOf(value).map(acrossLines));
    }
    return value;
  }

  /** The text with `***` for every secret in it, also in the forms that encodings give it. */
  redact(text: string): string {
    return this.#patterns.reduce((redacted, pattern) => redacted.replaceAll(pattern, '***'), text);
  }

  /** Whether a secret is in the text. */
  appearIn(text: string): boolean {
    return this.redact(text) !== text;
  }
}

/** A value as it is, and as it looks inside a URL, a JSON string and Base64. */
function formsOf(value: string): string[] {
  const forms = [
    value,
    // Half a surrogate pair, which JSON can hold, cannot be escaped.
    encodeURIComponent(value.toWellFormed()),
    JSON.stringify(value).slice(1, -1),
    ...base64FormsOf(value),
  ];
  return [...new Set(forms)].sort((one, other) => other.length - one.length);
}

/**
 * What Base64 makes of a value depends on how many bytes stand before it, modulo three. The characters at either end
 * hold bits of the neighbours too and are left out.
 */
function base64FormsOf(value: string): string[] {
  return [0, 1, 2]
    .map((before) => {
      const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
      const whole = Math.floor((bytes.length * 8) / 6);
      return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), whole);
    })
    .filter((form) => form.length >= 8);
}

/** No token of GitHub's comes near this; a regular expression of some ten thousand characters overflows. */
const longestPattern = 1_000;

/**
 * Matches the text also where line breaks or other white space were put into it, as they are or escaped. Of a very long
 * one it matches the beginning and all that follows up to white space.
 */
function acrossLines(text: string): RegExp {
  const characters = [...text.slice(0, longestPattern)].map((character) =>
    character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&'),
  );
  const rest = text.length > longestPattern ? '\\S*' : '';
  return new RegExp(characters.join('(?:\\s|\\\\[rn]){0,8}') + rest, 'g');
}

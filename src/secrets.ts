/** The secrets of a run. Every secret goes through `protect` before it is used. */
export class Secrets {
  readonly #mask: (value: string) => void;
  /** The forms of the secrets, and each without white space and escaped line breaks. */
  readonly #forms = new Map<string, string>();

  /** @param mask hides a value from the log: `setSecret` of `@actions/core` */
  constructor(mask: (value: string) => void) {
    this.#mask = mask;
  }

  /** Masks a value, remembers it, and returns it. A blank value is not a secret. */
  protect(value: string): string {
    if (value.trim() !== '') {
      this.#mask(value);
      for (const form of formsOf(value)) {
        this.#forms.set(form, condense(form).text);
      }
    }
    return value;
  }

  /**
   * Replaces every secret in the text with `***`, including one that is URL, JSON or Base64 encoded, and one that is
   * broken up by white space or by escaped line breaks.
   */
  redact(text: string): string {
    let redacted = '';
    let position = 0;
    for (const { start, end } of this.#find(text)) {
      if (start >= position) {
        redacted += `${text.slice(position, start)}***`;
      }
      position = Math.max(position, end);
    }
    return redacted + text.slice(position);
  }

  /** Whether the text contains a secret. */
  isIn(text: string): boolean {
    return this.#find(text).length > 0;
  }

  #find(text: string): Range[] {
    const { text: condensed, origin } = condense(text);
    return [...this.#forms]
      .flatMap(([form, condensedForm]) => [
        ...occurrences(form, text),
        ...occurrences(condensedForm, condensed).map(({ start, end }) => ({
          start: Number(origin[start]),
          end: Number(origin[end - 1]) + 1,
        })),
      ])
      .sort((one, other) => one.start - other.start);
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** A value as it is, and as it appears in a URL, a JSON string and Base64. */
function formsOf(value: string): string[] {
  return [
    value,
    // Unpaired surrogates, which JSON can hold, cannot be URL encoded.
    encodeURIComponent(value.toWellFormed()),
    JSON.stringify(value).slice(1, -1),
    ...base64FormsOf(value),
  ];
}

/**
 * The Base64 form of a value depends on the number of bytes in front of it, modulo three. The first and the last character
 * may contain bits of the neighbors and are left out.
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

/**
 * The text without white space and escaped line breaks, and where each of its characters comes from. A backslash and an `n`
 * that become adjacent in this way are left out too, so a value is condensed to the same text wherever it is broken up.
 */
function condense(text: string): { text: string; origin: number[] } {
  const kept: string[] = [];
  const origin: number[] = [];
  for (const [index, character] of text.split('').entries()) {
    if ((character === 'n' || character === 'r') && kept.at(-1) === '\\') {
      kept.pop();
      origin.pop();
    } else if (!/\s/.test(character)) {
      kept.push(character);
      origin.push(index);
    }
  }
  return { text: kept.join(''), origin };
}

function occurrences(form: string, text: string): Range[] {
  const found: Range[] = [];
  if (form !== '') {
    for (let start = text.indexOf(form); start !== -1; start = text.indexOf(form, start + form.length)) {
      found.push({ start, end: start + form.length });
    }
  }
  return found;
}

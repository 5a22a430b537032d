/** The secrets of a run. Every secret goes through `protect` before it is used. */
export class Secrets {
  readonly #mask: (value: string) => void;
  readonly #forms = new Set<string>();

  /** @param mask hides a value from the log: `setSecret` of `@actions/core` */
  constructor(mask: (value: string) => void) {
    this.#mask = mask;
  }

  /** Masks a value, remembers it, and returns it. A blank value is not a secret. */
  protect(value: string): string {
    if (value.trim() !== '') {
      this.#mask(value);
      for (const form of formsOf(value)) {
        this.#forms.add(form).add(condense(form).text);
      }
    }
    return value;
  }

  /**
   * Replaces every secret in the text by `***`, also one that is URL, JSON or Base64 encoded, and one that is broken up by
   * white space or by escaped line breaks.
   */
  redact(text: string): string {
    const { text: condensed, origin } = condense(text);
    const found = [...this.#forms].flatMap((form) => [
      ...occurrences(form, text),
      ...occurrences(form, condensed).map(({ start, end }) => ({
        start: Number(origin[start]),
        end: Number(origin[end - 1]) + 1,
      })),
    ]);
    let redacted = '';
    let position = 0;
    for (const { start, end } of found.sort((one, other) => one.start - other.start)) {
      if (start >= position) {
        redacted += `${text.slice(position, start)}***`;
      }
      position = Math.max(position, end);
    }
    return redacted + text.slice(position);
  }

  /** Whether the text contains a secret. */
  isIn(text: string): boolean {
    return this.redact(text) !== text;
  }
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

/** The text without white space and escaped line breaks, and where each of its characters comes from. */
function condense(text: string): { text: string; origin: number[] } {
  const origin: number[] = [];
  const pieces: string[] = [];
  let position = 0;
  const keep = (end: number) => {
    pieces.push(text.slice(position, end));
    for (; position < end; position += 1) {
      origin.push(position);
    }
  };
  for (const gap of text.matchAll(/(?:\s|\\[rn])+/g)) {
    keep(gap.index);
    position += gap[0].length;
  }
  keep(text.length);
  return { text: pieces.join(''), origin };
}

function occurrences(form: string, text: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  if (form !== '') {
    for (let start = text.indexOf(form); start !== -1; start = text.indexOf(form, start + form.length)) {
      found.push({ start, end: start + form.length });
    }
  }
  return found;
}

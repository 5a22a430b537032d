/** The median and the quartiles of a sample. */
export interface Quartiles {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

/** @param sample at least one number */
export function quartiles(sample: readonly number[]): Quartiles {
  const sorted = [...sample].sort((one, other) => one - other);
  const at = (share: number): number => {
    const position = (sorted.length - 1) * share;
    const [below = Number.NaN, above = below] = sorted.slice(Math.floor(position));
    return below + (above - below) * (position % 1);
  };
  return { median: at(0.5), lower: at(0.25), upper: at(0.75) };
}

/** The ratios of two samples that were taken in pairs. */
export function ratios(sample: readonly number[], reference: readonly number[]): number[] {
  return sample.map((value, index) => value / (reference[index] ?? Number.NaN));
}

/** Aligns the first column to the left, all others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('   '),
    )
    .join('\n');
}

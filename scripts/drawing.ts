// Draws text as SVG, which is legible in light and dark mode, whatever fonts there are.

/** A line of a terminal: its text, and how it looks. */
export interface Line {
  readonly text: string;
  readonly style: 'plain' | 'heading' | 'quiet' | 'error' | 'warning';
}

/** Columns of a terminal. */
const columns = 100;
/** Sizes, in pixels: a character and a line of the terminal, the margin around everything. */
const character = 8;
const lineHeight = 20;
const margin = 20;

/** A terminal is dark in both modes. */
export function drawTerminal(title: string, lines: readonly Line[]): string {
  const texts = lines.flatMap(({ text, style }) => {
    const indent = /^ */.exec(text)?.[0] ?? '';
    return wrap(text.trim(), columns - indent.length - 2).map((part, index) => ({
      x: margin + (indent.length + (index > 0 ? 2 : 0)) * character,
      text: part,
      style,
    }));
  });
  return svg(
    title,
    { width: columns * character + 2 * margin, height: texts.length * lineHeight + 2 * margin },
    `rect { fill: #0d1117; stroke: #3d444d }
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #d1d7e0 }
.heading { font-weight: 600; fill: #ffffff }
.quiet { fill: #9198a1 }
.error { fill: #ff7b72 }
.warning { fill: #d29922 }`,
    texts.map(({ x, text, style }, row) => {
      const y = margin + row * lineHeight + 14;
      // The length is given, so that no font is too wide.
      return text === ''
        ? ''
        : `<text class="${style}" x="${x}" y="${y}" textLength="${text.length * character}" lengthAdjust="spacingAndGlyphs">${escapeXml(text)}</text>`;
    }),
  );
}

/** A table under its heading, in the colours of the mode. The last column takes what the others leave. */
export function drawTable(title: string, rows: readonly (readonly string[])[]): string {
  const width = 880;
  const [header = []] = rows;
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)) * 8 + 32);
  widths.splice(-1, 1, width - 2 * margin - widths.slice(0, -1).reduce((sum, one) => sum + one, 0));
  const shapes: string[] = [
    `<text class="title" x="${margin}" y="${margin + 16}">${escapeXml(title)}</text>`,
  ];
  let top = margin + 36;
  for (const [index, row] of rows.entries()) {
    const cells = row.map((cell, column) => wrap(cell, Math.floor(((widths[column] ?? 0) - 24) / 7)));
    const height = Math.max(...cells.map((lines) => lines.length)) * lineHeight + 14;
    let left = margin;
    for (const [column, lines] of cells.entries()) {
      shapes.push(`<rect class="cell" x="${left}" y="${top}" width="${widths[column]}" height="${height}"/>`);
      for (const [number, line] of lines.entries()) {
        const y = top + 21 + number * lineHeight;
        shapes.push(
          `<text${index === 0 ? ' class="header"' : ''} x="${left + 12}" y="${y}">${escapeXml(line)}</text>`,
        );
      }
      left += widths[column] ?? 0;
    }
    top += height;
  }
  return svg(
    title,
    { width, height: top + margin },
    `rect { fill: #ffffff; stroke: #d1d9e0 }
text { font: 14px -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, 'DejaVu Sans', sans-serif; fill: #1f2328 }
.title { font-size: 18px; font-weight: 600 }
.header { font-weight: 600 }
@media (prefers-color-scheme: dark) {
  rect { fill: #0d1117; stroke: #3d444d }
  text { fill: #f0f6fc }
}`,
    shapes,
  );
}

function svg(
  title: string,
  { width, height }: { width: number; height: number },
  style: string,
  shapes: readonly string[],
): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escapeXml(title)}</title>
<style>
${style}
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>
${shapes.filter((shape) => shape !== '').join('\n')}
</svg>
`;
}

/** Breaks a text between words, and a word that is too long anywhere. */
function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ').flatMap((one) => one.match(new RegExp(`.{1,${width}}`, 'g')) ?? [''])) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines.splice(-1, 1, word);
    else if (line.length + 1 + word.length <= width) lines.splice(-1, 1, `${line} ${word}`);
    else lines.push(word);
  }
  return lines;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

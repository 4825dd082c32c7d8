/** The little of SVG that the pictures need: boxes with lines of text, arrows with a label. Sizes are in pixels. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The first line is the heading. */
  readonly lines: readonly string[];
  /** An account's frame has its heading at the top; a person has round ends. */
  readonly kind?: 'part' | 'account' | 'person';
}

export type Point = readonly [x: number, y: number];

export interface Arrow {
  /** The start, the corners and the end: `x,y x,y …`. */
  readonly points: string;
  /** Empty for none. */
  readonly label: string;
  /** The middle of the label. */
  readonly labelAt: Point;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Read aloud instead of the picture. */
  readonly title: string;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

const lineHeight = 16;

/** Light and dark, as the reader's system has it. */
const style = `
  .page { fill: #ffffff } .account { fill: #f4f6f9; stroke: #8a94a3 } .part { fill: #ffffff; stroke: #0b57a4 }
  .person { fill: #fff6e0; stroke: #9a6700 } .arrow { fill: none; stroke: #3b4452; stroke-width: 1.5 }
  .head { fill: #3b4452 } .halo { stroke: #f4f6f9; stroke-width: 4; paint-order: stroke; stroke-linejoin: round }
  text { fill: #1c2430; font: 12px system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; text-anchor: middle }
  .heading { font-weight: 600; font-size: 12.5px }
  @media (prefers-color-scheme: dark) {
    .page { fill: #0d1117 } .account { fill: #161b22; stroke: #6e7781 } .part { fill: #0d1117; stroke: #6cb0ff }
    .person { fill: #2b2411; stroke: #d4a72c } .arrow { stroke: #b6c0cc } .head { fill: #b6c0cc }
    .halo { stroke: #161b22 } text { fill: #e6edf3 }
  }`;

/** The picture as a file's text. */
export function svgOf({ width, height, title, boxes, arrows }: Picture): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escaped(title)}</title>`,
    `<style>${style}\n</style>`,
    '<defs><marker id="end" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0L10 5L0 10z"/></marker></defs>',
    `<rect class="page" width="${width}" height="${height}"/>`,
    ...boxes.flatMap(drawBox),
    ...arrows.map(
      ({ points }) => `<path class="arrow" d="M${points.replaceAll(' ', 'L')}" marker-end="url(#end)"/>`,
    ),
    ...arrows.flatMap(drawLabel),
    '</svg>',
    '',
  ].join('\n');
}

function drawBox({ x, y, width, height, lines, kind = 'part' }: Box): string[] {
  const round = kind === 'person' ? height / 2 : 6;
  const middle = y + height / 2 - ((lines.length - 1) * lineHeight) / 2 + 4;
  const first = kind === 'account' ? y + 20 : middle;
  return [
    `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${round}"/>`,
    ...lines.map((line, at) => {
      const style = at === 0 ? ' class="heading"' : '';
      return `<text${style} x="${x + width / 2}" y="${first + at * lineHeight}">${escaped(line)}</text>`;
    }),
  ];
}

function drawLabel({ label, labelAt: [x, y] }: Arrow): string[] {
  return label === '' ? [] : [`<text class="halo" x="${x}" y="${y + 4}">${escaped(label)}</text>`];
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

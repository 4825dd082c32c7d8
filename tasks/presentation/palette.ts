/**
 * The colours that mails, pages and the local console share, in addition to the brand's. `strong`: headings. `edge`:
 * controls, which WCAG requires to stand out from their surroundings. `bad`: errors.
 */
interface Palette {
  readonly ground: string;
  readonly surface: string;
  readonly ink: string;
  readonly strong: string;
  readonly muted: string;
  readonly line: string;
  readonly edge: string;
  readonly bad: string;
}

export const lightPalette: Palette = {
  ground: '#f3f5f7',
  surface: '#ffffff',
  ink: '#1c2127',
  strong: '#1c2127',
  muted: '#56616c',
  line: '#dde2e7',
  edge: '#7a8691',
  bad: '#a3241c',
};

export const darkPalette: Palette = {
  ground: '#121519',
  surface: '#1b2026',
  ink: '#e6e9ec',
  strong: '#f1f3f5',
  muted: '#a7b1bb',
  line: '#343c45',
  edge: '#8b96a1',
  bad: '#ff9c94',
};

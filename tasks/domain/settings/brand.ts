import * as z from 'zod';
import { setting } from './entry.ts';

/** WCAG level AA's minimum contrast of text against its background. */
const leastContrast = 4.5;

/** How mails and pages introduce themselves. Button labels are white on `accent`, or on `accentDark` in dark mode. */
export const brandSchema = z.strictObject({
  name: setting(text(40).default('keyturn'), {
    description: 'Who writes.',
    example: 'Acme Key Desk',
  }),
  accent: setting(colour().default('#0b57a4'), {
    description: `The colour of buttons. Their labels are white, so the contrast with white must be at least ${leastContrast}.`,
    example: '#7a1fa2',
  }),
  accentDark: setting(colour().default('#2b6cb8'), {
    description: `The same in the dark, under the same rule.`,
    example: '#8e44ad',
  }),
  footer: setting(text(500).optional(), {
    description: 'The last line of every mail and page.',
    ifOmitted: 'no such line',
    example: 'Acme Ltd, Platform Security',
  }),
  extra: setting(text(1000).optional(), {
    description: 'A paragraph in the mails that ask an owner.',
    ifOmitted: 'no such paragraph',
    example: 'Office hours: Tuesdays at 10.',
  }),
  offKeysUrl: setting(z.url({ protocol: /^https$/ }).optional(), {
    description:
      'Where owners read what may replace access keys: `docs/off-keys.md` in a place that they can open.',
    ifOmitted: 'mails say it without a link',
    example: 'https://wiki.example.com/keyturn/off-keys',
  }),
  support: setting(
    z
      .union(
        [z.email(), z.url({ protocol: /^https$/ })],
        'must be a mail address or the address of an https page',
      )
      .optional(),
    {
      description: 'Whom owners turn to.',
      ifOmitted: "the operators' address",
      example: 'https://wiki.example.com/keys',
    },
  ),
});
export type Brand = z.output<typeof brandSchema>;

function text(longest: number) {
  return z.string().trim().min(1).max(longest);
}

function colour() {
  return z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, 'must be a colour as #rrggbb')
    .superRefine((value, context) => {
      const ratio = contrastWithWhite(value);
      if (ratio >= leastContrast) return;
      const message = `is ${value}, on which white text has a contrast of ${ratio.toFixed(2)}; it needs ${leastContrast} to be read`;
      context.addIssue({ code: 'custom', message });
    });
}

/** WCAG's contrast ratio of white text on that colour, from 1 to 21. @param hex as `#rrggbb` */
export function contrastWithWhite(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(parseInt(hex.slice(at, at + 2), 16) / 255),
  );
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}

/** Reverses sRGB's gamma, as in WCAG's definition of relative luminance. */
const linear = (channel: number): number =>
  channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;

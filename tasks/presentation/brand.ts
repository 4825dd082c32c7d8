import * as z from 'zod';
import type { Speaker } from '../messages/facts.ts';

/** What WCAG's level AA asks of text against its background. */
const leastContrast = 4.5;

/**
 * How mails and pages introduce themselves. A button's label is white on `accent`, in the dark on `accentDark`.
 * - `footer`: at the end of every mail and page. `extra`: before it, in the mails to owners.
 * - `support`: whom owners turn to, an address or a page; if omitted, the operators' address.
 */
export const brandSchema = z.strictObject({
  name: text(40).default('keyturn'),
  accent: colour().default('#0b57a4'),
  accentDark: colour().default('#2b6cb8'),
  footer: text(500).optional(),
  extra: text(1000).optional(),
  support: z.union([z.email(), z.url({ protocol: /^https$/ })]).optional(),
});
export type Brand = z.output<typeof brandSchema>;

/** As much of a deployment's settings as a message says: who speaks, and not what that looks like. */
export const speakerOf = ({
  brand: { name, extra, support },
  operators,
}: {
  readonly brand: Brand;
  readonly operators: string;
}): Speaker => ({ name, extra, support: support ?? operators });

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

/** sRGB's curve taken out, as WCAG defines relative luminance. */
const linear = (channel: number): number =>
  channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;

import { describe, expect, it } from 'vitest';
import { brandSchema, contrastWithWhite } from '../../../tasks/domain/settings/brand.ts';

describe('the contrast of white text', () => {
  it.each([
    ['#000000', 21],
    ['#ffffff', 1],
    ['#777777', 4.48],
    ['#767676', 4.54],
    ['#ff0000', 4],
    ['#0000ff', 8.59],
  ])('on %s is %d', (colour, ratio) => {
    expect(contrastWithWhite(colour)).toBeCloseTo(ratio, 1);
  });
});

describe('a brand', () => {
  it('is keyturn’s own if nothing is set', () => {
    expect(brandSchema.parse({})).toEqual({ name: 'keyturn', accent: '#0b57a4', accentDark: '#2b6cb8' });
  });

  it.each(['ops@example.com', 'https://wiki.example.com/keys'])('may send its owners to %s', (support) => {
    expect(brandSchema.parse({ support })).toMatchObject({ support });
  });

  it.each([
    [
      'a colour that can’t be read on',
      { accent: '#ffcc00' },
      /#ffcc00, on which white text has a contrast of 1\.5\d; it needs 4\.5/,
    ],
    ['one for the dark as well', { accentDark: '#7db6f0' }, /contrast[\s\S]*accentDark/],
    ['a colour by its name', { accent: 'navy' }, /must be a colour as #rrggbb/],
    ['more than a colour', { accent: '#0b57a4;background:url(x)' }, /must be a colour/],
    ['no name', { name: '  ' }, /name/],
    ['a long name', { name: 'x'.repeat(41) }, /name/],
    ['a page that isn’t safe', { support: 'http://wiki.example.com' }, /support/],
    ['a page that is a script', { support: 'javascript:alert(1)' }, /support/],
    ['something that there isn’t', { logo: 'x' }, /logo/],
  ])('refuses %s by name', (_, brand, says) => {
    expect(() => brandSchema.parse(brand)).toThrow(says);
  });
});

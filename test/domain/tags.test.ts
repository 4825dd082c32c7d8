import { describe, expect, it } from 'vitest';
import { exemptionOf, intentTag, isSelfUpdating, rotationTag } from '../../tasks/domain/tags.ts';

const unreadable = (tag: string) =>
  expect.objectContaining({ name: 'UnreadableTag', message: expect.stringContaining(tag) });

describe('an exemption', () => {
  const exempt = (value: string) => exemptionOf(new Map([['keyturn:exempt', value]]));

  it('needs its tag', () => {
    expect(exemptionOf(new Map([['exempt', '2027-03-31 why']]))).toBeUndefined();
  });

  it('holds to the end of its day, for a reason', () => {
    expect(exempt(' 2027-03-31  waits for the vendor ')).toEqual({
      until: new Date('2027-03-31T23:59:59.999Z'),
      reason: 'waits for the vendor',
    });
  });

  it.each([
    '',
    'true',
    '2027-03-31',
    '2027-03-31 ',
    'why',
    '31.03.2027 why',
    '2027-13-01 why',
    '2027-3-1 why',
    '2027-02-31 why',
  ])('is unreadable as %j: it must have an end and a reason', (value) => {
    expect(() => exempt(value)).toThrow(unreadable('keyturn:exempt'));
  });
});

describe('a self-updating user', () => {
  it.each([
    ['true', true],
    [' True ', true],
    ['false', false],
  ])('is marked by %j: %s', (value, is) => {
    expect(isSelfUpdating(new Map([['keyturn:self-updating', value]]))).toBe(is);
  });

  it('is only one by the mark', () => {
    expect(isSelfUpdating(new Map())).toBe(false);
  });

  it.each(['', 'yes', '1'])('is unreadable as %j, rather than taken for no', (value) => {
    expect(() => isSelfUpdating(new Map([['keyturn:self-updating', value]]))).toThrow(
      unreadable('keyturn:self-updating'),
    );
  });
});

it('our own tags have names that IAM takes and nobody else uses', () => {
  for (const tag of [rotationTag, intentTag]) expect(tag).toMatch(/^keyturn:[a-z-]{1,100}$/);
  expect(rotationTag).not.toBe(intentTag);
});

import { describe, expect, it } from 'vitest';
import { defined } from '../../tasks/domain/defined.ts';

describe('defined', () => {
  it('leaves fields without a value out, so that they are absent and not undefined', () => {
    const reason: string | undefined = undefined;
    expect(Object.keys(defined({ by: 'ada', reason }))).toEqual(['by']);
  });

  it.each([null, false, 0, ''])('keeps %j, which is a value', (value) => {
    expect(defined({ value })).toEqual({ value });
  });

  it('has a type that a spread takes for an optional field, and keeps what was required', () => {
    const reason = ['late'].at(1);
    const made: { readonly by: string; readonly reason?: string } = defined({ by: 'ada', reason });
    expect('reason' in made).toBe(false);
  });
});

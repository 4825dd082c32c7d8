import { describe, it } from 'vitest';
import { surviveEverywhere } from './one-fault.ts';

describe('a call that is refused, once', () => {
  it.each(['throttle', 'unavailable', 'denied'] as const)(
    '%s, at any call: nobody loses access, nothing is left behind, and the rotation can go on',
    surviveEverywhere,
    120_000,
  );
});

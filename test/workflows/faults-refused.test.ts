import { describe, it } from 'vitest';
import { surviveEverywhere } from './one-fault.ts';
import { patience } from './places.ts';

describe('calls that AWS refuses', () => {
  it.each([
    { fault: 'throttle', calls: 4 },
    { fault: 'denied', calls: 1 },
  ] as const)(
    '$fault, $calls in a row, at any call: nobody loses access, nothing is left behind, and it can continue',
    surviveEverywhere,
    patience,
  );
});

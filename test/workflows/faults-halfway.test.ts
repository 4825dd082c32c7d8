import { describe, it } from 'vitest';
import { surviveEverywhere } from './one-fault.ts';

describe('a call that was made, and nobody knows', () => {
  it.each([
    { fault: 'lostAnswer', calls: 1 },
    { fault: 'crashAfter', calls: 1 },
  ] as const)(
    '$fault, $calls in a row, at any call: nobody loses access, nothing is left behind, and it can go on',
    surviveEverywhere,
    120_000,
  );
});

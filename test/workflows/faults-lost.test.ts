import { describe, it } from 'vitest';
import { surviveEverywhere } from './one-fault.ts';

describe('connections that break', () => {
  it.each([
    { fault: 'lostRequest', calls: 4 },
    { fault: 'lostAnswer', calls: 4 },
  ] as const)(
    '$fault, $calls in a row, at any call: nobody loses access, nothing is left behind, and it can go on',
    surviveEverywhere,
    120_000,
  );
});

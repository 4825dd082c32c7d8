import { describe, it } from 'vitest';
import { surviveEverywhere } from './one-fault.ts';

describe('calls that were made, and nobody knows', () => {
  // A call that never arrived leaves what a crash after the call before it does.
  it.each([
    { fault: 'lostAnswer', calls: 1 },
    { fault: 'lostAnswer', calls: 4 },
    { fault: 'crashAfter', calls: 1 },
  ] as const)(
    '$fault, $calls in a row, at any call: nobody loses access, nothing is left behind, and it can go on',
    surviveEverywhere,
    120_000,
  );
});

import { describe, it } from 'vitest';
import { expectSameCrashes, surviveAtChanges, surviveEverywhere } from './one-fault.ts';
import { patience } from './places.ts';

describe('calls that succeeded unnoticed', () => {
  it.each([
    { fault: 'lostAnswer', calls: 1 },
    { fault: 'lostAnswer', calls: 4 },
  ] as const)(
    '$fault, $calls in a row, at any change: nobody loses access, nothing is left behind, and it can continue',
    surviveAtChanges,
    patience,
  );

  // A call that never arrived leaves what a crash after the call before it does.
  it(
    'may each be the last that a task makes: nobody loses access, nothing is left behind, and it can continue',
    () => surviveEverywhere({ fault: 'crashAfter', calls: 1 }),
    patience,
  );

  it(
    'leave the same if the last of them is another that the same task makes without changing anything in between',
    expectSameCrashes,
    patience,
  );
});

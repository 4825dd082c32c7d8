import { describe, it } from 'vitest';
import { surviveInCentralStorage } from './one-fault.ts';

describe('calls for a secret in the central account', () => {
  it(
    'may each be the last that a task makes: nobody loses access, nothing is left behind, and it can continue',
    () => surviveInCentralStorage({ fault: 'crashAfter', calls: 1 }),
    120_000,
  );
});

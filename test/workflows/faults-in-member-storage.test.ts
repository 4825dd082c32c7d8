import { describe, it } from 'vitest';
import { surviveInMemberStorage } from './one-fault.ts';

describe('calls for a secret in its user’s own account', () => {
  it(
    'may each be the last that a task makes: nobody loses access, nothing is left behind, and it can go on',
    () => surviveInMemberStorage({ fault: 'crashAfter', calls: 1 }),
    120_000,
  );
});

import { describe, expect, it } from 'vitest';
import { type Lease, settleSeconds, standingOfLease, takeLease } from '../../tasks/domain/lease.ts';
import { changesUser, rotationFunctions, sweepFunctions } from '../../tasks/manifest.ts';

const now = new Date('2026-11-22T08:00:00.000Z');
const plus = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
const who = { by: 'Jane Doe', reason: 'eu-west-1 is down' };
const held = (region: string, from = now): Lease => ({ region, from, takenAt: now, ...who });

describe('whether a region may change keys', () => {
  it.each([
    [undefined, 0, 'free'],
    [held('eu-central-1'), 0, 'elsewhere'],
    [held('eu-central-1', plus(-3600)), 0, 'elsewhere'],
    [held('eu-west-1', plus(300)), 299, 'soon'],
    [held('eu-west-1', plus(300)), 300, 'ours'],
    [held('eu-west-1'), 0, 'ours'],
  ] as const)('with the lease %j after %d seconds: %s', (lease, seconds, state) => {
    expect(standingOfLease(lease, 'eu-west-1', plus(seconds)).state).toBe(state);
  });

  it('is never true of two regions, whatever their clocks show and whoever took it when', () => {
    const clocks = [-86_400, -600, -300, 0, 300, 600, 86_400];
    for (const holder of ['eu-west-1', 'eu-central-1', undefined])
      for (const from of clocks)
        for (const here of clocks)
          for (const there of clocks) {
            const lease = holder === undefined ? undefined : held(holder, plus(from));
            const may = [
              standingOfLease(lease, 'eu-west-1', plus(here)),
              standingOfLease(lease, 'eu-central-1', plus(there)),
            ].filter(({ state }) => state === 'ours');
            expect(may.length).toBeLessThan(2);
          }
  });
});

describe('taking the lease', () => {
  it.each([undefined, held('eu-central-1')])(
    'waits until what the former holder had begun has ended: %j',
    (lease) => {
      const taking = takeLease(lease, 'eu-west-1', who, now);
      expect(taking).toMatchObject({ act: 'take', lease: { region: 'eu-west-1', takenAt: now, ...who } });
      expect(taking.lease.from).toEqual(plus(settleSeconds));
      expect(taking.lease.before).toBe(lease?.region);
    },
  );

  it('again changes nothing, and never moves the time from which it holds', () => {
    const lease = held('eu-west-1', plus(120));
    expect(takeLease(lease, 'eu-west-1', who, plus(60))).toMatchObject({ act: 'kept', lease });
  });

  it('waits longer than any function that changes a user runs', () => {
    // DeleteSecrets, which may run for longer, looks at the lease before each secret.
    const bound = [...rotationFunctions, ...sweepFunctions].filter(
      (row) => changesUser(row) && row.name !== 'DeleteSecrets',
    );
    const longest = Math.max(...bound.map(({ seconds }) => seconds));
    expect(settleSeconds).toBeGreaterThan(longest + 60);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { usedBySomebody } from '../../../tasks/domain/draining/quiet.ts';
import type { LastUse } from '../../../tasks/domain/keys.ts';
import { decideWithdrawal } from '../../../tasks/domain/removing/withdraw.ts';
import { day, hour, later } from '../../../tasks/domain/time.ts';
import { ago, neverUsed, now, unknown, usedAt } from '../uses.ts';

const provedAt = ago(12);
const began = ago(7);
const decide = (asked: 'byOwner' | 'bySilence', use: LastUse, since = began) =>
  decideWithdrawal({ use, provedAt, asked, since, quietDays: 7, now });

describe('a withdrawal', () => {
  it.each([
    ['asked by its owner, takes a key that nobody used', 'byOwner', neverUsed, began, 'withdraw'],
    [
      'asked by its owner, takes a key that only our proof used',
      'byOwner',
      usedAt(provedAt, 'sts'),
      began,
      'withdraw',
    ],
    ['asked by its owner, takes a key that has been quiet', 'byOwner', usedAt(ago(7)), began, 'withdraw'],
    ['asked by its owner, waits for a key in use', 'byOwner', usedAt(ago(6.9)), began, 'wait'],
    ['asked by its owner, waits if IAM can’t tell', 'byOwner', unknown, began, 'wait'],
    [
      'asked by its owner, leaves a key that is in use after 30 days',
      'byOwner',
      usedAt(ago(1)),
      ago(30),
      'keepBoth',
    ],
    [
      'asked by its owner, leaves a key of which IAM can’t tell for 30 days',
      'byOwner',
      unknown,
      ago(30),
      'keepBoth',
    ],
    ['asked by nobody, takes a key that nobody used', 'bySilence', neverUsed, began, 'withdraw'],
    [
      'asked by nobody, takes a key that only our proof used',
      'bySilence',
      usedAt(provedAt, 'sts'),
      began,
      'withdraw',
    ],
    ['asked by nobody, leaves a key that was ever used', 'bySilence', usedAt(ago(11)), began, 'keepBoth'],
    ['asked by nobody, waits if IAM can’t tell', 'bySilence', unknown, began, 'wait'],
    [
      'asked by nobody, leaves a key of which IAM can’t tell for 30 days',
      'bySilence',
      unknown,
      ago(30),
      'keepBoth',
    ],
  ] as const)('%s', (_, asked, use, since, act) => {
    expect(decide(asked, use, since)).toMatchObject({ act, since });
  });

  it.each([
    ['that nobody used', neverUsed],
    ['that only our proof used', usedAt(provedAt, 'sts')],
  ])('waits for the quiet period with a key %s: one reading may be hours late', (_, use) => {
    for (const asked of ['byOwner', 'bySilence'] as const) {
      expect(decide(asked, use, now)).toMatchObject({ act: 'wait', until: later(now, 7 * day) });
      expect(decide(asked, use, later(began, 1))).toMatchObject({ act: 'wait', until: later(now, 1) });
    }
  });

  it('waits until the key could first be quiet, or six hours if IAM can’t tell', () => {
    expect(decide('byOwner', usedAt(ago(1)))).toMatchObject({ until: later(now, 6 * day) });
    expect(decide('byOwner', unknown)).toMatchObject({ until: later(now, 6 * hour) });
  });

  it('never takes a key that is or may be in use, and never waits for a time that is past', () => {
    const facts = fc.record({
      use: fc.oneof(
        fc
          .tuple(fc.integer({ min: 0, max: 5000 }), fc.constantFrom('s3', 'sts'))
          .map(([hours, service]) => usedAt(later(now, -hours * hour), service)),
        fc.constant(neverUsed),
        fc.constant(unknown),
      ),
      asked: fc.constantFrom('byOwner' as const, 'bySilence' as const),
      since: fc.integer({ min: 0, max: 1000 }).map((hours) => later(now, -hours * hour)),
      quietDays: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(facts, ({ use, asked, since, quietDays }) => {
        const decision = decideWithdrawal({ use, provedAt, asked, since, quietDays, now });
        if (decision.act === 'wait') expect(decision.until.getTime()).toBeGreaterThan(now.getTime());
        if (decision.act !== 'withdraw') return;
        if (usedBySomebody(use, provedAt) === 'no') {
          expect(since.getTime()).toBeLessThanOrEqual(ago(quietDays).getTime());
          return;
        }
        expect({ asked, state: use.state }).toEqual({ asked: 'byOwner', state: 'used' });
        if (use.state === 'used') expect(use.at.getTime()).toBeLessThanOrEqual(ago(quietDays).getTime());
      }),
      { numRuns: 1000 },
    );
  });
});

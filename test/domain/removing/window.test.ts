import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessKey } from '../../../tasks/domain/keys.ts';
import { defaultPolicy } from '../../../tasks/domain/policy.ts';
import {
  decideWindow,
  secondsToFirstLook,
  secondsUntil,
  type WindowDecision,
  type WindowFacts,
} from '../../../tasks/domain/removing/window.ts';
import { day, hour, later } from '../../../tasks/domain/time.ts';
import { makePlan } from '../../tasks/work.ts';
import { ago, neverUsed, now, unknown, usedAt } from '../uses.ts';

const id = 'AKIAOLDOLDOLDOLDQJHX';
const key = (status: AccessKey['status']): AccessKey => ({ id, status, createdAt: ago(100) });
const owner = { confirmation: 'owner', policy: defaultPolicy } as const;
const leaked = { confirmation: 'leakedKey', policy: defaultPolicy } as const;

const deactivatedAt = ago(10);
/** A key in the last moment of its window, of which nothing was heard. */
const over: WindowFacts = {
  key: key('Inactive'),
  use: usedAt(ago(20)),
  deactivatedAt,
  wasInactiveBefore: false,
  endsAt: now,
  plan: owner,
  now,
};
const decide = (changes: Partial<WindowFacts> = {}): WindowDecision => decideWindow({ ...over, ...changes });

const minutes = 60_000;
const open = { endsAt: later(now, 1) };

describe('an inactive key in its window', () => {
  it.each<[WindowDecision['act'], string, Partial<WindowFacts>]>([
    ['delete', 'its window is over, and it was last used long before', {}],
    ['delete', 'its window is over, and it was never used', { use: neverUsed }],
    ['delete', 'it is expired, and its window is over', { key: key('Expired') }],
    [
      'delete',
      'it was used until the moment before it could become quiet',
      { use: usedAt(later(deactivatedAt, -7 * day)) },
    ],
    [
      'delete',
      'it has leaked, and was used until it went inactive',
      { plan: leaked, use: usedAt(deactivatedAt) },
    ],
    [
      'delete',
      'somebody else made it inactive while it was in use',
      { wasInactiveBefore: true, use: usedAt(deactivatedAt) },
    ],
    ['wait', 'its window is open for a moment more', open],
    ['wait', 'IAM can’t tell, but its window is open: there is another look', { ...open, use: unknown }],
    ['unknown', 'IAM can’t tell, and its window is over', { use: unknown }],
    ['gone', 'somebody has deleted it', { key: undefined }],
    ['gone', 'somebody has deleted it while its window is open', { ...open, key: undefined }],
    ['reactivated', 'someone made it active', { key: key('Active') }],
    [
      'reactivated',
      'someone made it active while its window is open, and uses it',
      { ...open, key: key('Active'), use: usedAt(now) },
    ],
    ['again', 'it was used after it went inactive', { use: usedAt(later(deactivatedAt, 15 * minutes + 1)) }],
    ['again', 'it was used after it went inactive, and its window is open', { ...open, use: usedAt(ago(1)) }],
    ['again', 'it has leaked, and was used after it went inactive', { plan: leaked, use: usedAt(ago(1)) }],
    [
      'wasInUse',
      'it was used while it should have been quiet',
      { use: usedAt(later(deactivatedAt, -7 * day + 1)) },
    ],
    ['wasInUse', 'it was used just before it went inactive', { use: usedAt(deactivatedAt) }],
    [
      'wasInUse',
      'it was used so soon after that IAM tells no closer',
      { use: usedAt(later(deactivatedAt, 15 * minutes)) },
    ],
    [
      'wasInUse',
      'it was used while it should have been quiet, and its window is open',
      { ...open, use: usedAt(ago(11)) },
    ],
  ])('is to %s if %s', (act, _, changes) => {
    const decision = decide(changes);
    expect(decision.act).toBe(act);
    expect(decision.because).not.toBe('');
  });

  it.each<[string, Partial<WindowFacts>, Date]>([
    ['six hours after it went inactive, for IAM may tell late', { deactivatedAt: now }, later(now, 6 * hour)],
    ['then daily', { deactivatedAt: later(now, -6 * hour) }, later(now, day)],
    [
      'at the end of its window',
      { deactivatedAt: ago(9.5), endsAt: later(now, day / 2) },
      later(now, day / 2),
    ],
    [
      'within minutes if it has leaked: a stopped function may have gone on',
      { deactivatedAt: now, plan: leaked },
      later(now, 5 * minutes),
    ],
  ])('is looked at %s', (_, changes, until) => {
    const decision = decide({ endsAt: later(now, 10 * day), use: neverUsed, ...changes });
    expect(decision).toMatchObject({ act: 'wait', until });
  });

  it('is never deleted unless it is inactive, its window is over, and IAM knows it unused since; waits end in the future', () => {
    const time = (least: number, most: number) =>
      fc.integer({ min: least * 24, max: most * 24 }).map((hours) => later(now, hours * hour));
    const facts = fc.record({
      key: fc.constantFrom(undefined, key('Active'), key('Inactive'), key('Expired')),
      use: fc.oneof(time(-60, 0).map(usedAt), fc.constant(neverUsed), fc.constant(unknown)),
      deactivatedAt: time(-40, 0),
      wasInactiveBefore: fc.boolean(),
      endsAt: time(-5, 30),
      plan: fc.constantFrom<WindowFacts['plan']>(owner, leaked),
      now: fc.constant(now),
    });
    fc.assert(
      fc.property(facts, (of) => {
        const decision = decideWindow(of);
        if (decision.act === 'wait') {
          expect(decision.until.getTime()).toBeGreaterThan(now.getTime());
          expect(decision.until.getTime()).toBeLessThanOrEqual(of.endsAt.getTime());
        }
        if (decision.act === 'wasInUse') expect(of).toMatchObject({ plan: owner, wasInactiveBefore: false });
        if (decision.act !== 'delete') return;
        expect(of.key?.status).not.toBe('Active');
        expect(of.endsAt.getTime()).toBeLessThanOrEqual(now.getTime());
        expect(of.use.state).not.toBe('unknown');
        if (of.use.state !== 'used') return;
        expect(of.use.at.getTime()).toBeLessThanOrEqual(later(of.deactivatedAt, 15 * minutes).getTime());
        if (of.plan === owner && !of.wasInactiveBefore)
          expect(of.use.at.getTime()).toBeLessThanOrEqual(later(of.deactivatedAt, -7 * day).getTime());
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a wait of whole seconds', () => {
  it.each([
    ['six hours to the first look', makePlan(), 21_600],
    ['five minutes in an emergency', makePlan({ confirmation: 'leakedKey' }), 300],
    ['no longer than the window', makePlan({ windowSeconds: 60 }), 60],
  ])('is %s', (_, plan, seconds) => {
    expect(secondsToFirstLook(plan)).toBe(seconds);
  });

  it.each([
    ['rounds up, so that the next look isn’t too early', 1001, 2],
    ['is a second at least: a wait of none would spin', 0, 1],
    ['is a second if it is late', -5000, 1],
  ])('%s', (_, milliseconds, seconds) => {
    expect(secondsUntil(later(now, milliseconds), now)).toBe(seconds);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LastUse } from '../../tasks/domain/keys.ts';
import {
  type Drain,
  decideDrain,
  describeUse,
  isQuiet,
  quietFrom,
  readingsNeeded,
  usedBySomebody,
} from '../../tasks/domain/quiet.ts';
import { day, hour, later } from '../../tasks/domain/time.ts';

const now = new Date('2026-11-22T08:00:00Z');
const ago = (days: number): Date => later(now, -days * day);
const usedAt = (at: Date, service = 's3'): LastUse => ({ state: 'used', at, service, region: 'eu-west-1' });
const neverUsed: LastUse = { state: 'neverUsed' };
const unknown: LastUse = { state: 'unknown', because: 'Throttling' };
const policy = { quietDays: 7, drainDays: 30, reminderEveryDays: 3 };

const drain: Drain = { startedAt: ago(2), readings: 0 };
const decide = (use: LastUse, soFar: Partial<Drain> = {}, activeSince = ago(100)) =>
  decideDrain({ use, activeSince, drain: { ...drain, ...soFar }, policy, now });

const minutes = 60_000;
const time = (least: number, most: number) =>
  fc
    .integer({ min: (least * day) / minutes, max: (most * day) / minutes })
    .map((m) => later(now, m * minutes));
const anyUse: fc.Arbitrary<LastUse> = fc.oneof(
  fc.record({
    state: fc.constant('used' as const),
    at: time(-60, 0),
    service: fc.constantFrom('s3', 'sts'),
    region: fc.constant('eu-west-1'),
  }),
  fc.constant(neverUsed),
  fc.constant(unknown),
);
const anyFacts = fc
  .record({
    use: anyUse,
    activeSince: time(-120, 0),
    drain: fc.record({
      startedAt: time(-60, 0),
      readings: fc.integer({ min: 0, max: 5 }),
      toldAt: fc.option(time(-60, 0), { nil: undefined }),
    }),
    quietDays: fc.integer({ min: 1, max: 30 }),
    longer: fc.integer({ min: 1, max: 10 }),
    reminderEveryDays: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ quietDays, longer, reminderEveryDays, ...facts }) => ({
    ...facts,
    policy: { quietDays, drainDays: quietDays + longer, reminderEveryDays },
    now,
  }));

describe('a drain, whatever the facts', () => {
  it('never deactivates a key whose use is unknown, or within the quiet period, or that wasn’t active through it', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        if (decideDrain(facts).act !== 'deactivate') return;
        const quietSince = later(now, -facts.policy.quietDays * day).getTime();
        expect(facts.use.state).not.toBe('unknown');
        if (facts.use.state === 'used') expect(facts.use.at.getTime()).toBeLessThanOrEqual(quietSince);
        expect(facts.activeSince.getTime()).toBeLessThanOrEqual(quietSince);
        expect(facts.drain.readings + 1).toBeGreaterThanOrEqual(readingsNeeded);
      }),
      { numRuns: 1000 },
    );
  });

  it('never waits for a time that is past, nor past its deadline while the key is in use', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const decision = decideDrain(facts);
        if (!('until' in decision)) return;
        expect(decision.until.getTime()).toBeGreaterThan(now.getTime());
        if (decision.drain.readings > 0) return;
        const deadline = later(facts.drain.startedAt, facts.policy.drainDays * day);
        expect(decision.until.getTime()).toBeLessThanOrEqual(deadline.getTime());
      }),
      { numRuns: 1000 },
    );
  });

  it('counts quiet readings in a row: any other begins anew', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { readings } = decideDrain(facts).drain;
        const { use, activeSince } = facts;
        const quiet = isQuiet(use, activeSince, facts.policy.quietDays, now);
        expect(readings).toBe(quiet ? facts.drain.readings + 1 : 0);
      }),
    );
  });

  it('keeps its beginning, and comes to an end: after the deadline it never waits for a key in use', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const decision = decideDrain({ ...facts, drain: { ...facts.drain, startedAt: ago(41) } });
        expect(decision.drain.startedAt).toEqual(ago(41));
        if (decision.drain.readings === 0) expect(decision.act).toBe('escalate');
      }),
    );
  });
});

describe('a drain', () => {
  it.each([
    ['first quiet reading waits eight hours', neverUsed, {}, 'wait', later(now, 8 * hour)],
    ['second quiet reading waits eight hours', usedAt(ago(7)), { readings: 1 }, 'wait', later(now, 8 * hour)],
    ['third quiet reading deactivates', usedAt(ago(7)), { readings: 2 }, 'deactivate', undefined],
    [
      'third quiet reading deactivates even after the deadline',
      neverUsed,
      { readings: 2, startedAt: ago(31) },
      'deactivate',
      undefined,
    ],
    [
      'use before it began waits until the key could first be quiet',
      usedAt(ago(3)),
      {},
      'wait',
      later(now, 4 * day),
    ],
    ['use since it began is told to the owner', usedAt(ago(1)), {}, 'tellOwner', later(now, 6 * day)],
    [
      'use that the owner was told of lately only waits',
      usedAt(ago(1)),
      { toldAt: ago(2.9) },
      'wait',
      later(now, 6 * day),
    ],
    [
      'use that the owner was told of long ago is told again',
      usedAt(ago(1)),
      { toldAt: ago(3), startedAt: ago(9) },
      'tellOwner',
      later(now, 6 * day),
    ],
    [
      'wait for quiet ends at the deadline',
      usedAt(ago(1)),
      { startedAt: ago(29), toldAt: now },
      'wait',
      later(now, day),
    ],
    ['deadline escalates a key in use', usedAt(ago(1)), { startedAt: ago(30) }, 'escalate', undefined],
    [
      'deadline escalates a key whose use is unknown',
      unknown,
      { startedAt: ago(30), readings: 2 },
      'escalate',
      undefined,
    ],
    [
      'use that IAM can’t tell is looked at again in six hours',
      unknown,
      { readings: 2 },
      'wait',
      later(now, 6 * hour),
    ],
  ] as const)('%s', (_, use, soFar, act, until) => {
    expect(decide(use, soFar)).toMatchObject(until === undefined ? { act } : { act, until });
  });

  it('remembers when it told the owner, and that in a wait too', () => {
    expect(decide(usedAt(ago(1))).drain.toldAt).toEqual(now);
    expect(decide(usedAt(ago(1)), { toldAt: ago(1) }).drain.toldAt).toEqual(ago(1));
  });

  it('says why, with what an owner can act on', () => {
    expect(decide(usedAt(ago(1))).because).toBe(
      'last used 2026-11-21T08:00:00.000Z for s3 in eu-west-1, 1.0 days ago',
    );
    expect(decide(unknown).because).toContain('unknown (Throttling), so taken as in use');
    expect(decide(usedAt(ago(9))).because).toContain('quiet reading 1 of 3');
  });
});

describe('quiet', () => {
  it.each([
    ['its last use', usedAt(ago(3)), ago(100), later(now, 4 * day)],
    ['its creation, where it was never used', neverUsed, ago(2), later(now, 5 * day)],
    [
      'when it was made active again, where its last use was before',
      usedAt(ago(20)),
      ago(2),
      later(now, 5 * day),
    ],
    ['its last use, where that came after it was made active', usedAt(ago(1)), ago(2), later(now, 6 * day)],
  ])('counts from %s', (_, use, activeSince, from) => {
    expect(quietFrom(use, activeSince, 7)).toEqual(from);
    expect(isQuiet(use, activeSince, 7, later(from, -1))).toBe(false);
    expect(isQuiet(use, activeSince, 7, from)).toBe(true);
  });

  it('is never said of a key whose use is unknown', () => {
    expect(quietFrom(unknown, ago(1000), 7)).toBeUndefined();
    expect(isQuiet(unknown, ago(1000), 7, now)).toBe(false);
  });
});

describe('whether somebody used the new key', () => {
  const provedAt = ago(1);
  it.each([
    ['no: never', neverUsed, 'no'],
    ['no: by our proof, to the quarter of an hour', usedAt(later(provedAt, 15 * minutes), 'sts'), 'no'],
    ['yes: STS after that', usedAt(later(provedAt, 15 * minutes + 1), 'sts'), 'yes'],
    ['yes: any other service, at any time', usedAt(provedAt), 'yes'],
    ['nobody knows', unknown, 'unknown'],
  ])('%s', (_, use, answer) => {
    expect(usedBySomebody(use, provedAt)).toBe(answer);
  });

  it('is described for people', () => {
    expect(describeUse(neverUsed, now)).toBe('never used');
  });
});

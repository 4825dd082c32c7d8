import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Drain,
  type DrainFacts,
  decideDrain,
  describeUse,
  isQuiet,
  quietFrom,
  readingsNeeded,
  usedBySomebody,
} from '../../../tasks/domain/draining/quiet.ts';
import type { LastUse } from '../../../tasks/domain/keys.ts';
import { day, hour, later } from '../../../tasks/domain/time.ts';
import { ago, neverUsed, now, unknown, usedAt } from '../uses.ts';

const policy = { quietDays: 7, drainDays: 30, reminderEveryDays: 3 };

const drain: Drain = { startedAt: ago(2), readings: 0 };
/** Of an old key, which nobody but its users ever used. */
const ofOldKey = { status: 'Active', provedAt: undefined, isBySilence: false } as const;
const decide = (use: LastUse, soFar: Partial<Drain> = {}, changes: Partial<DrainFacts> = {}) =>
  decideDrain({
    ...ofOldKey,
    use,
    activeSince: ago(100),
    drain: { ...drain, ...soFar },
    policy,
    now,
    ...changes,
  });

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
      seenUse: fc.option(time(-60, 0), { nil: undefined }),
      activeSince: fc.option(time(-120, 0), { nil: undefined }),
      inactiveSince: fc.option(time(-60, 0), { nil: undefined }),
    }),
    status: fc.constantFrom<DrainFacts['status']>('Active', 'Active', 'Inactive', 'Expired'),
    provedAt: fc.oneof(fc.constant(undefined), fc.constant(null), time(-60, 0)),
    isBySilence: fc.boolean(),
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
  /** When the key could have become quiet, by everything that any reading has shown. */
  const lastSign = ({ use, drain: { seenUse, activeSince, inactiveSince }, ...facts }: DrainFacts): number =>
    Math.max(
      (activeSince ?? facts.activeSince).getTime(),
      seenUse?.getTime() ?? 0,
      use.state === 'used' ? use.at.getTime() : 0,
      inactiveSince === undefined ? 0 : now.getTime(),
    );

  it('never deactivates an active key whose use is unknown, or was seen by any reading within the quiet period, or that wasn’t active through it', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        if (decideDrain(facts).act !== 'deactivate' || facts.status !== 'Active') return;
        expect(facts.use.state).not.toBe('unknown');
        expect(lastSign(facts)).toBeLessThanOrEqual(later(now, -facts.policy.quietDays * day).getTime());
        expect(facts.drain.readings + 1).toBeGreaterThanOrEqual(readingsNeeded);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes a key for inactive only after two looks an hour apart', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const decision = decideDrain(facts);
        if (facts.status === 'Active') return;
        const since = facts.drain.inactiveSince ?? now;
        expect(decision.act).toBe(since.getTime() <= later(now, -hour).getTime() ? 'deactivate' : 'wait');
      }),
    );
  });

  it('by silence never withdraws a key that somebody used', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        if (!facts.isBySilence || facts.status !== 'Active') return;
        if (usedBySomebody(facts.use, facts.provedAt ?? undefined) !== 'yes') return;
        expect(decideDrain(facts)).toMatchObject({ act: 'escalate', cause: 'usedNotConfirmed' });
      }),
      { numRuns: 1000 },
    );
  });

  it('never waits for a time that is past, nor longer than a day, nor past its deadline while the key is in use', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const decision = decideDrain(facts);
        if (!('until' in decision)) return;
        expect(decision.until.getTime()).toBeGreaterThan(now.getTime());
        expect(decision.until.getTime()).toBeLessThanOrEqual(later(now, day).getTime());
        if (decision.drain.readings > 0 || facts.status !== 'Active') return;
        const deadline = later(facts.drain.startedAt, facts.policy.drainDays * day);
        expect(decision.until.getTime()).toBeLessThanOrEqual(deadline.getTime());
      }),
      { numRuns: 1000 },
    );
  });

  it('counts quiet readings in a row: any other begins again', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { act, drain: kept } = decideDrain(facts);
        if (facts.status !== 'Active' || act === 'escalate') return;
        const { use, policy: of } = facts;
        const quiet = use.state !== 'unknown' && lastSign(facts) <= later(now, -of.quietDays * day).getTime();
        expect(kept.readings).toBe(quiet ? facts.drain.readings + 1 : 0);
      }),
    );
  });

  it('keeps its beginning and the latest use that it has seen', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { drain: kept } = decideDrain(facts);
        expect(kept.startedAt).toEqual(facts.drain.startedAt);
        const seen = Math.max(
          facts.drain.seenUse?.getTime() ?? 0,
          facts.use.state === 'used' ? facts.use.at.getTime() : 0,
        );
        expect(kept.seenUse?.getTime() ?? 0).toBe(seen);
      }),
    );
  });

  it('comes to an end: after the deadline it never waits for a key in use', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const decision = decideDrain({
          ...facts,
          status: 'Active',
          drain: { ...facts.drain, startedAt: ago(41) },
        });
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
      'use before it began waits a day, for somebody may change the key’s status',
      usedAt(ago(3)),
      {},
      'wait',
      later(now, day),
    ],
    [
      'use that could be quiet within a day waits until then',
      usedAt(ago(6.5)),
      {},
      'wait',
      later(now, day / 2),
    ],
    ['use since it began is told to the owner', usedAt(ago(1)), {}, 'tellOwner', later(now, day)],
    [
      'use that the owner was told of lately only waits',
      usedAt(ago(1)),
      { toldAt: ago(2.9) },
      'wait',
      later(now, day),
    ],
    [
      'use that the owner was told of long ago is told again',
      usedAt(ago(1)),
      { toldAt: ago(3), startedAt: ago(9) },
      'tellOwner',
      later(now, day),
    ],
    [
      'use that only an earlier reading saw is no quiet yet',
      neverUsed,
      { seenUse: ago(6.5), readings: 2 },
      'wait',
      later(now, day / 2),
    ],
    [
      'use that an earlier reading saw before the quiet period is quiet',
      neverUsed,
      { seenUse: ago(7), readings: 2 },
      'deactivate',
      undefined,
    ],
    [
      'wait for quiet ends at the deadline',
      usedAt(ago(1)),
      { startedAt: ago(29.5), toldAt: now },
      'wait',
      later(now, day / 2),
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
    expect(decide(unknown).because).toContain('unknown (Throttling), so treated as in use');
    expect(decide(usedAt(ago(9))).because).toContain('quiet reading 1 of 3');
  });
});

describe('a drain of a key whose status changes', () => {
  it('waits an hour for a second look at a key that looks inactive: IAM may lag', () => {
    const first = decide(neverUsed, { readings: 2 }, { status: 'Inactive' });
    expect(first).toMatchObject({
      act: 'wait',
      until: later(now, hour),
      drain: { readings: 0, inactiveSince: now },
    });
    const early = decide(neverUsed, { inactiveSince: later(now, -hour + 1) }, { status: 'Inactive' });
    expect(early).toMatchObject({ act: 'wait', until: later(now, 1) });
    const second = decide(neverUsed, { inactiveSince: later(now, -hour) }, { status: 'Expired' });
    expect(second).toMatchObject({ act: 'deactivate', because: 'someone made it expired' });
  });

  it('takes a key that two looks found inactive, in use or unknown though it may be', () => {
    for (const use of [usedAt(now), unknown])
      expect(decide(use, { inactiveSince: ago(1) }, { status: 'Inactive' }).act).toBe('deactivate');
  });

  it('begins the quiet period again with a key that was switched off and on', () => {
    const on = decide(usedAt(ago(50)), { inactiveSince: ago(3), readings: 2 });
    expect(on).toMatchObject({ act: 'wait', drain: { readings: 0, activeSince: now } });
    expect(on.drain.inactiveSince).toBeUndefined();
    const later6 = { ...on.drain, activeSince: ago(6.9), readings: 0 };
    expect(decide(usedAt(ago(50)), later6)).toMatchObject({ act: 'wait', drain: { readings: 0 } });
    expect(decide(usedAt(ago(50)), { ...later6, activeSince: ago(7) })).toMatchObject({
      drain: { readings: 1 },
    });
  });
});

describe('a drain of a new key that is withdrawn', () => {
  const provedAt = ago(20);
  const ofNewKey = { activeSince: ago(8), provedAt, isBySilence: true };
  it.each<[string, LastUse, Partial<DrainFacts>, string]>([
    ['nobody answered, and it was never used, may become quiet', neverUsed, {}, 'wait'],
    ['nobody answered, and only our proof used it, may become quiet', usedAt(provedAt, 'sts'), {}, 'wait'],
    ['nobody answered, and somebody used it long ago, stays', usedAt(ago(19)), {}, 'escalate'],
    [
      'its owner rolled back, and somebody used it long ago, may become quiet',
      usedAt(ago(19)),
      { isBySilence: false },
      'wait',
    ],
    [
      'its owner rolled back, and somebody uses it, stays for now',
      usedAt(ago(1)),
      { isBySilence: false },
      'tellOwner',
    ],
    ['nobody answered, and IAM can’t tell, stays for now', unknown, {}, 'wait'],
    [
      'nobody answered, and it isn’t known when we proved it, but it was used for S3, stays',
      usedAt(ago(19)),
      { provedAt: null },
      'escalate',
    ],
  ])('if %s', (_, use, changes, act) => {
    expect(decide(use, {}, { ...ofNewKey, ...changes })).toMatchObject({ act });
  });

  it('escalates one that could not become quiet as a key that is in use and wasn’t confirmed', () => {
    const late = decide(unknown, { startedAt: ago(30) }, ofNewKey);
    expect(late).toMatchObject({ act: 'escalate', cause: 'usedNotConfirmed' });
    const byOwner = decide(unknown, { startedAt: ago(30) }, { ...ofNewKey, isBySilence: false });
    expect(byOwner).toMatchObject({ act: 'escalate', cause: 'drainDeadline' });
  });
});

describe('quiet', () => {
  it.each([
    ['its last use', usedAt(ago(3)), ago(100), later(now, 4 * day)],
    ['its creation, if it was never used', neverUsed, ago(2), later(now, 5 * day)],
    [
      'when it was made active again, if its last use was before',
      usedAt(ago(20)),
      ago(2),
      later(now, 5 * day),
    ],
    ['its last use, if that came after it was made active', usedAt(ago(1)), ago(2), later(now, 6 * day)],
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
    ['nobody knows: IAM can’t tell', unknown, 'unknown'],
  ])('%s', (_, use, answer) => {
    expect(usedBySomebody(use, provedAt)).toBe(answer);
  });

  it.each([
    ['no: never', neverUsed, 'no'],
    ['nobody knows: STS may be our proof', usedAt(ago(3), 'sts'), 'unknown'],
    ['yes: our proof uses STS only', usedAt(ago(3)), 'yes'],
  ])('if it isn’t known when we proved it: %s', (_, use, answer) => {
    expect(usedBySomebody(use, undefined)).toBe(answer);
  });

  it('is described for people', () => {
    expect(describeUse(neverUsed, now)).toBe('never used');
  });
});

import type { Facts } from '../../../tasks/domain/assessing/facts.ts';
import { agedSituation, agedTable } from '../../../tasks/domain/decisions/aged.ts';
import type { SweptSituation } from '../../../tasks/domain/decisions/swept.ts';
import { decideBy } from '../../../tasks/domain/decisions/table.ts';
import type { LeakFacts } from '../../../tasks/domain/leaks/facts.ts';
import { TagMap } from '../../../tasks/domain/letter-case.ts';
import { defaultPolicy } from '../../../tasks/domain/policy.ts';
import type { ReportedUser } from '../../../tasks/domain/sweeps/credential-report.ts';
import type { UserLook } from '../../../tasks/domain/sweeps/facts.ts';
import type { Rest } from '../../../tasks/domain/sweeps/rest.ts';
import { ago, now } from '../uses.ts';
import { everyKind, fewKinds, ids, type KeyKind, keysOf, ordered, strange, unordered } from './kinds.ts';

const override = { by: 'Eve', reason: 'the vendor is gone' };
const exempt = { until: ago(-1), reason: 'waits for the vendor' };
const outdated = { until: ago(2), reason: 'waited for the vendor' };
const policy = defaultPolicy;

/** Everything that any number of keys can be. */
function* everyUser(): Generator<KeyKind[]> {
  for (const count of [0, 1, 2]) yield* ordered(everyKind, count);
  yield* unordered(fewKinds, 3);
  yield* unordered(
    fewKinds.filter(({ status }) => status !== 'Expired'),
    4,
  );
}

const permissions: readonly Pick<Facts & Facts['request'], 'exemption' | 'override'>[] = [
  { exemption: undefined },
  { exemption: exempt },
  { exemption: exempt, override },
  { exemption: outdated },
  { exemption: undefined, override },
];

/** Every request that isn't an emergency, about every user. */
export function* everyRequest(): Generator<Facts> {
  for (const kinds of everyUser()) {
    const { keys, uses, tags, stored, orphans } = keysOf(kinds);
    const names = [undefined, ...ids.slice(0, kinds.length), strange];
    // With more keys, an exemption that has run out is the same as none, and so is an override without one.
    const given = kinds.length > 1 ? permissions.slice(0, 3) : permissions;
    for (const when of ['now', 'due'] as const)
      for (const action of [undefined, 'retire'] as const)
        for (const keyId of names)
          for (const { exemption, override: by } of keyId === strange ? given.slice(0, 1) : given) {
            const request = { when, action, keyId, override: by };
            yield { now, request, keys, uses, tags, stored, orphans, policy, exemption };
          }
  }
}

type LeakState = 'no' | 'leaked' | 'kept active' | 'just made active' | 'kept inactive';
const leakStates: readonly LeakState[] = ['no', 'leaked', 'kept active', 'just made active', 'kept inactive'];
interface LeakedKind {
  readonly kind: KeyKind;
  readonly leak: LeakState;
}
/** What a leak's decision doesn't look at is left out. */
const leakKinds = everyKind.filter(
  ({ age, use, made }) => use !== 'long ago' && (age === 'years ago' || made === 'orphan'),
);
const fewLeakKinds = fewKinds.filter(({ status, use }) => status !== 'Expired' && use !== 'long ago');
const leakedKinds = (kinds: readonly KeyKind[], states: readonly LeakState[]): LeakedKind[] =>
  kinds.flatMap((kind) => states.map((leak) => ({ kind, leak })));

function* everyLeakedUser(): Generator<LeakedKind[]> {
  for (const count of [0, 1, 2]) yield* ordered(leakedKinds(leakKinds, leakStates), count);
  for (const count of [3, 4])
    yield* unordered(leakedKinds(fewLeakKinds, ['no', 'leaked', 'kept active']), count);
}

const keptAt: Partial<Record<LeakState, Date>> = {
  'kept active': ago(1),
  'just made active': ago(1 / 24 / 60),
  'kept inactive': ago(1),
};

const everyLeft = new Set(ids);
const noneLeft = new Set<string>();

/** Every emergency, with everything in its way that must not delay it. */
export function* everyLeak(): Generator<LeakFacts> {
  for (const user of everyLeakedUser()) {
    const keys = keysOf(user.map(({ kind }) => kind));
    const leaked = user.flatMap(({ leak }, place) => (leak === 'no' ? [] : (ids[place] ?? [])));
    const kept = user.flatMap(({ leak }, place) => {
      const at = keptAt[leak];
      return at === undefined ? [] : [{ keyId: ids[place] ?? '', at, isActive: leak !== 'kept inactive' }];
    });
    const request = { when: 'due', action: 'emergency', keyId: leaked[0] ?? strange } as const;
    const about = { ...keys, now, policy, exemption: exempt, request, leaked: [...leaked, strange], kept };
    yield {
      ...about,
      heldBack: 'the mode is audit',
      withoutReplacement: 'deactivate',
      leftInactive: everyLeft,
    };
    for (const withoutReplacement of ['ask', 'deactivate'] as const)
      for (const leftInactive of [everyLeft, noneLeft])
        yield { ...about, heldBack: undefined, withoutReplacement, leftInactive };
  }
}

const agedKeys = (kinds: readonly KeyKind[]) => {
  const { keys, uses } = keysOf(kinds);
  return keys.map(({ id, createdAt, status }) => ({
    active: status === 'Active',
    since: createdAt,
    lastUse: uses.get(id) ?? { state: 'unknown' as const, because: 'missing' },
  }));
};

/** Every number of keys that a sweep sees, whoever made them. */
export function* everyAge() {
  const seen = everyKind.filter(({ made }) => made === 'elsewhere');
  for (const count of [0, 1, 2]) for (const kinds of ordered(seen, count)) yield aged(kinds);
  for (const count of [3, 4]) for (const kinds of unordered(fewKinds.slice(0, 6), count)) yield aged(kinds);
}
const aged = (kinds: readonly KeyKind[]) => agedSituation(agedKeys(kinds), 90, now);

const arn = 'arn:aws:states:eu-west-1:1:execution:rotate-user-key:111122223333-app-3';
const ended = (outcome: string, endedAt: Date): Rest => ({
  ...{ rotation: arn, endedAt, outcome, because: '', owner: 'ada@example.com' },
  ...{ days: 7, silences: outcome === 'silence' ? 1 : 0 },
});
const lastRotations: readonly { readonly running?: true; readonly rest?: Rest }[] = [
  {},
  { running: true },
  { rest: ended('escalated', ago(1)) },
  { rest: ended('silence', ago(1)) },
  { rest: ended('escalated', ago(8)) },
];

function looksOf(running: boolean): (UserLook | undefined)[] {
  const lastRotation = running ? { executionArn: arn, running, outcome: 'RUNNING' } : undefined;
  return [
    ...[undefined, { state: 'postponed' } as const, { state: 'dated', keys: [] } as const],
    ...[{ state: 'unreadable', because: 'AccessDenied' } as const],
    { state: 'seen', keys: [], tags: new TagMap(), lastRotation },
  ];
}

/** Every key in a sweep: whose, how it was looked at, and what is known of its user. */
export function* everySweptKey(): Generator<SweptSituation> {
  for (const ages of everyAge()) {
    const { decision } = decideBy(agedTable, ages);
    const flags = [true, false];
    for (const isRoot of flags)
      for (const active of flags)
        for (const problem of [undefined, 'tag owner holds "the team"'])
          for (const exemptions of [[], [exempt], [outdated]])
            for (const notLive of [undefined, 'outside the live scope'])
              for (const { running, rest } of lastRotations)
                for (const look of looksOf(running === true))
                  yield {
                    isRoot,
                    active,
                    look,
                    problem,
                    aged: decision,
                    exemptions,
                    rest,
                    facts: { now, notLive },
                  };
  }
}

/** Every user that a sweep may report as one that could be deleted. */
export function* everyReportedUser(): Generator<{ readonly user: ReportedUser; readonly now: Date }> {
  for (const isRoot of [true, false])
    for (const createdAt of [undefined, ago(1), ago(90), ago(2000)])
      for (const hasOtherCredentials of [true, false, undefined])
        for (const count of [0, 1, 2]) {
          const keys = agedKeys(everyKind.slice(0, count)).map((key) => ({ ...key, slot: 1 as const }));
          yield { user: { name: 'app', isRoot, createdAt, hasOtherCredentials, keys }, now };
        }
}

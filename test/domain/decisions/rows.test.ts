import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../tasks/domain/assessing/facts.ts';
import { leakedTable, leakSituation } from '../../../tasks/domain/decisions/leaked.ts';
import { requestedSituation, requestedTable } from '../../../tasks/domain/decisions/requested.ts';
import { type SweptSituation, sweptTable } from '../../../tasks/domain/decisions/swept.ts';
import { decideBy } from '../../../tasks/domain/decisions/table.ts';
import { unneededUserTable } from '../../../tasks/domain/decisions/unneeded-user.ts';
import type { LeakFacts } from '../../../tasks/domain/leaks/facts.ts';
import { TagMap } from '../../../tasks/domain/letter-case.ts';
import { defaultPolicy } from '../../../tasks/domain/policy.ts';
import type { ReportedUser } from '../../../tasks/domain/sweeps/credential-report.ts';
import { ago, now } from '../uses.ts';
import { ids, type KeyKind, keysOf, strange } from './kinds.ts';

const [a = '', b = ''] = ids;
const used: KeyKind = { status: 'Active', age: 'years ago', use: 'today', made: 'elsewhere' };
const inactive = { ...used, status: 'Inactive' } as const;
const unused = { ...used, use: 'long ago' } as const;
const ours = { ...used, age: 'yesterday', made: 'by us' } as const;
const fresh = { ...used, age: 'yesterday', use: 'never' } as const;
const exemption = { until: ago(-1), reason: 'waits for the vendor' };
const namesOf = <Row extends { readonly name: string }>(table: {
  rows: readonly Row[];
  otherwise: { name: string };
}) => [...table.rows, table.otherwise].map(({ name }) => name);

describe('what a user’s keys need, row by row', () => {
  const due = { when: 'due' } as const;
  const retire = { when: 'now', action: 'retire' } as const;
  const swept = { when: 'due', action: 'retire', keyId: a } as const;
  const rows: readonly [string, KeyKind[], Partial<Facts>, string, string | undefined][] = [
    ['unknown key', [used], { request: { when: 'now', keyId: strange } }, 'refuse', undefined],
    ['no keys', [], {}, 'nothing', undefined],
    ['too many', [used, used, used], {}, 'askPerson', undefined],
    ['exempt', [used], { exemption }, 'nothing', undefined],
    ['sweep, use unknown', [{ ...used, use: 'unknown' }], { request: swept }, 'nothing', undefined],
    ['sweep, used after all', [used], { request: swept }, 'nothing', undefined],
    ['retire the named key', [used, used], { request: { ...retire, keyId: b } }, 'retire', b],
    ['retire, one surplus', [used, unused], { request: retire }, 'retire', b],
    ['retire which', [unused], { request: retire }, 'askPerson', undefined],
    ['none active', [inactive], {}, 'nothing', undefined],
    ['not due', [fresh], { request: due }, 'nothing', undefined],
    ['one key', [used], { request: due }, 'rotate', a],
    ['unfinished', [used, ours], {}, 'rotate', a],
    ['unfinished, old one inactive', [inactive, ours], {}, 'retire', a],
    ['one in the way', [used, inactive], { request: due }, 'retire', b],
    ['one surplus', [unused, used], { request: due }, 'retire', a],
    ['two keys', [used, used], { request: due }, 'askPerson', undefined],
  ];

  it.each(rows)('%s', (row, kinds, changes, act, oldKeyId) => {
    const facts = { now, request: { when: 'now' }, policy: defaultPolicy, exemption: undefined } as const;
    const situation = requestedSituation({ ...facts, ...keysOf(kinds), ...changes });
    const decision = decideBy(requestedTable, situation);
    expect(decision).toMatchObject({ row, decision: { act } });
    expect('oldKey' in decision.decision ? decision.decision.oldKey.id : undefined).toBe(oldKeyId);
  });

  it('are all of them', () => expect(rows.map(([name]) => name)).toEqual(namesOf(requestedTable)));
});

describe('what a leaked key needs, row by row', () => {
  const heldBack = 'the mode is audit';
  const kept = { keyId: a, at: ago(1), isActive: true };
  const unobtainable = { ...fresh, age: 'years ago' } as const;
  const rows: readonly [string, KeyKind[], Partial<LeakFacts>, string, object][] = [
    ['deleted', [used], { leaked: [b] }, 'nothing', {}],
    ['held back, active', [used], { heldBack }, 'leakOpen', { keyId: a, because: heldBack }],
    ['kept active', [used], { kept: [kept] }, 'leakOpen', { keyId: a }],
    ['kept inactive', [inactive], { kept: [{ ...kept, isActive: false }] }, 'nothing', {}],
    ['held back, inactive', [inactive], { heldBack }, 'nothing', {}],
    ['inactive', [inactive], {}, 'emergency', { newKeyNeeded: false }],
    ['has a replacement', [used, ours], {}, 'emergency', { newKeyNeeded: true }],
    ['has a stand-in', [used, used], {}, 'emergency', { newKeyNeeded: false }],
    ['replaced another', [inactive, ours], { leaked: [b] }, 'emergency', { reviveKeyId: a }],
    ['alone', [used], {}, 'emergency', { newKeyNeeded: true }],
    [
      'without replacement',
      [used, unobtainable],
      { withoutReplacement: 'deactivate' },
      'emergency',
      { newKeyNeeded: false },
    ],
    ['no replacement', [used, unobtainable], {}, 'leakOpen', { keyId: a }],
  ];

  it.each(rows)('%s', (row, kinds, changes, act, more) => {
    const situation = leakSituation({
      ...{ now, policy: defaultPolicy, exemption, request: { when: 'due', action: 'emergency', keyId: a } },
      ...{ leaked: [a], heldBack: undefined, kept: [], withoutReplacement: 'ask' },
      leftInactive: new Set([a]),
      ...keysOf(kinds),
      ...changes,
    });
    expect(decideBy(leakedTable, situation)).toMatchObject({ row, decision: { act, ...more } });
  });

  it('are all of them', () => expect(rows.map(([name]) => name)).toEqual(namesOf(leakedTable)));
});

describe('what a sweep says about a key, row by row', () => {
  const rest = {
    ...{ rotation: 'x', endedAt: ago(1), outcome: 'escalated', because: '', owner: '' },
    ...{ days: 7, silences: 0 },
  };
  const running = { executionArn: 'x', running: true, outcome: 'RUNNING' };
  const seen = { state: 'seen', keys: [], tags: new TagMap(), lastRotation: running } as const;
  const rows: readonly [string, Partial<SweptSituation>, string][] = [
    ['inactive', { active: false, isRoot: true }, 'inactive'],
    ['root', { isRoot: true }, 'rootKey'],
    ['not read', { look: { state: 'unreadable', because: 'AccessDenied' } }, 'unreadable'],
    ['invalid tag', { problem: 'tag owner holds "the team"' }, 'unreadable'],
    ['running', { look: seen }, 'inRotation'],
    ['not due', { aged: { why: 'notDue', because: 'young' } }, 'notDue'],
    ['exempt', { exemptions: [exemption] }, 'exempt'],
    ['resting', { rest }, 'deferred'],
    ['postponed', { look: { state: 'postponed' } }, 'due'],
    ['not live', { facts: { now, notLive: 'outside the live scope' } }, 'due'],
    ['due', {}, 'due'],
  ];

  it.each(rows)('%s', (row, changes, decision) => {
    const situation: SweptSituation = {
      ...{
        isRoot: false,
        active: true,
        look: undefined,
        problem: undefined,
        exemptions: [],
        rest: undefined,
      },
      ...{ aged: { why: 'tooOld', because: 'old' }, facts: { now } },
      ...changes,
    };
    const decided = decideBy(sweptTable, situation);
    expect(decided).toMatchObject({ row, decision: { decision } });
    expect(decided.decision.due !== undefined).toBe(row === 'due');
  });

  it('are all of them', () => expect(rows.map(([name]) => name)).toEqual(namesOf(sweptTable)));
});

describe('which user could be deleted, row by row', () => {
  const slot = { slot: 1, active: false, since: ago(900), lastUse: { state: 'neverUsed' } } as const;
  const rows: readonly [string, Partial<ReportedUser>, string][] = [
    ['root', { isRoot: true }, 'keep'],
    ['has keys', { keys: [slot] }, 'keep'],
    ['has others', { hasOtherCredentials: undefined }, 'keep'],
    ['young', { createdAt: ago(89) }, 'keep'],
    ['unneeded', {}, 'couldBeDeleted'],
  ];

  it.each(rows)('%s', (row, changes, act) => {
    const user = { name: 'app', isRoot: false, createdAt: ago(90), keys: [], hasOtherCredentials: false };
    const situation = { user: { ...user, ...changes }, now };
    expect(decideBy(unneededUserTable, situation)).toMatchObject({ row, decision: { act } });
  });

  it('are all of them', () => expect(rows.map(([name]) => name)).toEqual(namesOf(unneededUserTable)));
});

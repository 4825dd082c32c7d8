import { describe, expect, it } from 'vitest';
import type { AccessKey, LastUse } from '../../../tasks/domain/keys.ts';
import { NameSet, TagMap } from '../../../tasks/domain/letter-case.ts';
import type { ReportedKey, ReportedUser } from '../../../tasks/domain/sweeps/credential-report.ts';
import { isWorthALook, whyDue } from '../../../tasks/domain/sweeps/due.ts';
import type { AccountFacts, UserLook } from '../../../tasks/domain/sweeps/facts.ts';
import { findingsIn } from '../../../tasks/domain/sweeps/news.ts';
import type { LastRotation } from '../../../tasks/domain/sweeps/rest.ts';
import { addRunning, countRunning } from '../../../tasks/domain/sweeps/running.ts';
import { triage } from '../../../tasks/domain/sweeps/triage.ts';
import { ago, neverUsed, now, unknown, usedAgo } from '../uses.ts';

const key = (age: number, lastUse: LastUse, active = true) => ({ active, since: ago(age), lastUse });

describe('why a user’s keys are due', () => {
  it.each([
    ['no key', [], undefined],
    ['a young key in use', [key(89.9, usedAgo(1))], undefined],
    ['a key as old as may be', [key(90, usedAgo(1))], 'tooOld'],
    ['an inactive key only, however old', [key(900, neverUsed, false)], undefined],
    ['two active keys', [key(3, usedAgo(1)), key(2, usedAgo(1))], 'twoKeys'],
    [
      'an old active key beside an inactive one',
      [key(100, usedAgo(1)), key(200, neverUsed, false)],
      'tooOld',
    ],
    ['a key never used for 90 days', [key(90, neverUsed)], 'unused'],
    ['a key never used, and new', [key(10, neverUsed)], undefined],
    ['a key not used for 90 days', [key(100, usedAgo(90))], 'unused'],
    ['a key used 89 days ago, young', [key(89.5, usedAgo(89))], undefined],
    ['a key whose last use is unknown: it counts as in use', [key(400, unknown)], 'tooOld'],
  ])('%s', (_, keys, why) => {
    expect(whyDue(keys, 90, now)?.why).toBe(why);
  });
});

describe('whether a user is worth two calls', () => {
  it.each([
    ['a fresh key', [key(10, usedAgo(1))], 90, false],
    ['a key as old as the look begins', [key(60, usedAgo(1))], 60, true],
    ['two active keys', [key(1, neverUsed), key(1, neverUsed)], 90, true],
    [
      'a key that was used before its "creation": it was switched off and on',
      [key(10, usedAgo(11))],
      90,
      true,
    ],
    ['an inactive key', [key(900, neverUsed, false)], 0, false],
    ['anybody with an active key, from no age on', [key(0, neverUsed)], 0, true],
  ])('%s', (_, keys, from, worth) => {
    expect(isWorthALook(keys, from, now)).toBe(worth);
  });
});

const facts: AccountFacts = {
  now,
  accountId: '111122223333',
  owners: { addresses: ['payments@example.com'], place: 'accountAddress', passedOver: [] },
  ownerTag: 'owner',
  policy: {},
  secrets: { storage: 'member', secretReaders: ['role/ci/*-deployer'], secretExclusive: false },
  codeTags: ['repository=infrastructure'],
  overdueAfterDays: 180,
  restDays: 7,
  silentRestDays: 60,
};
const slot = (place: 1 | 2, age: number, lastUse: LastUse = usedAgo(1), active = true): ReportedKey => ({
  slot: place,
  ...key(age, lastUse, active),
});
const userOf = (...keys: ReportedKey[]): ReportedUser => ({ name: 'app', isRoot: false, keys });
const iamKey = (id: string, age: number, status: AccessKey['status'] = 'Active'): AccessKey => ({
  id,
  status,
  createdAt: ago(age),
});
const seen = (
  keys: readonly AccessKey[],
  tags: Readonly<Record<string, string>> = {},
  lastRotation?: LastRotation,
): UserLook => ({ state: 'seen', keys, tags: new TagMap(Object.entries(tags)), lastRotation });

const old = userOf(slot(1, 104));
const oldKeys = [iamKey('AKIAOLD', 104)];
const rotationArn = 'arn:aws:states:eu-west-1:1:execution:rotate-user-key:111122223333-app-3';
const ended = (outcome: string, days: number): LastRotation => ({
  executionArn: rotationArn,
  running: false,
  stoppedAt: ago(days),
  outcome,
});

describe('the running rotation of a user', () => {
  const running = { executionArn: rotationArn, running: true, startedAt: ago(5), outcome: 'RUNNING' };
  const rotationOf = (keys: readonly AccessKey[], last?: LastRotation) =>
    triage(old, seen(keys, {}, last), facts).rotation;

  it('is counted by its age, and by whether a key is inactive already', () => {
    expect(rotationOf(oldKeys, ended('completed', 3))).toBeUndefined();
    const asked = rotationOf([...oldKeys, iamKey('AKIANEW', 5)], running);
    const window = rotationOf([iamKey('AKIAOLD', 104, 'Inactive'), iamKey('AKIANEW', 5)], running);
    expect([asked, window]).toEqual([
      { days: 5, inWindow: false },
      { days: 5, inWindow: true },
    ]);
    const one = countRunning([asked, window].filter((each) => each !== undefined));
    expect(one).toEqual({ running: 2, inWindow: 1, oldestDays: 5 });
    expect(addRunning(one, countRunning([{ days: 7.25, inWindow: true }]))).toEqual({
      ...{ running: 3, inWindow: 2, oldestDays: 7.3 },
    });
    expect(countRunning([])).toEqual({ running: 0, inWindow: 0, oldestDays: 0 });
  });
});

describe('what a user needs', () => {
  it.each<[string, ReportedUser, UserLook | undefined, string, boolean]>([
    ['fresh, not looked at', userOf(slot(1, 10)), undefined, 'notDue', false],
    ['old', old, seen(oldKeys), 'due', true],
    ['old by the report, fresh by IAM', old, seen([iamKey('AKIANEW', 0)]), 'notDue', false],
    [
      'older than its report says',
      userOf(slot(1, 10, usedAgo(11))),
      seen([iamKey('AKIAOLD', 400)]),
      'due',
      true,
    ],
    [
      'old, and young enough by its tag',
      old,
      seen(oldKeys, { 'keyturn:max-age-days': '180' }),
      'notDue',
      false,
    ],
    ['exempt', old, seen(oldKeys, { 'keyturn:exempt': '2026-12-31 why' }), 'exempt', false],
    ['exempt until yesterday', old, seen(oldKeys, { 'keyturn:exempt': '2026-11-21 why' }), 'due', true],
    ['exempt without an end', old, seen(oldKeys, { 'keyturn:exempt': 'yes' }), 'unreadable', false],
    ['with a policy that is none', old, seen(oldKeys, { 'keyturn:quiet-days': '99' }), 'unreadable', false],
    ['with an owner that is none', old, seen(oldKeys, { owner: 'the team' }), 'due', true],
    ['in rotation', old, seen(oldKeys, {}, { ...ended('RUNNING', 1), running: true }), 'inRotation', false],
    ['escalated yesterday', old, seen(oldKeys, {}, ended('escalated', 1)), 'deferred', false],
    ['failed a week ago', old, seen(oldKeys, {}, ended('FAILED', 7)), 'due', true],
    ['completed, and due again', old, seen(oldKeys, {}, ended('completed', 1)), 'due', true],
    ['not readable', old, { state: 'unreadable', because: 'AccessDenied' }, 'unreadable', false],
    ['put off', old, { state: 'postponed' }, 'due', false],
  ])('%s', (_, user, look, decision, isCandidate) => {
    const { rows, candidate } = triage(user, look, facts);
    expect(rows.map((row) => row.decision)).toEqual([decision]);
    expect(candidate !== undefined).toBe(isCandidate);
  });

  it('is nothing if the user is gone since the report', () => {
    expect(triage(old, { state: 'gone' }, facts)).toEqual({ rows: [], exemptionExpired: false });
  });

  it('is a line of the report if it is root, which is never a candidate', () => {
    const root = {
      name: '<root_account>',
      isRoot: true,
      keys: [slot(1, 900), slot(2, 900, neverUsed, false)],
    };
    const { rows, candidate } = triage(root, undefined, facts);
    expect(rows.map(({ decision, overdue }) => [decision, overdue])).toEqual([
      ['rootKey', false],
      ['inactive', false],
    ]);
    expect(candidate).toBeUndefined();
  });

  it('is to be left alone if its group is exempt, until the day that the exemption ends', () => {
    const exempt = (until: string) => ({
      ...facts,
      exempt: { members: new NameSet(['App']), exemption: { until: new Date(until), reason: 'a vendor' } },
    });
    expect(triage(old, undefined, exempt('2026-12-31')).rows[0]).toMatchObject({
      decision: 'exempt',
      because: '104 days old, the maximum is 90; exempt until 2026-12-31: a vendor',
    });
    expect(triage(old, seen(oldKeys), exempt('2026-10-31'))).toMatchObject({ exemptionExpired: true });
  });
});

describe('a user that code manages', () => {
  const rowOf = (tags: Readonly<Record<string, string>>) => triage(old, seen(oldKeys, tags), facts).rows[0];

  it('is named as such if it was looked at, and due as any other', () => {
    expect(rowOf({ repository: 'infrastructure' })).toMatchObject({
      decision: 'due',
      madeByCode: { tool: 'code', because: 'its tag repository is infrastructure' },
    });
    expect(rowOf({ 'managed-by': 'terraform' })?.madeByCode?.tool).toBe('Terraform');
    expect(rowOf({})?.madeByCode).toBeUndefined();
  });
});

describe('the owner of a user', () => {
  const owned = (owner?: string) => triage(old, seen(oldKeys, owner === undefined ? {} : { owner }), facts);

  it('is whom its tag names, as far as those are addresses, otherwise who answers for the account', () => {
    const of = (tag?: string) => owned(tag).candidate?.owner;
    expect(of('ada@example.com/bob@example.com')).toEqual(['ada@example.com', 'bob@example.com']);
    expect(of('ada@example.com Bob')).toEqual(['ada@example.com']);
    expect(of('the team')).toEqual(['payments@example.com']);
    expect(of()).toEqual(['payments@example.com']);
  });

  it('is a question to the operators, once, if the tag names something else', () => {
    const { open, problem } = owned('Bob');
    expect(problem).toBe("app: the user's tag has “Bob”, which isn't a mail address");
    expect(open).toMatchObject({ waitsFor: 'operators', next: 'lookAtTags' });
    expect(findingsIn({ first: open === undefined ? [] : [open] })).toHaveLength(1);
    expect(owned('ada@example.com')).not.toHaveProperty('open');
    expect(owned('ada@example.com')).not.toHaveProperty('problem');
  });
});

describe('a user that could be deleted', () => {
  const keyless: ReportedUser = {
    ...{ name: 'app', isRoot: false, createdAt: ago(400), keys: [], hasOtherCredentials: false },
  };
  it.each<[string, Partial<ReportedUser>, boolean]>([
    ['has neither a key nor anything else to sign in with', {}, true],
    ['has no key, even an inactive one', { keys: [slot(1, 300, neverUsed, false)] }, false],
    ['has no password', { hasOtherCredentials: true }, false],
    ['is known to have no password', { hasOtherCredentials: undefined }, false],
    ['isn’t new', { createdAt: ago(3) }, false],
    ['isn’t root', { isRoot: true }, false],
  ])('%s', (_, changes, could) => {
    const { unneeded, candidate } = triage({ ...keyless, ...changes }, undefined, facts);
    expect(unneeded?.userName).toBe(could ? 'app' : undefined);
    expect(candidate).toBeUndefined();
  });
});

describe('a candidate', () => {
  it('is started under the name after its last rotation’s', () => {
    const tags = { 'keyturn:rotation': rotationArn, owner: 'ada@example.com' };
    expect(triage(old, seen(oldKeys, tags, ended('completed', 100)), facts).candidate).toEqual({
      accountId: '111122223333',
      userName: 'app',
      attempt: 4,
      input: { accountId: '111122223333', userName: 'app', when: 'due' },
      ageDays: 104,
      because: '104 days old, the maximum is 90',
      owner: ['ada@example.com'],
    });
  });

  it('is to be retired, by the key’s ID, if nobody uses the key', () => {
    const unused = userOf(slot(1, 104, neverUsed));
    expect(triage(unused, seen(oldKeys), facts).candidate?.input).toEqual({
      accountId: '111122223333',
      userName: 'app',
      when: 'due',
      action: 'retire',
      keyId: 'AKIAOLD',
    });
  });
});

describe('which key of the report a key is', () => {
  const usesOf = (user: ReportedUser, keys: readonly AccessKey[]) =>
    triage(user, seen(keys), facts).rows.map(({ lastUse }) => lastUse.state);

  it('is clear if one is active and one is not', () => {
    const user = userOf(slot(1, 300, neverUsed, false), slot(2, 100));
    expect(usesOf(user, [iamKey('AKIAONE', 300, 'Inactive'), iamKey('AKIATWO', 100)])).toEqual([
      'neverUsed',
      'used',
    ]);
  });

  it('is clear by their ages', () => {
    const user = userOf(slot(1, 100), slot(2, 300, neverUsed));
    expect(usesOf(user, [iamKey('AKIAONE', 300), iamKey('AKIATWO', 100)])).toEqual(['neverUsed', 'used']);
  });

  it('is unknown if there are others than there were, or both have the same age', () => {
    expect(usesOf(userOf(slot(1, 100, neverUsed)), [iamKey('AKIAONE', 100), iamKey('AKIATWO', 0)])).toEqual([
      'unknown',
      'unknown',
    ]);
    const twins = userOf(slot(1, 100, neverUsed), slot(2, 100));
    expect(usesOf(twins, [iamKey('AKIAONE', 100), iamKey('AKIATWO', 100)])).toEqual(['unknown', 'unknown']);
  });
});

it('a key beyond the true maximum age is overdue, unless it is exempt', () => {
  const overdue = (look: UserLook) =>
    triage(userOf(slot(1, 181)), look, facts).rows.map((row) => row.overdue);
  const keys = [iamKey('AKIAOLD', 181)];
  expect(overdue(seen(keys))).toEqual([true]);
  expect(overdue(seen(keys, { 'keyturn:exempt': '2026-12-31 why' }))).toEqual([false]);
  expect(overdue(seen([iamKey('AKIAOLD', 179)]))).toEqual([false]);
});

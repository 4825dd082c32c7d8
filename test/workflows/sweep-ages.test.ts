import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import type { Account, UserKey } from '../../local/aws/iam/account.ts';
import { setStatus } from '../../local/aws/iam/account.ts';
import type { Call } from '../../local/aws/types.ts';
import { firstMorning, reportBucket } from '../../local/world/options.ts';
import { sweepsToAskAll } from '../../tasks/domain/sweeps/true-age.ts';
import { day, hour, isoDay, later } from '../../tasks/domain/time.ts';
import { accountId, Life, userName } from './life.ts';
import { organizationOf, Swept } from './swept.ts';

const account = '111111111111';

function keyOf(organization: readonly Account[], user: string): UserKey {
  const key = organization[0]?.users.get(user)?.keys[0];
  if (key === undefined) throw new Error('no key');
  return key;
}

/** Turns a key into one that was made 400 days ago, switched off and on ten days ago, and used daily. */
function switchedOffAndOn(key: UserKey): void {
  Object.assign(key, { createdAt: later(firstMorning, -400 * day) });
  key.periods.splice(0, 1, { from: key.createdAt, until: later(firstMorning, -10 * day - hour) });
  key.periods.push({ from: later(firstMorning, -10 * day) });
}

const listed = (calls: readonly Call[]): number =>
  calls.filter(
    ({ operation, caller }) => operation === 'ListAccessKeys' && caller.sessionName?.startsWith('day-'),
  ).length;

describe('a key that was switched off and on', () => {
  it('is found by the first sweep, though the report makes it look young', async () => {
    const organization = organizationOf(1, 1, 'oldKeyInDailyUse');
    switchedOffAndOn(keyOf(organization, 'user-0'));
    const swept = await Swept.begin({ organization });
    const [row] = swept.rows(await swept.sweep({ audit: true }), account);
    expect(row).toMatchObject({ decision: 'due', overdue: true, ageDays: 400 });
  });

  it('is found within a few sweeps, among any number of others; each is looked up once', async () => {
    const organization = organizationOf(1, 60, 'freshKey');
    for (const user of ['user-7', 'user-33', 'user-59']) switchedOffAndOn(keyOf(organization, user));
    const swept = await Swept.begin({ organization, settings: { mode: 'audit' } });
    let asked = swept.calls.length;
    for (let sweep = 0; sweep <= sweepsToAskAll; sweep += 1) {
      await swept.sweep({}, `day-${sweep}`);
      await swept.world.clock.advance(0.75 * day);
    }
    expect(listed(swept.calls.slice(asked))).toBeLessThanOrEqual(60 + 3 * (sweepsToAskAll + 1));
    asked = swept.calls.length;
    const execution = await swept.sweep({}, 'day-last');
    const due = swept.rows(execution, account).filter(({ decision }) => decision === 'due');
    expect(due.map(({ userName: name }) => name).toSorted()).toEqual(['user-33', 'user-59', 'user-7']);
    expect(due.every(({ overdue, ageDays }) => overdue && ageDays > 400)).toBe(true);
    expect(listed(swept.calls.slice(asked))).toBe(3);
    expect(swept.rows(execution, account).every(({ keyId }) => keyId !== undefined)).toBe(true);
  });

  it('is found by the next sweep, if a sweep has seen it before; others cost nothing', async () => {
    const organization = organizationOf(1, 20, 'freshKey');
    const key = keyOf(organization, 'user-3');
    Object.assign(key, { createdAt: later(firstMorning, -85 * day) });
    key.periods.splice(0, 1, { from: key.createdAt });
    const swept = await Swept.begin({ organization, settings: { mode: 'audit' } });
    for (let sweep = 0; sweep <= sweepsToAskAll; sweep += 1) {
      await swept.sweep({}, `day-${sweep}`);
      if (sweep === 2) setStatus(key, 'Inactive', swept.world.clock.now());
      await swept.world.clock.advance(0.75 * day);
      if (sweep === 2) setStatus(key, 'Active', swept.world.clock.now());
    }
    const before = swept.calls.length;
    const [row] = swept
      .rows(await swept.sweep({}, 'day-last'), account)
      .filter(({ userName: name }) => name === 'user-3');
    expect(row).toMatchObject({ decision: 'due', keyId: key.id });
    expect(listed(swept.calls.slice(before))).toBe(1);
  });

  it('keeps its known age through a sweep in which its account could not be surveyed', async () => {
    const organization = organizationOf(2, 1, 'freshKey');
    const swept = await Swept.begin({ organization, settings: { mode: 'audit' } });
    await swept.sweep({}, 'day-0');
    await swept.world.clock.advance(day);
    for (const one of swept.world.aws.accounts.values()) one.memberRole = one.id !== account;
    await swept.sweep({}, 'day-1');
    await swept.world.clock.advance(day);
    for (const one of swept.world.aws.accounts.values()) one.memberRole = true;
    const before = swept.calls.length;
    const [row] = swept.rows(await swept.sweep({}, 'day-2'), account);
    expect(row?.keyId).toBeDefined();
    expect(listed(swept.calls.slice(before))).toBe(0);
  });
});

describe('the calls that ages cost', () => {
  it('are none for a large account’s first sweep, and a seventh of its users for each of the next', async () => {
    const swept = await Swept.begin({ organization: organizationOf(1, 70, 'freshKey') });
    await swept.sweep({}, 'day-0');
    expect(listed(swept.calls)).toBe(0);
    const before = swept.calls.length;
    await swept.world.clock.advance(day);
    await swept.sweep({}, 'day-1');
    expect(listed(swept.calls.slice(before))).toBe(10);
  });
});

it('a key’s true age is known after a rotation that was rolled back in its window and then withdrawn', async () => {
  const life = await Life.confirmed();
  await life.days(10);
  await life.owner.rollBack('the nightly job broke');
  life.owner.switchTo(life.oldKey.id, life.world.clock.now());
  await life.days(8);
  await life.owner.rollBack('not this quarter');
  // The new key is quiet, then inactive for its window; then the user rests.
  await life.days(30);
  expect(life.stands).toBe('rolledBack');
  const { executionArn = '' } = await life.operator.send(
    new StartExecutionCommand({ stateMachineArn: life.world.sweepMachineArn, input: '{"audit":true}' }),
  );
  await life.days(0.25);
  const { name, startDate } = life.world.engine.execution(executionArn);
  const file = `sweeps/${isoDay(startDate)}/${name}/keys/account=${accountId}/keys.jsonl`;
  const text = life.world.aws.buckets.get(reportBucket)?.objects.get(file)?.body.text ?? '';
  const rows = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  expect(rows.find((row) => row.userName === userName)).toMatchObject({ decision: 'due', overdue: true });
});

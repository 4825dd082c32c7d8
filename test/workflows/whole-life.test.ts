import { describe, expect, it } from 'vitest';
import { setStatus } from '../../local/aws/iam/account.ts';
import { accountId, Life, stagesOf, userName } from './life.ts';

describe('a rotation that its owner confirms', () => {
  it('replaces the key, stage by stage, and nothing else', async () => {
    const life = await Life.begin();
    const old = life.oldKey;
    await life.start();
    expect(life.stands).toBe('AskOwner');
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.current).toEqual({ keyId: life.user.keys[1]?.id, complete: true });
    await life.days(2);
    await life.confirm();
    expect(life.stands).toBe('WaitForQuiet');
    await life.days(6);
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.days(2);
    expect(life.stands).toBe('OfferRollback');
    expect(life.keys).toEqual(['Inactive', 'Active']);
    await life.days(9);
    expect(life.keys).toEqual(['Inactive', 'Active']);
    await life.days(2);
    expect(life.stands).toBe('completed');
    expect(life.user.keys).not.toContain(old);
    expect(life.keys).toEqual(['Active']);
    expect(life.subjects).toEqual([
      'New access key to install',
      'The old access key is inactive',
      'The old access key is deleted',
    ]);
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('says on the new key where it comes from and keeps no other mark than its own', async () => {
    const life = await Life.begin();
    const old = life.oldKey;
    await life.start();
    await life.confirm();
    await life.days(30);
    const [newKey] = life.user.keys;
    expect(life.user.tags.get(newKey?.id ?? '')).toMatch(
      `Made by keyturn on 2026-03-02 to replace ${old.id}`,
    );
    expect([...life.user.tags.keys()].sort()).toEqual([newKey?.id, 'keyturn:rotation', 'owner'].sort());
  });

  it('goes on from the key that the last rotation made', async () => {
    const life = await Life.begin();
    await life.start();
    await life.confirm();
    await life.days(60);
    const second = life.oldKey;
    await life.start();
    await life.confirm();
    await life.days(30);
    expect(life.rotations.map(({ name }) => name)).toEqual([
      `${accountId}-${userName}-1`,
      `${accountId}-${userName}-2`,
    ]);
    expect(life.user.keys).not.toContain(second);
    expect(life.current).toEqual({ keyId: life.oldKey.id, complete: true });
    expect(life.world.watcher.violations).toEqual([]);
  });
});

describe('a rollback before the old key was touched', () => {
  it('removes the new key by the same states as any other, and leaves everything as it was', async () => {
    const life = await Life.begin();
    const old = life.oldKey;
    await life.start();
    await life.owner.rollBack('the vendor is on holiday');
    await life.world.clock.settle();
    expect(life.stands).toBe('WaitForQuiet');
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.days(8);
    expect(life.stands).toBe('OfferRollback');
    expect(life.keys).toEqual(['Active', 'Inactive']);
    expect(life.current).toEqual({ keyId: old.id, complete: false });
    await life.days(11);
    expect(life.stands).toBe('rolledBack');
    expect(life.user.keys).toEqual([old]);
    expect(life.current).toEqual({ keyId: old.id, complete: false });
    expect(life.subjects.at(-1)).toBe('New access key withdrawn');
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('waits for quiet where the application had the new key already', async () => {
    const life = await Life.begin();
    const old = life.oldKey;
    await life.start();
    const newKeyId = await life.owner.install();
    await life.days(1);
    await life.owner.rollBack('it does not work');
    await life.world.clock.settle();
    expect(life.stands).toBe('WaitForQuiet');
    // Nobody stored the old secret access key, so an application that reads the secret keeps the new one.
    expect(life.current?.keyId).toBe(newKeyId);
    life.owner.switchTo(old.id, life.world.clock.now());
    await life.days(8);
    expect(life.current?.keyId).toBe(old.id);
    await life.days(11);
    expect(life.stands).toBe('rolledBack');
    expect(life.user.keys.map(({ id }) => id)).not.toContain(newKeyId);
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('keeps both keys and asks a person where the new key stays in use', async () => {
    const life = await Life.begin();
    await life.start();
    await life.owner.install();
    await life.days(1);
    await life.owner.rollBack('somebody said so');
    await life.days(40);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.subjects.at(-1)).toMatch('is still in use');
  });

  it('withdraws a new key that an earlier rotation made and could not finish with', async () => {
    const life = await Life.begin({ tags: { 'keyturn:on-silence': 'keep' } });
    const old = life.oldKey;
    await life.start();
    await life.days(16);
    await life.start();
    await life.owner.rollBack('we leave this account');
    await life.days(19);
    expect(life.rotations).toHaveLength(2);
    expect(life.stands).toBe('rolledBack');
    expect(life.user.keys).toEqual([old]);
    expect(life.world.watcher.violations).toEqual([]);
  });
});

describe('a rollback in the window', () => {
  it('makes the old key active and current again, together, and asks again', async () => {
    const life = await Life.begin();
    const old = life.oldKey;
    await life.start();
    await life.confirm();
    await life.days(9);
    expect(life.keys).toEqual(['Inactive', 'Active']);
    await life.owner.rollBack('the nightly job broke');
    await life.world.clock.settle();
    expect(life.keys).toEqual(['Active', 'Active']);
    // Its secret access key was never stored: an application that reads the secret keeps what works.
    expect(life.current?.keyId).not.toBe(old.id);
    expect(life.stands).toBe('AskOwner');
    expect(life.subjects.slice(-2)).toEqual([
      'Rolled back, the old access key is active again',
      'New access key to install',
    ]);
    await life.days(1);
    await life.confirm();
    expect(life.current?.keyId).not.toBe(old.id);
    await life.days(5);
    // It was inactive for a while, in which nobody could use it: quiet starts anew.
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.days(30);
    expect(life.stands).toBe('completed');
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('ends with a person being asked after the third', async () => {
    const life = await Life.begin();
    await life.start();
    for (const round of [1, 2, 3]) {
      await life.confirm();
      await life.days(9);
      expect(life.stands).toBe('OfferRollback');
      await life.owner.rollBack(`round ${round}`);
      await life.world.clock.settle();
    }
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.subjects.at(-1)).toMatch('rolled back 3 times');
    expect(life.world.watcher.violations).toEqual([]);
  });
});

describe('silence', () => {
  it('brings every reminder, then withdraws the new key and finds somebody', async () => {
    const life = await Life.begin();
    const old = life.oldKey;
    await life.start();
    await life.days(16);
    expect(life.stands).toBe('WaitForQuiet');
    await life.days(19);
    expect(life.stands).toBe('escalated');
    expect(life.user.keys).toEqual([old]);
    expect(life.subjects).toEqual([
      'New access key to install',
      'Reminder 1 of 4',
      'Reminder 2 of 4',
      'Reminder 3 of 4',
      // The last one goes to the account's address and the operators too.
      'Reminder 4 of 4',
      'Reminder 4 of 4',
      'Reminder 4 of 4',
      'Needs attention, the owner did not answer',
      'Needs attention, the owner did not answer',
      'The new access key is inactive',
      'New access key withdrawn',
    ]);
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('keeps both keys where the policy says so', async () => {
    const life = await Life.begin({ tags: { 'keyturn:on-silence': 'keep' } });
    await life.start();
    await life.days(16);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('keeps both keys where the new one is in use though nobody said so', async () => {
    const life = await Life.begin();
    await life.start();
    await life.owner.install();
    await life.days(16);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('is counted from the policy: other days, other reminders', async () => {
    const life = await Life.begin({ tags: { 'keyturn:reminders': '1', 'keyturn:reminder-every-days': '2' } });
    await life.start();
    await life.days(5);
    expect(life.subjects.filter((subject) => subject.startsWith('Reminder'))).toHaveLength(3);
    expect(life.subjects.at(-1)).toBe('Needs attention, the owner did not answer');
    expect(life.stands).toBe('WaitForQuiet');
  });
});

describe('an old key that stays in use', () => {
  it('is never made inactive by a deadline: its owner is told by whom, then a person is asked', async () => {
    const life = await Life.begin();
    await life.start();
    const [usage] = life.user.usages;
    await life.owner.install();
    // A second place that still has the old key.
    if (usage !== undefined) usage.until = new Date('2027-01-01T00:00:00Z');
    await life.owner.confirm();
    await life.days(32);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active', 'Active']);
    const told = life.world.aws.mails.filter(({ subject }) =>
      subject.startsWith('Old access key still in use'),
    );
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(told[0]?.text).toContain(usage?.service);
    expect(life.subjects.at(-1)).toBe('Needs attention, the old key is still in use');
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('goes on where it stood when it is started again', async () => {
    const life = await Life.begin();
    await life.start();
    const [usage] = life.user.usages;
    await life.owner.install();
    if (usage !== undefined) usage.until = new Date('2026-04-05T00:00:00Z');
    await life.owner.confirm();
    await life.days(40);
    expect(life.stands).toBe('escalated');
    const keys = life.user.keys.map(({ id }) => id);
    await life.start();
    expect(life.user.keys.map(({ id }) => id)).toEqual(keys);
    await life.confirm();
    await life.days(30);
    expect(life.stands).toBe('completed');
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('is checked daily until it could be quiet, so that a change of its status is seen, and not every hour', async () => {
    const life = await Life.begin();
    await life.start();
    await life.confirm();
    await life.days(30);
    expect(stagesOf(life.rotation).filter((stage) => stage === 'CheckOldKey').length).toBeLessThanOrEqual(11);
  });
});

describe('a leaked key', () => {
  it('goes inactive at once, with a new one stored, and still has its window', async () => {
    const life = await Life.begin();
    const leaked = life.oldKey;
    await life.start({ action: 'emergency', keyId: leaked.id });
    expect(life.stands).toBe('OfferRollback');
    expect(life.keys).toEqual(['Inactive', 'Active']);
    expect(life.current?.complete).toBe(true);
    expect(life.world.aws.mails.map(({ to }) => to[0])).toEqual([
      'anna.lind@example.com',
      'aws+payments@example.com',
      'operators@example.com',
    ]);
    await life.days(11);
    expect(life.stands).toBe('completed');
    expect(life.user.keys).not.toContain(leaked);
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('can be rolled back in its window; then everybody hears that it is active, and nobody fights over it', async () => {
    const life = await Life.begin();
    await life.start({ action: 'emergency', keyId: life.oldKey.id });
    await life.owner.rollBack('production is down');
    await life.world.clock.settle();
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.stands).toBe('AskAboutLeak');
    expect(new Set(life.subjects.slice(-6))).toEqual(
      new Set(['Leaked access key made active again', 'Leaked access key still active']),
    );
    await life.days(3);
    expect(life.keys).toEqual(['Active', 'Active']);
    setStatus(life.oldKey, 'Inactive', life.world.clock.now());
    await life.days(13);
    expect(life.stands).toBe('completed');
    expect(life.keys).toEqual(['Active']);
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('goes without a new one where the user has another that is active', async () => {
    const life = await Life.begin({ situation: 'twoKeysInUse' });
    await life.start({ action: 'emergency', keyId: life.oldKey.id });
    expect(life.keys).toEqual(['Inactive', 'Active']);
    await life.days(11);
    expect(life.stands).toBe('completed');
    expect(life.keys).toEqual(['Active']);
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('is a question where an inactive key takes the place of a new one', async () => {
    const life = await Life.begin({ situation: 'oneKeyInactive' });
    const active = life.user.keys.find(({ status }) => status === 'Active');
    await life.start({ action: 'emergency', keyId: active?.id });
    expect(life.stands).toBe('AskAboutLeak');
    expect(life.subjects.at(-1)).toBe('Leaked access key still active');
    expect(life.keys).toEqual(['Inactive', 'Active']);
  });
});

describe('a key that leaks while a rotation of its user runs', () => {
  it.each([
    ['waits for its owner', 0, ['Inactive', 'Active']],
    ['drains', 3, ['Inactive', 'Active']],
  ])('stops that one, which %s, and goes on with its new key', async (_, days, keys) => {
    const life = await Life.begin();
    await life.start();
    const stopped = life.rotation;
    if (days > 0) {
      await life.confirm();
      await life.days(days);
    }
    const newKeyId = life.user.keys[1]?.id;
    await life.start({ action: 'emergency', keyId: life.oldKey.id });
    expect(stopped.status).toBe('ABORTED');
    expect(life.keys).toEqual(keys);
    expect(life.current).toEqual({ keyId: newKeyId, complete: true });
    await life.days(11);
    expect(life.stands).toBe('completed');
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('is seen to once, however often it is reported', async () => {
    const life = await Life.begin();
    const leaked = life.oldKey.id;
    await life.start({ action: 'emergency', keyId: leaked });
    await life.start({ action: 'emergency', keyId: leaked });
    expect(life.rotations).toHaveLength(1);
    expect(
      life.subjects.filter((subject) => subject.startsWith('Leaked') || subject.includes('leaked')),
    ).toHaveLength(3);
  });

  it('and is the new one: the old key becomes current again, and a rollback takes that back', async () => {
    const life = await Life.begin();
    const old = life.oldKey;
    await life.start();
    const [, leaked] = life.user.keys;
    await life.start({ action: 'emergency', keyId: leaked?.id });
    expect(life.keys).toEqual(['Active', 'Inactive']);
    expect(life.current?.keyId).toBe(old.id);
    await life.owner.rollBack('it was a false alarm');
    await life.world.clock.settle();
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.current?.keyId).toBe(leaked?.id);
    expect(life.world.watcher.violations).toEqual([]);
  });
});

describe('a leaked new key, where the task dies between the secret and IAM', () => {
  it('is made inactive by the next run, and a rollback takes both back', async () => {
    const life = await Life.begin();
    await life.start();
    const [old, leaked] = life.user.keys;
    let died = false;
    life.world.aws.inject(({ operation, caller }) => {
      if (
        died ||
        operation !== 'UpdateSecretVersionStage' ||
        (caller.via ?? caller.roleName) !== 'keyturn-deactivate-old-key'
      ) {
        return undefined;
      }
      died = true;
      return 'crashAfter';
    });
    await life.start({ action: 'emergency', keyId: leaked?.id });
    await life.days(1);
    expect(died).toBe(true);
    expect(life.keys).toEqual(['Active', 'Inactive']);
    expect(life.current?.keyId).toBe(old?.id);
    await life.owner.rollBack('it was a false alarm');
    await life.world.clock.settle();
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.current?.keyId).toBe(leaked?.id);
    expect(life.world.watcher.violations).toEqual([]);
  });
});

describe('a rotation that an operator stopped in its window', () => {
  it('is gone on with when it is started again; taking that back makes the old key active', async () => {
    const life = await Life.begin();
    const old = life.oldKey;
    await life.start();
    await life.confirm();
    await life.days(9);
    life.world.engine.stopExecution(life.rotation.arn);
    await life.start();
    expect(life.subjects.at(-1)).toBe('Access key to retire');
    await life.owner.confirm({ keyId: old.id });
    await life.days(8);
    expect(life.stands).toBe('OfferRollback');
    await life.owner.rollBack('the yearly report needs it');
    await life.world.clock.settle();
    expect(life.keys).toEqual(['Active', 'Active']);
    expect(life.subjects.at(-1)).toBe('Rolled back, the old access key is active again');
    expect(life.world.watcher.violations).toEqual([]);
  });
});

describe('a retirement', () => {
  it('of an unused second key asks its owner, drains, deactivates, waits and deletes, and makes no key', async () => {
    const life = await Life.begin({ situation: 'twoKeysOneUnused' });
    const surplus = life.oldKey;
    await life.start();
    expect(life.subjects).toEqual(['Access key to retire']);
    await life.owner.confirm({ keyId: surplus.id });
    await life.days(6);
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.days(2);
    expect(life.stands).toBe('OfferRollback');
    expect(life.keys).toEqual(['Inactive', 'Active']);
    await life.days(11);
    expect(life.stands).toBe('completed');
    expect(life.keys).toEqual(['Active']);
    expect(life.current).toBeUndefined();
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('is refused by an owner who needs the key', async () => {
    const life = await Life.begin({ situation: 'twoKeysOneUnused' });
    await life.start();
    await life.owner.rollBack('the yearly audit uses it');
    await life.world.clock.settle();
    expect(life.stands).toBe('rolledBack');
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('taken back in the window ends there', async () => {
    const life = await Life.begin({ situation: 'twoKeysOneUnused' });
    await life.start();
    await life.owner.confirm({ keyId: life.oldKey.id });
    await life.days(9);
    await life.owner.rollBack('the yearly audit uses it');
    await life.world.clock.settle();
    expect(life.stands).toBe('rolledBack');
    expect(life.keys).toEqual(['Active', 'Active']);
  });

  it('asked for again after it was taken back watches for the whole quiet period again', async () => {
    const life = await Life.begin({ situation: 'twoKeysOneUnused' });
    const keyId = life.oldKey.id;
    for (const round of [1, 2]) {
      await life.start({ action: 'retire', keyId });
      await life.owner.confirm({ keyId });
      await life.days(6);
      expect(life.keys).toEqual(['Active', 'Active']);
      await life.days(3);
      expect(life.keys).toEqual(['Inactive', 'Active']);
      if (round === 1) await life.owner.rollBack('not yet');
      await life.world.clock.settle();
    }
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('of a key that is inactive already has its window, and taking it back leaves it inactive', async () => {
    const life = await Life.begin({ situation: 'oneKeyInactive' });
    const inactive = life.user.keys.find(({ status }) => status === 'Inactive');
    await life.start();
    await life.owner.confirm({ keyId: inactive?.id ?? '' });
    await life.days(8);
    expect(life.stands).toBe('OfferRollback');
    await life.owner.rollBack('keep it for the archive');
    await life.world.clock.settle();
    expect(life.stands).toBe('rolledBack');
    expect(inactive?.status).toBe('Inactive');
    expect(life.subjects.at(-1)).toBe('Rolled back, the old access key stays, inactive as it was');
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('without an answer changes nothing', async () => {
    const life = await Life.begin({ situation: 'twoKeysOneUnused' });
    await life.start();
    await life.days(20);
    expect(life.stands).toBe('escalated');
    expect(life.keys).toEqual(['Active', 'Active']);
  });
});

describe('who stands in for the owner', () => {
  it('an operator by name and reason: nobody is asked, the quiet period still holds, the owner is told', async () => {
    const life = await Life.begin();
    await life.start({ override: { by: 'Jane of security', reason: 'the owner left the company' } });
    expect(life.subjects).toEqual(['Confirmed by an operator']);
    expect(life.world.aws.mails[0]?.text).toContain('the owner left the company');
    await life.days(20);
    // Nobody installed the new key, and the old one stays in use: so it stays.
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.owner.install();
    await life.days(30);
    expect(life.stands).toBe('completed');
    const inactive = life.world.aws.mails.find(({ subject }) =>
      subject.startsWith('The old access key is inactive'),
    );
    expect(inactive?.text).toContain(
      'Confirmed by: Jane of security, an operator: the owner left the company',
    );
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('a self-updating application: its use of the new key', async () => {
    const life = await Life.begin({ tags: { 'keyturn:self-updating': 'true' } });
    await life.start();
    await life.days(2);
    expect(life.stands).toBe('WaitForNewKeyUse');
    life.owner.switchTo(life.current?.keyId ?? '', life.world.clock.now());
    await life.days(30);
    expect(life.stands).toBe('completed');
    expect(life.subjects).toEqual(['The old access key is inactive', 'The old access key is deleted']);
    expect(life.world.aws.mails[0]?.text).toContain('marked as self-updating');
    expect(life.world.watcher.violations).toEqual([]);
  });

  it('a self-updating application that never takes the new key keeps the old one', async () => {
    const life = await Life.begin({ tags: { 'keyturn:self-updating': 'true' } });
    const old = life.oldKey;
    await life.start();
    await life.days(40);
    expect(life.stands).toBe('escalated');
    expect(life.user.keys).toEqual([old]);
    expect(life.world.watcher.violations).toEqual([]);
  });
});

describe('nothing to do, or too much', () => {
  it.each([
    ['a user without keys', 'noKeys', {}, 'nothing'],
    ['a fresh key that a sweep asks about', 'freshKey', { when: 'due' }, 'nothing'],
    ['two keys in use', 'twoKeysInUse', {}, 'needsPerson'],
  ] as const)('%s: nothing is changed', async (_, situation, request, outcome) => {
    const life = await Life.begin({ situation });
    const before = life.keys;
    await life.start(request);
    expect(life.stands).toBe(outcome);
    expect(life.keys).toEqual(before);
    expect(life.world.watcher.changes).toEqual([]);
  });

  it('a fresh key is rotated when somebody starts it by hand', async () => {
    const life = await Life.begin({ situation: 'freshKey' });
    await life.start();
    expect(life.stands).toBe('AskOwner');
  });

  it('an exempt user is left alone until the day', async () => {
    const life = await Life.begin({ tags: { 'keyturn:exempt': '2026-03-31 waits for the vendor' } });
    await life.start();
    expect(life.stands).toBe('nothing');
    await life.days(31);
    await life.start();
    expect(life.stands).toBe('AskOwner');
  });

  it('an audit changes nothing, not even a tag, and says what would be done', async () => {
    const life = await Life.begin({ settings: { mode: 'Live' } });
    await life.start();
    expect(life.rotation.output).toMatch(/audit: would rotate/);
    expect(life.keys).toEqual(['Active']);
    expect([...life.user.tags.keys()]).toEqual(['owner']);
    expect(life.world.aws.mails).toEqual([]);
  });
});

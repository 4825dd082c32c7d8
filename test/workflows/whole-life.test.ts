import { describe, expect, it } from 'vitest';
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
      'install the new access key',
      'if something broke, roll back (the old access key is inactive)',
      'nothing to do, the old access key is deleted',
    ]);
  });

  it('says on the new key where it comes from and keeps no other mark than its own', async () => {
    const life = await Life.confirmed();
    const old = life.oldKey;
    await life.days(30);
    const [newKey] = life.user.keys;
    expect(life.user.tags.get(newKey?.id ?? '')).toMatch(
      `Made by keyturn on 2026-03-02 to replace ${old.id}`,
    );
    expect([...life.user.tags.keys()].sort()).toEqual([newKey?.id, 'keyturn:rotation', 'owner'].sort());
  });

  it('goes on from the key that the last rotation made', async () => {
    const life = await Life.confirmed();
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
      'install the new access key',
      'install the new access key',
      'install the new access key',
      'install the new access key',
      // The last one goes to the account's address too.
      'install the new access key (last reminder)',
      'install the new access key (last reminder)',
      'Needs attention, the owner did not answer',
      'Needs attention, the owner did not answer',
      'if something broke, roll back (the new access key is inactive)',
      'nothing to do, the new access key is withdrawn',
    ]);
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
  });

  it('is counted from the policy: other days, other reminders', async () => {
    const life = await Life.begin({ tags: { 'keyturn:reminders': '1', 'keyturn:reminder-every-days': '2' } });
    await life.start();
    await life.days(5);
    expect(life.subjects.filter((subject) => subject.endsWith('(last reminder)'))).toHaveLength(2);
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
      subject.includes('find what still uses the old access key'),
    );
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(told[0]?.text).toContain(usage?.service);
    expect(life.subjects.at(-1)).toBe('Needs attention, the old key is still in use');
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
  });

  it('is checked daily until it could be quiet, so that a change of its status is seen, and not every hour', async () => {
    const life = await Life.confirmed();
    await life.days(30);
    expect(stagesOf(life.rotation).filter((stage) => stage === 'CheckOldKey').length).toBeLessThanOrEqual(11);
  });
});

describe('who stands in for the owner', () => {
  it('an operator by name and reason: nobody is asked, the quiet period still holds, the owner is told', async () => {
    const life = await Life.begin();
    await life.start({ override: { by: 'Jane of security', reason: 'the owner left the company' } });
    expect(life.subjects).toEqual(['install the new access key now (confirmed by an operator)']);
    expect(life.world.aws.mails[0]?.text).toContain('the owner left the company');
    await life.days(20);
    // Nobody installed the new key, and the old one stays in use: so it stays.
    expect(life.keys).toEqual(['Active', 'Active']);
    await life.owner.install();
    await life.days(30);
    expect(life.stands).toBe('completed');
    const inactive = life.world.aws.mails.find(({ subject }) =>
      subject.includes('(the old access key is inactive)'),
    );
    expect(inactive?.text).toContain(
      'Confirmed by: Jane of security, an operator: the owner left the company',
    );
  });

  it('a self-updating application: its use of the new key', async () => {
    const life = await Life.begin({ tags: { 'keyturn:self-updating': 'true' } });
    await life.start();
    await life.days(2);
    expect(life.stands).toBe('WaitForNewKeyUse');
    life.owner.switchTo(life.current?.keyId ?? '', life.world.clock.now());
    await life.days(30);
    expect(life.stands).toBe('completed');
    expect(life.subjects).toEqual([
      'if something broke, roll back (the old access key is inactive)',
      'nothing to do, the old access key is deleted',
    ]);
    expect(life.world.aws.mails[0]?.text).toContain('marked as self-updating');
  });

  it('a self-updating application that never takes the new key keeps the old one', async () => {
    const life = await Life.begin({ tags: { 'keyturn:self-updating': 'true' } });
    const old = life.oldKey;
    await life.start();
    await life.days(40);
    expect(life.stands).toBe('escalated');
    expect(life.user.keys).toEqual([old]);
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

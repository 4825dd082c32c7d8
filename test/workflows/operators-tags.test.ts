import { describe, expect, it } from 'vitest';
import { accountId, Life, stagesOf, userName } from './life.ts';

const by = 'Jane Doe, security';

describe('a change of tags that an operator asks for', () => {
  it('exempts a user, says what the tag was, and leaves a running rotation and its mark alone', async () => {
    const life = await Life.begin();
    await life.start();
    const running = life.rotation;
    const mark = life.user.tags.get('keyturn:rotation');
    expect(mark).toBe(running.arn);
    await life.start({ change: { by, exempt: { until: '2027-03-31', reason: 'waits for the vendor' } } });
    expect(life.stands).toBe('tagsChanged');
    expect(JSON.parse(life.rotation.output ?? '')).toMatchObject({
      accountId,
      userName,
      by,
      changed: [{ tag: 'keyturn:exempt', to: '2027-03-31 waits for the vendor' }],
    });
    expect(stagesOf(life.rotation)).toEqual(['ChangeTags']);
    expect(life.user.tags.get('keyturn:rotation')).toBe(mark);
    expect(running.status).toBe('RUNNING');
    await life.start({ change: { by, exempt: null } });
    expect(life.user.tags.has('keyturn:exempt')).toBe(false);
    await life.confirm();
    await life.days(30);
    expect(running.status).toBe('SUCCEEDED');
  });

  it('sets policy and owner together, removes what is null, and changes nothing the second time', async () => {
    const life = await Life.begin({ tags: { 'keyturn:quiet-days': '3' } });
    const change = {
      by,
      policy: { quietDays: null, windowDays: 20 },
      owner: ['per@example.com', 'bo@example.com'],
    };
    await life.start({ change });
    expect(life.stands).toBe('tagsChanged');
    expect(Object.fromEntries(life.user.tags)).toEqual({
      owner: 'per@example.com bo@example.com',
      'keyturn:window-days': '20',
    });
    await life.start({ change });
    expect(JSON.parse(life.rotation.output ?? '')).toMatchObject({ outcome: 'tagsChanged', changed: [] });
  });

  it.each([
    [{ policy: { quietDays: 31 } }, 'PolicyOutOfBounds', 'quietDays is 31'],
    [{ policy: { drainDays: 5 } }, 'PolicyOutOfBounds', 'the drain deadline must be longer'],
    [{ policy: { quietDays: 'seven' } }, 'UnreadableTag', 'whole number of days'],
    [{ policy: { speed: 9 } }, 'InvalidInput', 'there is no field "speed"'],
    [{ exempt: { until: '2020-01-01', reason: 'long ago' } }, 'InvalidInput', 'which is over'],
    [{ exempt: { until: '2027-02-31', reason: 'no such day' } }, 'InvalidInput', 'exempt.until'],
    [
      { exempt: { until: '2027-03-31', reason: 'waits (vendor)' } },
      'InvalidInput',
      'may only contain letters',
    ],
    [{ owner: ['anna'] }, 'InvalidInput', 'owner.0'],
    [{}, 'InvalidInput', 'at least one of exempt, policy and owner'],
    [{ removeAll: true, exempt: null }, 'InvalidInput', 'removeAll: excludes'],
  ])('writes no tag if it asks for %j, and tells the operators', async (change, error, says) => {
    const life = await Life.begin();
    const before = Object.fromEntries(life.user.tags);
    await life.start({ change: { by, ...change } });
    expect(life.stands).toBe(error);
    expect(life.said).toContain(says);
    expect(Object.fromEntries(life.user.tags)).toEqual(before);
    expect(life.world.aws.mails).toHaveLength(1);
  });

  it('removes every tag of keyturn’s own once no rotation runs, and leaves the owner and the keys’ descriptions', async () => {
    const life = await Life.begin({
      tags: { 'keyturn:quiet-days': '3', 'Keyturn:Exempt': '2020-01-01 old' },
    });
    await life.start();
    const rotation = life.rotation.arn;
    await life.start({ change: { by, removeAll: true } });
    expect(life.stands).toBe('nothing');
    expect(life.rotation.output).toContain(`${accountId}-${userName}-1 rotates this user now; asked for:`);
    expect(life.user.tags.get('keyturn:rotation')).toBe(rotation);
    await life.rollBack('keyturn is uninstalled');
    await life.days(25);
    await life.start({ change: { by, removeAll: true } });
    expect(life.stands).toBe('tagsChanged');
    expect([...life.user.tags.keys()].filter((tag) => /^keyturn:/i.test(tag))).toEqual([]);
    expect(life.user.tags.get('owner')).toBe('anna.lind@example.com');
    await life.start({ change: { by, removeAll: true } });
    expect(JSON.parse(life.rotation.output ?? '')).toMatchObject({ outcome: 'tagsChanged', changed: [] });
  });

  it('writes no tag in an audit, and says what was asked for', async () => {
    const life = await Life.begin({ settings: { mode: 'audit' } });
    await life.start({ change: { by, owner: ['per@example.com'] } });
    expect(life.stands).toBe('nothing');
    expect(life.rotation.output).toContain('asked for: owner is');
    expect(life.user.tags.get('owner')).toBe('anna.lind@example.com');
  });
});

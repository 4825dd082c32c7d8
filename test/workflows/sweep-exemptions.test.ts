import { describe, expect, it } from 'vitest';
import { day } from '../../tasks/domain/time.ts';
import { organizationOf, payments, Swept } from './swept.ts';

describe('who is left alone', () => {
  const exempted = (value: string) => async () => {
    const organization = organizationOf(1, 1, 'oldKeyInDailyUse');
    for (const user of organization[0]?.users.values() ?? []) user.tags.set('keyturn:exempt', value);
    const swept = await Swept.begin({ organization });
    const execution = await swept.sweep();
    return { swept, execution, decisions: swept.decisions(execution, '111111111111', 'user-0') };
  };

  it('a user who is exempt by a tag', async () => {
    const { swept, decisions } = await exempted('2027-03-31 waits for the vendor')();
    expect(decisions).toEqual(['exempt']);
    expect(swept.rotations).toEqual([]);
  });

  it('not one whose exemption has run out, which is counted for an alarm', async () => {
    const { swept, decisions } = await exempted('2026-01-31 waits for the vendor')();
    expect(decisions).toEqual(['due']);
    expect(swept.rotations).toHaveLength(1);
    expect(swept.counts).toMatchObject({ ExemptionsExpired: 1 });
  });

  it('a user whose exemption has no end: named in the report and the log', async () => {
    const { swept, execution, decisions } = await exempted('for ever')();
    expect(decisions).toEqual(['unreadable']);
    expect(swept.rotations).toEqual([]);
    expect(swept.report(execution).overview.problems.join()).toMatch(
      /user-0: tag keyturn:exempt is "for ever"/,
    );
    expect(swept.world.logs.filter(({ message }) => message === 'a problem in a sweep')).not.toEqual([]);
  });

  const exemptGroup = { name: 'no-rotation', until: '2027-01-31', reason: 'the vendor' };

  it('a member of the exempt group, without a look at them', async () => {
    const organization = organizationOf(1, 3, 'oldKeyInDailyUse');
    organization[0]?.groups.set('no-rotation', new Set(['user-1']));
    const swept = await Swept.begin({ organization, settings: { exemptGroup } });
    const execution = await swept.sweep();
    expect(swept.decisions(execution, '111111111111', 'user-1')).toEqual(['exempt']);
    expect(swept.rotations).toEqual(['111111111111-user-0-1', '111111111111-user-2-1']);
  });

  it('everybody in an account whose exempt group can’t be read', async () => {
    const organization = organizationOf(2, 2, 'oldKeyInDailyUse');
    const swept = await Swept.begin({ organization, settings: { exemptGroup } });
    swept.world.aws.inject(({ operation, caller }) =>
      operation === 'GetGroup' && caller.accountId === payments ? 'denied' : undefined,
    );
    const execution = await swept.sweep();
    expect(swept.rotations).toEqual(['111111111111-user-0-1', '111111111111-user-1-1']);
    expect(swept.report(execution).overview.problems.join()).toMatch(/group no-rotation can't be read/);
  });

  it('a user whose rotation ended without completing, for a week', async () => {
    const organization = organizationOf(1, 1, 'twoKeysInUse');
    const swept = await Swept.begin({ organization });
    await swept.sweep();
    expect(swept.world.aws.mails.map(({ subject }) => subject.split(':')[0])).toEqual([
      'A person must decide',
    ]);
    for (let days = 1; days < 7; days += 1) {
      await swept.world.clock.advance(0.75 * day);
      const execution = await swept.sweep();
      expect(swept.decisions(execution, '111111111111', 'user-0')).toEqual(['deferred', 'deferred']);
    }
    await swept.world.clock.advance(day);
    await swept.sweep();
    expect(swept.world.aws.mails).toHaveLength(2);
  });
});

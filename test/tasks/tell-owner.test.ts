import { describe, expect, it } from 'vitest';
import { tellOwner } from '../../tasks/rotate-user-key/tell-owner.ts';
import { ago, usedAt } from '../domain/uses.ts';
import { given } from './given.ts';
import { newKeyId } from './ids.ts';
import { calls, mails, mockAws } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { leaked, makeWithdrawal, makeWork, makeWorkWithoutNewKey } from './work.ts';

const aws = mockAws();
const { dependencies } = setUp();
const tell = (news: object) => tellOwner.invoke({ ...makeWork(), ...news }, dependencies);
const decision = {
  decision: 'rollBack',
  by: 'ada@example.com',
  reason: 'deploys broke',
  at: '2026-11-22T07:00:00Z',
};
const override = { by: 'Eve', reason: 'the vendor is gone' };

describe('TellOwner', () => {
  it.each([
    [
      'an old key that is still in use, and until when it may be',
      { mail: 'oldKeyInUse', use: usedAt(ago(1)), drain: { startedAt: ago(2), readings: 0 } },
      /^deploy-bot: find what still uses the old access key by /,
      /s3 in eu-west-1[\s\S]*(2026-12-20|20 Dec)/,
    ],
    [
      'a rollback, who wanted it and why',
      { mail: 'reactivated', decision, round: 1 },
      /^deploy-bot: rolled back/,
      /ada@example\.com[\s\S]*deploys broke[\s\S]*asked again/,
    ],
    [
      'a rollback of the last round, which ends here',
      { mail: 'reactivated', decision, round: 3 },
      /^deploy-bot: rolled back/,
      /This rotation ends here/,
    ],
    [
      'a rollback without a new key, which ends here',
      {
        ...makeWorkWithoutNewKey({ act: 'retire' }),
        newKeyId: undefined,
        mail: 'reactivated',
        decision,
        round: 1,
      },
      /^deploy-bot: rolled back/,
      /This rotation ends here/,
    ],
    [
      'the end',
      { mail: 'deleted' },
      /^deploy-bot: nothing to do, the old access key is deleted/,
      /nothing to do/,
    ],
    [
      'a withdrawal that somebody asked for',
      { mail: 'withdrawn', asked: 'byOwner', decision },
      /^deploy-bot: nothing to do, the new access key is withdrawn/,
      /rolled back by ada@example\.com: deploys broke/,
    ],
    [
      'a withdrawal after silence, though somebody rolled back a round before',
      { mail: 'withdrawn', asked: 'bySilence', decision },
      /^deploy-bot: nothing to do, the new access key is withdrawn/,
      /nobody answered/,
    ],
    [
      'a withdrawal after silence',
      { mail: 'withdrawn', asked: 'bySilence', decision: null },
      /^deploy-bot: nothing to do, the new access key is withdrawn/,
      /nobody answered/,
    ],
    [
      'who stood in for the owner, and why',
      { mail: 'overridden', override },
      /^deploy-bot: install the new access key now \(confirmed by an operator\)/,
      /Eve[\s\S]*the vendor is gone/,
    ],
  ])('tells of %s', async (_, news, subject, text) => {
    given(aws);
    await expect(tell(news)).resolves.toEqual({ to: ['ada@example.com'] });
    expect(mails(aws)).toMatchObject([
      { subject: expect.stringMatching(subject), text: expect.stringMatching(text) },
    ]);
    // Only a link to object needs the key that signs links.
    expect(calls(aws).filter((call) => call !== 'GetSecretValue')).toEqual(['SendEmail']);
    expect(calls(aws).includes('GetSecretValue')).toBe('override' in news);
    expect(mails(aws)[0]?.text).not.toContain(newKeyId);
  });

  it('writes to the account and the operators if SES refuses every owner', async () => {
    given(aws, { refused: ['ada@example.com'] });
    await expect(tell({ mail: 'deleted' })).resolves.toEqual({
      to: ['payments@example.com', 'ops@example.com'],
    });
  });

  it.each([
    ['a mail that isn’t one', { mail: 'gossip' }, 'mail'],
    ['a rollback by nobody', { mail: 'reactivated', round: 1 }, 'decision'],
  ])('refuses %s, naming what is wrong', async (_, news, field) => {
    await expect(tell(news)).rejects.toMatchObject({
      name: 'InvalidInput',
      message: expect.stringContaining(field),
    });
  });
});

describe('TellOwner, of a key that is active again', () => {
  const reactivated = (more: object = {}) => tell({ mail: 'reactivated', decision, round: 1, ...more });

  it.each([
    ['moved', { state: 'moved' }, /secret points to the old key again/],
    ['kept', { state: 'kept' }, /secret still holds the new key/],
    ['not moved', { state: 'notMoved', because: 'AWSCURRENT is elsewhere' }, /changed by someone else/],
  ])('says of the secret that it was %s', async (_, secret, said) => {
    given(aws);
    await reactivated({ secret });
    expect(mails(aws)[0]?.text).toMatch(said);
  });

  it('says nothing of a secret that was never touched', async () => {
    given(aws);
    await reactivated({
      ...makeWorkWithoutNewKey({ act: 'retire' }),
      newKeyId: undefined,
      secret: { state: 'untouched' },
    });
    expect(mails(aws)[0]?.text).not.toMatch(/secret (points|still)|does not point/i);
  });

  it('says that it drains again, if keyturn itself rolled back', async () => {
    given(aws);
    const own = { ...decision, by: 'keyturn', reason: 'it was in use after all' };
    await reactivated({ decision: own, isDrainedAgain: true, secret: { state: 'moved' } });
    expect(mails(aws)[0]?.text).toMatch(/in use after all/);
    expect(mails(aws)[0]?.text).not.toMatch(/asked again|This rotation ends here/);
  });

  it('alarms everybody of a leaked key', async () => {
    given(aws);
    const everybody = ['ada@example.com', 'payments@example.com', 'ops@example.com'];
    await expect(reactivated({ ...makeWork(leaked) })).resolves.toEqual({ to: everybody });
    expect(mails(aws)[0]?.subject).toMatch(/^Leaked access key made active again/);
  });

  it('says of a leaked key that its owner keeps inactive, that it is', async () => {
    given(aws);
    await reactivated({ ...makeWork({ ...leaked, oldKeyActive: false }), key: 'leftInactive' });
    expect(mails(aws)[0]?.subject).toMatch(/stays, inactive as it was/);
    expect(mails(aws)[0]?.text).not.toMatch(/asked again|works for them/);
  });

  it('says of a key that someone had deleted, that it is gone', async () => {
    given(aws);
    await reactivated({ key: 'gone', secret: { state: 'untouched' } });
    expect(mails(aws)[0]?.subject).toMatch(/is gone/);
    expect(mails(aws)[0]?.text).not.toMatch(/works again/);
  });

  it('says that it is the new key, of a withdrawn rotation', async () => {
    given(aws);
    await reactivated({ ...makeWithdrawal(), secret: { state: 'moved' } });
    expect(mails(aws)[0]?.subject).toMatch(/the new access key/i);
  });
});

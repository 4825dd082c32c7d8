import { describe, expect, it } from 'vitest';
import { tellOwner } from '../../tasks/rotate-user-key/tell-owner.ts';
import {
  calls,
  daysAgo,
  given,
  mails,
  makeStage,
  makeStageWithoutNewKey,
  mockAws,
  newKeyId,
  setUp,
  usedAt,
} from './setting-up.ts';

const aws = mockAws();
const { dependencies } = setUp();
const tell = (news: object) => tellOwner.invoke({ ...makeStage(), ...news }, dependencies);
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
      { mail: 'oldKeyInUse', use: usedAt(daysAgo(1)), drain: { startedAt: daysAgo(2), readings: 0 } },
      /^Old access key still in use/,
      /s3 in eu-west-1[\s\S]*(2026-12-20|20 Dec)/,
    ],
    [
      'a rollback, who wanted it and why',
      { mail: 'reactivated', decision, round: 1 },
      /^Rolled back/,
      /ada@example\.com[\s\S]*deploys broke[\s\S]*asked again/,
    ],
    [
      'a rollback of the last round, which ends here',
      { mail: 'reactivated', decision, round: 3 },
      /^Rolled back/,
      /This rotation ends here/,
    ],
    [
      'a rollback without a new key, which ends here',
      {
        ...makeStageWithoutNewKey({ act: 'retire' }),
        newKeyId: undefined,
        mail: 'reactivated',
        decision,
        round: 1,
      },
      /^Rolled back/,
      /This rotation ends here/,
    ],
    ['the end', { mail: 'deleted' }, /^The old access key is deleted/, /nothing to do/],
    [
      'a withdrawal that somebody asked for',
      { mail: 'withdrawn', asked: 'byOwner', decision },
      /^New access key withdrawn/,
      /rolled back by ada@example\.com: deploys broke/,
    ],
    [
      'a withdrawal after silence, though somebody rolled back a round before',
      { mail: 'withdrawn', asked: 'bySilence', decision },
      /^New access key withdrawn/,
      /nobody answered/,
    ],
    [
      'a withdrawal after silence',
      { mail: 'withdrawn', asked: 'bySilence', decision: null },
      /^New access key withdrawn/,
      /nobody answered/,
    ],
    [
      'who stood in for the owner, and why',
      { mail: 'overridden', override },
      /^Confirmed by an operator/,
      /Eve[\s\S]*the vendor is gone/,
    ],
  ])('tells of %s', async (_, news, subject, text) => {
    given(aws);
    await expect(tell(news)).resolves.toEqual({ to: ['ada@example.com'] });
    expect(mails(aws)).toMatchObject([
      { subject: expect.stringMatching(subject), text: expect.stringMatching(text) },
    ]);
    expect(calls(aws)).toEqual(['SendEmail']);
    expect(mails(aws)[0]?.text).not.toContain(newKeyId);
  });

  it('writes to the account and the operators where SES refuses every owner', async () => {
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

import { describe, expect, it } from 'vitest';
import { readLink } from '../../tasks/domain/asking/link.ts';
import { day, later } from '../../tasks/domain/time.ts';
import { offerRollback } from '../../tasks/rotate-user-key/offer-rollback.ts';
import { ago, now } from '../domain/uses.ts';
import { given } from './given.ts';
import { executionArn, linkKeys } from './ids.ts';
import { calls, mails, mockAws, recipients } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { leaked, makeWithdrawal, makeWork } from './work.ts';

const aws = mockAws();
const { dependencies, logged } = setUp();
const taskToken = 'AQC-secret-task-token';
const since = ago(1);
const offer = (work = makeWork(), more: object = {}) =>
  offerRollback.invoke(
    { ...work, stage: 'window', round: 2, reminder: 0, taskToken, since, ...more },
    dependencies,
  );

describe('OfferRollback', () => {
  it('mails the owner one link, to roll back until the window closes', async () => {
    given(aws);
    await expect(offer()).resolves.toEqual({ to: ['ada@example.com'] });
    const text = mails(aws)[0]?.text ?? '';
    const links = [...text.matchAll(/\/answer\/([\w.-]+)/g)].map(([, link]) => link ?? '');
    expect(links.map((link) => readLink(link, linkKeys, now))).toEqual([
      {
        state: 'valid',
        reference: {
          executionArn,
          stage: 'window',
          round: 2,
          decision: 'rollBack',
          expiresAt: later(since, 10 * day),
        },
      },
    ]);
  });

  it('tells its token to nobody, and goes into no account', async () => {
    given(aws);
    const answer = await offer();
    expect(JSON.stringify([answer, mails(aws), logged])).not.toContain(taskToken);
    expect(calls(aws)).not.toContain('AssumeRole');
  });

  it('mails nobody again while the same question waits on', async () => {
    given(aws);
    await expect(offer(makeWork(), { isOffered: true })).resolves.toEqual({ to: [] });
    await expect(offer(makeWork(leaked), { isOffered: true })).resolves.toEqual({ to: [] });
    expect(calls(aws)).toEqual([]);
    await offer(makeWork(), { isOffered: false });
    expect(mails(aws)).toHaveLength(1);
  });

  it('offers the new key of a withdrawn rotation back', async () => {
    given(aws);
    await offer(makeWithdrawal());
    expect(mails(aws)).toMatchObject([
      { to: ['ada@example.com'], subject: expect.stringMatching(/new access key.*inactive/i) },
    ]);
  });

  it('writes of a leaked key to everybody', async () => {
    given(aws);
    await offer(makeWork(leaked));
    expect(recipients(aws)).toEqual(['ada@example.com', 'payments@example.com', 'ops@example.com']);
    expect(mails(aws)[0]?.subject).toMatch(/leaked access key made inactive/);
  });

  it('writes to the account and the operators if SES refuses every owner', async () => {
    given(aws, { refused: ['ada@example.com'] });
    await expect(offer()).resolves.toEqual({ to: ['payments@example.com', 'ops@example.com'] });
  });

  it('ends with an error if nobody can be told: the key must not be deleted then', async () => {
    given(aws, { refused: ['ada@example.com', 'payments@example.com', 'ops@example.com'] });
    await expect(offer()).rejects.toMatchObject({ name: 'MailRefused' });
  });
});

import { describe, expect, it } from 'vitest';
import { readLink } from '../../tasks/domain/link.ts';
import { day, later } from '../../tasks/domain/time.ts';
import { askOwner } from '../../tasks/rotate-user-key/ask-owner.ts';
import {
  allowed,
  daysAgo,
  executionArn,
  given,
  linkKeys,
  mails,
  makeStage,
  makeStageWithoutNewKey,
  mockAws,
  now,
  oldKeyId,
  recipients,
  setUp,
  unknownUse,
  usedAt,
} from './setting-up.ts';

const aws = mockAws();
const { dependencies, logged } = setUp();
const taskToken = 'AQC-secret-task-token';
const since = daysAgo(3);
const question = { ...makeStage(), stage: 'ask', round: 1, reminder: 0, taskToken, since };
const ask = (changed: object = {}) => askOwner.invoke({ ...question, ...changed }, dependencies);
const uses = { [oldKeyId]: usedAt(daysAgo(1)) };

/** The references in a mail's links, in order. */
const linksIn = (text: string) =>
  [...text.matchAll(/https:\/\/keyturn\.example\.com\/answer\/([\w.-]+)/g)].map(([, link]) =>
    readLink(link ?? '', linkKeys, now),
  );

describe('AskOwner', () => {
  it('mails the owner, with links that say what they are for until the last reminder’s time is over', async () => {
    given(aws, { uses });
    await expect(ask()).resolves.toEqual({ to: ['ada@example.com'] });
    const [mail, ...others] = mails(aws);
    expect(others).toEqual([]);
    const reference = { executionArn, stage: 'ask', round: 1, expiresAt: later(since, 15 * day) };
    expect(linksIn(mail?.text ?? '')).toEqual([
      { state: 'valid', reference: { ...reference, decision: 'confirm' } },
      { state: 'valid', reference: { ...reference, decision: 'rollBack' } },
    ]);
    expect(linksIn(mail?.html ?? '')).toEqual(linksIn(mail?.text ?? ''));
  });

  it('repeats the first mail’s links in a reminder', async () => {
    given(aws, { uses });
    await ask();
    await ask({ reminder: 2, taskToken: 'AQC-another-token' });
    const [first, second] = mails(aws);
    expect(linksIn(second?.text ?? '')).toEqual(linksIn(first?.text ?? ''));
    expect(second?.subject).toMatch(/^Reminder 2 of 4/);
  });

  it('tells its token to nobody', async () => {
    given(aws, { uses });
    const answer = await ask();
    expect(JSON.stringify([answer, mails(aws), logged])).not.toContain(taskToken);
  });

  it.each([
    ['where the old key is used from', usedAt(daysAgo(1)), 's3 in eu-west-1'],
    ['that IAM can’t tell, and asks all the same', unknownUse(), 'could not say (AccessDenied)'],
  ])('says %s', async (_, use, said) => {
    given(aws, { uses: { [oldKeyId]: use } });
    await ask();
    expect(mails(aws)[0]?.text).toContain(said);
    expect(allowed(aws)).toEqual(['iam:GetAccessKeyLastUsed']);
  });

  it.each([
    ['the owner', 0, ['ada@example.com']],
    ['the owner', 3, ['ada@example.com']],
    [
      'the owner, the account’s address and the operators',
      4,
      ['ada@example.com', 'payments@example.com', 'ops@example.com'],
    ],
  ])('writes to %s in reminder %i of 4', async (_, reminder, to) => {
    given(aws, { uses });
    await expect(ask({ reminder })).resolves.toEqual({ to });
    expect(recipients(aws)).toEqual(to);
  });

  it('asks whether a surplus key may go, where there is no new one', async () => {
    given(aws, { uses });
    await ask(makeStageWithoutNewKey({ act: 'retire' }));
    expect(mails(aws)[0]?.subject).toMatch(/^Access key to retire/);
  });

  it('writes to the account and the operators where SES refuses every owner', async () => {
    given(aws, { uses, refused: ['ada@example.com'] });
    await expect(ask()).resolves.toEqual({ to: ['payments@example.com', 'ops@example.com'] });
  });

  it('says that nobody could be reached', async () => {
    given(aws, { uses, refused: ['ada@example.com', 'payments@example.com', 'ops@example.com'] });
    await expect(ask()).rejects.toMatchObject({ name: 'MailRefused' });
  });
});

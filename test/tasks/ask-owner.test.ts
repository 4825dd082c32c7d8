import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { describe, expect, it } from 'vitest';
import { subjectOf } from '../../local/story/mails.ts';
import { readLink } from '../../tasks/domain/asking/link.ts';
import { readOrigin } from '../../tasks/domain/asking/mail-origin.ts';
import { undisturbed } from '../../tasks/domain/asking/question.ts';
import { day, later } from '../../tasks/domain/time.ts';
import { showTime } from '../../tasks/messages/words.ts';
import { askOwner } from '../../tasks/rotate-user-key/ask-owner.ts';
import { ago, neverUsed, now, unknownUse, usedAt } from '../domain/uses.ts';
import { given } from './given.ts';
import { executionArn, linkKeys, newKeyId, oldKeyId } from './ids.ts';
import { allowed, mails, mockAws, recipients } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';
import { makeWork, makeWorkWithoutNewKey } from './work.ts';

const aws = mockAws();
const { dependencies, logged } = setUp();
const taskToken = 'AQC-secret-task-token';
const since = ago(3);
const question = {
  ...makeWork(),
  stage: 'ask',
  round: 1,
  reminder: 0,
  taskToken,
  since,
  asking: undisturbed,
};
const ask = (changed: object = {}) => askOwner.invoke({ ...question, ...changed }, dependencies);
const uses = { [oldKeyId]: usedAt(ago(1)) };

/** The references in a mail's links, in order. */
const linksIn = (text: string) =>
  [...text.matchAll(/https:\/\/keyturn\.example\.com\/answer\/([\w.-]+)/g)].map(([, link]) =>
    readLink(link ?? '', linkKeys, now),
  );

describe('AskOwner', () => {
  it('mails the owner, with links that say what they are for, as long as the answer can be taken back', async () => {
    given(aws, { uses });
    await expect(ask()).resolves.toMatchObject({ to: ['ada@example.com'] });
    const [mail, ...others] = mails(aws);
    expect(others).toEqual([]);
    const reference = {
      executionArn,
      stage: 'ask',
      round: 1,
      expiresAt: later(since, (15 + 14 + 2 * 30 + 10) * day),
    };
    expect(linksIn(mail?.text ?? '')).toEqual([
      { state: 'valid', reference: { ...reference, decision: 'confirm' } },
      { state: 'valid', reference: { ...reference, decision: 'moreTime' } },
      { state: 'valid', reference: { ...reference, decision: 'notNeeded' } },
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
    expect(second?.subject).toMatch(/^deploy-bot: install the new access key by \d+ \w+ \[/);
  });

  it('repeats them also after the answer was put off, as they are good until then', async () => {
    given(aws, { uses });
    await ask();
    const interruption = { kind: 'moreTime', days: 7, by: 'ada', reason: 'on holiday' };
    await ask({ asking: { postponedDays: 7, postponedInAll: 7, unreachable: [], interruption } });
    const [first, second] = mails(aws);
    expect(linksIn(second?.text ?? '')).toEqual(linksIn(first?.text ?? ''));
    expect(second?.subject).toMatch(/^deploy-bot: install the new access key by \d+ \w+ \(7 days more\)/);
    expect(second?.text).toContain(`Answer by ${showTime(later(since, 22 * day))}`);
  });

  it('leaves out whose mail came back, and asks the others in that place', async () => {
    given(aws, { uses });
    const interruption = { kind: 'unreachable', address: 'ada@example.com', because: 'a permanent bounce' };
    const asking = { postponedDays: 0, postponedInAll: 0, unreachable: ['ada@example.com'] };
    await ask({ asking: { ...asking, interruption } });
    await ask({ asking, reminder: 1 });
    const others = ['payments@example.com', 'ops@example.com'];
    expect(recipients(aws)).toEqual([...others, ...others]);
    expect(mails(aws).map(({ subject }) => subjectOf({ subject }).what.replace(/ by \d+ \w+/, ''))).toEqual([
      ...Array(2).fill('install the new access key (owner not reached)'),
      ...Array(2).fill('install the new access key'),
    ]);
  });

  it('says by its tags which question a bounce would be about', async () => {
    given(aws, { uses });
    await ask({ round: 2 });
    const { EmailTags } = aws.ses.commandCalls(SendEmailCommand)[0]?.args[0].input ?? {};
    const tags = Object.fromEntries((EmailTags ?? []).map(({ Name, Value }) => [Name, Value ?? '']));
    expect(readOrigin(tags)).toEqual({
      executionArn,
      mail: 'newKeyReady',
      question: { stage: 'ask', round: 2 },
    });
  });

  it('answers with what IAM says of both keys, for the owner’s page', async () => {
    given(aws, { uses: { ...uses, [newKeyId]: neverUsed } });
    await expect(ask()).resolves.toMatchObject({
      evidence: { at: now, oldKey: { state: 'used', service: 's3' }, newKey: { state: 'neverUsed' } },
    });
  });

  it('tells its token to nobody', async () => {
    given(aws, { uses });
    const answer = await ask();
    expect(JSON.stringify([answer, mails(aws), logged])).not.toContain(taskToken);
  });

  it.each([
    ['where the old key is used from', usedAt(ago(1)), 's3 in eu-west-1'],
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
    ['the owner and the account’s address', 4, ['ada@example.com', 'payments@example.com']],
  ])('writes to %s in reminder %i of 4', async (_, reminder, to) => {
    given(aws, { uses });
    await expect(ask({ reminder })).resolves.toMatchObject({ to });
    expect(recipients(aws)).toEqual(to);
  });

  it('asks whether a surplus key may go, where there is no new one', async () => {
    given(aws, { uses });
    await ask(makeWorkWithoutNewKey({ act: 'retire' }));
    expect(mails(aws)[0]?.subject).toMatch(/^deploy-bot: say if the access key can be deleted, by /);
  });

  it('writes to the account and the operators where SES refuses every owner', async () => {
    given(aws, { uses, refused: ['ada@example.com'] });
    await expect(ask()).resolves.toMatchObject({ to: ['payments@example.com', 'ops@example.com'] });
  });

  it('says that nobody could be reached', async () => {
    given(aws, { uses, refused: ['ada@example.com', 'payments@example.com', 'ops@example.com'] });
    await expect(ask()).rejects.toMatchObject({ name: 'MailRefused' });
  });
});

import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { beforeEach, describe, expect, it } from 'vitest';
import { mailTo } from '../../tasks/aws/mailer.ts';
import type { MailOrigin } from '../../tasks/domain/asking/mail-origin.ts';
import { given } from './given.ts';
import { awsError, mails, mockAws, recipients } from './mocked-aws.ts';
import { setUp } from './setting-up.ts';

const aws = mockAws();
let world = setUp();
beforeEach(() => {
  world = setUp();
});
const mail = { subject: 'Rolled back – ✓', text: 'plain', html: '<p>rich</p>' };
const [ada, bob, ops] = ['ada@example.com', 'bob@example.com', 'ops@example.com'];
const send = (to: string[], instead?: string[], about?: MailOrigin) =>
  mailTo(world.dependencies, to, mail, instead, about);

/** SES's answers to the first tries to mail that address; it takes the next. */
function givenFailures(address: string, codes: readonly string[], status = 400): void {
  const asked = aws.ses.on(SendEmailCommand, { Destination: { ToAddresses: [address] } });
  for (const code of codes) asked.rejectsOnce(awsError(code, status));
  asked.resolves({ MessageId: '1' });
}

describe('a mail', () => {
  it('goes to each by itself, once, in both forms, and says that no person sent it', async () => {
    given(aws);
    await expect(send([ada, bob, ada], [ops])).resolves.toEqual([ada, bob]);
    expect(mails(aws)).toEqual([
      { to: [ada], ...mail },
      { to: [bob], ...mail },
    ]);
    expect(aws.ses).toHaveReceivedCommandWith(SendEmailCommand, {
      FromEmailAddress: 'keyturn@example.com',
      Content: {
        Simple: {
          Subject: { Data: mail.subject, Charset: 'UTF-8' },
          Body: {
            Text: { Data: mail.text, Charset: 'UTF-8' },
            Html: { Data: mail.html, Charset: 'UTF-8' },
          },
          Headers: [{ Name: 'Auto-Submitted', Value: 'auto-generated' }],
        },
      },
    });
  });

  it('belongs to the conversation of its question, which every reminder names alike and another round does not', async () => {
    given(aws);
    const executionArn = 'arn:aws:states:eu-west-1:999999999999:execution:keyturn-rotate-user-key:one';
    const about = (round: number, kind: string) =>
      ({ executionArn, mail: kind, question: { stage: 'ask', round } }) as const;
    for (const origin of [about(1, 'newKeyReady'), about(1, 'reminder'), about(2, 'newKeyReady')])
      await send([ada], [], origin);
    const headers = aws.ses
      .commandCalls(SendEmailCommand)
      .map(({ args: [{ input }] }) => input.Content?.Simple?.Headers ?? []);
    const [first, reminder, next] = headers.map(
      (all) => all.find(({ Name }) => Name === 'References')?.Value,
    );
    expect(first).toMatch(/^<[0-9a-f]{32}@example\.com>$/);
    expect(reminder).toBe(first);
    expect(next).not.toBe(first);
    expect(headers[0]).toContainEqual({ Name: 'In-Reply-To', Value: first });
  });

  it('reaches the others if one address is refused, and says which in log and metric', async () => {
    given(aws, { refused: [ada] });
    await expect(send([ada, bob], [ops])).resolves.toEqual([bob]);
    expect(world.logged).toMatchObject([
      { level: 'warn', details: { address: ada, because: 'MessageRejected' } },
    ]);
    expect(world.recorded).toEqual([{ MailNotSent: 1 }]);
    expect(recipients(aws)).toEqual([ada, bob]);
  });

  it('goes to those instead if everybody is refused, and tries nobody twice', async () => {
    given(aws, { refused: [ada, bob] });
    await expect(send([ada, bob], [bob, ops])).resolves.toEqual([ops]);
    expect(recipients(aws)).toEqual([ada, bob, ops]);
    expect(world.recorded).toEqual([{ MailNotSent: 2 }]);
  });

  it('ends as MailRefused if nobody is left, naming all, and counts it', async () => {
    given(aws, { refused: [ada, ops] });
    await expect(send([ada], [ops])).rejects.toMatchObject({
      name: 'MailRefused',
      message: expect.stringMatching(/ada@example\.com \(MessageRejected: .*ops@example\.com \(/),
    });
    expect(world.recorded).toEqual([{ OperatorsUnreachable: 1 }, { MailRefused: 1 }]);
    await expect(send([ada])).rejects.toMatchObject({ name: 'MailRefused' });
  });

  it.each([
    'SendingPausedException',
    'AccountSuspendedException',
    'MailFromDomainNotVerifiedException',
    'AccessDeniedException',
    'NotFoundException',
  ])('is refused by a sender that may not send (%s), whoever it is for', async (code) => {
    given(aws);
    aws.ses.on(SendEmailCommand).rejects(awsError(code));
    await expect(send([ada], [ops])).rejects.toMatchObject({ name: 'MailRefused' });
    expect(recipients(aws)).toEqual([ada, ops]);
    expect(world.slept).toEqual([]);
  });

  it('reaches the one of two whom SES allows, although the other’s identity is denied', async () => {
    given(aws);
    givenFailures(ada, ['AccessDeniedException']);
    await expect(send([ada, bob])).resolves.toEqual([bob]);
  });

  it('is tried again within the run for those alone whom SES was too busy for', async () => {
    given(aws);
    givenFailures(bob, ['TooManyRequestsException', 'TooManyRequestsException']);
    await expect(send([ada, bob], [ops])).resolves.toEqual([ada, bob]);
    expect(recipients(aws)).toEqual([ada, bob, bob, bob]);
    expect(world.slept).toEqual([1000, 1500]);
    expect(world.recorded).toEqual([]);
  });

  it('counts as sent if one is reached and SES stays too busy for the other, which takes no more than 20 s', async () => {
    given(aws);
    givenFailures(bob, Array(99).fill('TooManyRequestsException'));
    await expect(send([ada, bob], [ops])).resolves.toEqual([ada]);
    expect(recipients(aws).filter((address) => address === ada)).toHaveLength(1);
    expect(world.slept.reduce((sum, pause) => sum + pause, 0)).toBeLessThanOrEqual(20_000);
    expect(world.recorded).toEqual([{ MailNotSent: 1 }]);
  });

  it.each(['TooManyRequestsException', 'InternalFailure'])(
    'is worth another run if nobody was reached and one may be (%s), and nobody else is mailed instead',
    async (code) => {
      given(aws, { refused: [ada] });
      givenFailures(bob, Array(99).fill(code), 500);
      await expect(send([ada, bob], [ops])).rejects.toMatchObject({ name: 'AwsUnavailable' });
      expect(recipients(aws)).not.toContain(ops);
    },
  );

  it('is refused, not delayed, once the day’s quota is used up', async () => {
    given(aws);
    const error = Object.assign(awsError('TooManyRequestsException', 429), {
      message: 'Daily message quota exceeded.',
    });
    aws.ses.on(SendEmailCommand).rejects(error);
    await expect(send([ada])).rejects.toMatchObject({ name: 'MailRefused' });
  });

  it('does not take an error of our own for one of SES’s', async () => {
    given(aws);
    aws.ses.on(SendEmailCommand).rejects(new TypeError('no such thing'));
    await expect(send([ada], [ops])).rejects.toThrow(TypeError);
  });
});

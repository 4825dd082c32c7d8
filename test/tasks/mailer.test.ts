import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { beforeEach, describe, expect, it } from 'vitest';
import { mailTo } from '../../tasks/aws/mailer.ts';
import { awsError, given, mails, mockAws, recipients, setUp } from './setting-up.ts';

const aws = mockAws();
let world = setUp();
beforeEach(() => {
  world = setUp();
});
const mail = { subject: 'Rolled back – ✓', text: 'plain', html: '<p>rich</p>' };
const [ada, bob, ops] = ['ada@example.com', 'bob@example.com', 'ops@example.com'];
const send = (to: string[], instead?: string[]) => mailTo(world.dependencies, to, mail, instead);

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

  it('reaches the others where one address is refused, and the log says which', async () => {
    given(aws, { refused: [ada] });
    await expect(send([ada, bob], [ops])).resolves.toEqual([bob]);
    expect(world.logged).toMatchObject([
      { level: 'warn', details: { address: ada, because: 'MessageRejected' } },
    ]);
  });

  it('goes to those instead where everybody is refused, and tries nobody twice', async () => {
    given(aws, { refused: [ada, bob] });
    await expect(send([ada, bob], [bob, ops])).resolves.toEqual([ops]);
    expect(recipients(aws)).toEqual([ada, bob, ops]);
  });

  it('ends as MailRefused where nobody is left, naming all', async () => {
    given(aws, { refused: [ada, ops] });
    await expect(send([ada], [ops])).rejects.toMatchObject({
      name: 'MailRefused',
      message: expect.stringContaining(`${ada}, ${ops}`),
    });
    await expect(send([ada])).rejects.toMatchObject({ name: 'MailRefused' });
  });

  it.each(['TooManyRequestsException', 'AccessDeniedException'])(
    'is not taken for refused at %s',
    async (code) => {
      given(aws);
      aws.ses.on(SendEmailCommand).rejects(awsError(code));
      await expect(send([ada], [ops])).rejects.toMatchObject({ name: code });
      expect(recipients(aws)).toEqual([ada]);
    },
  );
});

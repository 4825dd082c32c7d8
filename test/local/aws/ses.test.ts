import { GetAccountCommand, ListEmailIdentitiesCommand, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { expect, it } from 'vitest';
import { makeWorld, START } from './fixture.ts';

const FromEmailAddress = 'keys@example.com';
const Simple = {
  Subject: { Data: 'A new key – soon' },
  Body: { Text: { Data: 'Read me' }, Html: { Data: '<p>Read me</p>' } },
  Headers: [{ Name: 'X-Execution', Value: 'abc' }],
};
const Destination = { ToAddresses: ['owner@example.com'] };

it('keeps a mail as it was sent', async () => {
  const { aws, clients } = makeWorld();
  const EmailTags = [{ Name: 'stage', Value: 'ask' }];
  const ReplyToAddresses = ['operators@example.com'];
  const { MessageId } = await clients.ses.send(
    new SendEmailCommand({ FromEmailAddress, Destination, Content: { Simple }, EmailTags, ReplyToAddresses }),
  );
  expect(aws.mails).toEqual([
    {
      id: MessageId,
      from: FromEmailAddress,
      to: ['owner@example.com'],
      subject: 'A new key – soon',
      text: 'Read me',
      html: '<p>Read me</p>',
      headers: { 'X-Execution': 'abc', 'Reply-To': 'operators@example.com' },
      sentAt: START,
      tags: { stage: 'ask' },
    },
  ]);
});

it('rejects mail to configured recipients', async () => {
  const { aws, clients } = makeWorld();
  aws.rejectMailTo((recipient) => recipient.startsWith('owner@'));
  const send = clients.ses.send(new SendEmailCommand({ FromEmailAddress, Destination, Content: { Simple } }));
  await expect(send).rejects.toMatchObject({ name: 'MessageRejected', $metadata: { httpStatusCode: 400 } });
  expect(aws.mails).toEqual([]);
});

it('refuses what it would otherwise ignore', async () => {
  const { ses } = makeWorld().clients;
  const copied = { ...Destination, CcAddresses: ['boss@example.com'] };
  const send = ses.send(new SendEmailCommand({ FromEmailAddress, Destination: copied, Content: { Simple } }));
  await expect(send).rejects.toThrow(/Destination.CcAddresses/);
});

it('is out of the sandbox by default', async () => {
  expect(await makeWorld().clients.ses.send(new GetAccountCommand({}))).toMatchObject({
    ProductionAccessEnabled: true,
    SendingEnabled: true,
  });
});

it('names what it models when asked for something else', async () => {
  const list = makeWorld().clients.ses.send(new ListEmailIdentitiesCommand({}));
  await expect(list).rejects.toThrow('Modelled are: GetAccount, SendEmail.');
});

const send = ({ clients }: ReturnType<typeof makeWorld>, to = 'owner@example.com') =>
  clients.ses.send(
    new SendEmailCommand({
      FromEmailAddress,
      Destination: { ToAddresses: [to] },
      Content: { Simple },
    }),
  );

it('in the sandbox sends to verified recipients only, and says so', async () => {
  const world = makeWorld();
  world.aws.sending.sandbox = (recipient) => recipient.startsWith('owner@');
  await send(world);
  await expect(send(world, 'other@example.com')).rejects.toMatchObject({
    name: 'MessageRejected',
    message: expect.stringContaining('Email address is not verified'),
  });
  expect(await world.clients.ses.send(new GetAccountCommand({}))).toMatchObject({
    ProductionAccessEnabled: false,
    SendQuota: { Max24HourSend: 200, MaxSendRate: 1, SentLast24Hours: 1 },
  });
});

it.each([
  ['paused', 'SendingPausedException', 'HEALTHY'],
  ['suspended', 'AccountSuspendedException', 'SHUTDOWN'],
] as const)('sends nothing while sending is %s', async (stopped, name, EnforcementStatus) => {
  const world = makeWorld();
  world.aws.sending.stopped = stopped;
  await expect(send(world)).rejects.toMatchObject({ name });
  const account = await world.clients.ses.send(new GetAccountCommand({}));
  expect(account).toMatchObject({ SendingEnabled: false, EnforcementStatus });
});

it('sends no faster than it may, and no more in a day', async () => {
  const world = makeWorld();
  Object.assign(world.aws.sending, { perSecond: 1, perDay: 2 });
  await send(world);
  await expect(send(world)).rejects.toMatchObject({ name: 'TooManyRequestsException' });
  world.pass(1);
  await send(world);
  world.pass(1);
  await expect(send(world)).rejects.toMatchObject({ name: 'LimitExceededException' });
  world.pass(86_400);
  await expect(send(world)).resolves.toBeDefined();
});

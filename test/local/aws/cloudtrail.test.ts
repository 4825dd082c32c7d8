import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, expect, it } from 'vitest';
import { MEMBER, type ModelWorld, makeWorld, START } from './fixture.ts';

let world: ModelWorld;
beforeEach(() => {
  world = makeWorld();
});

const client = (region = 'eu-west-1', accountId = MEMBER): CloudTrailClient =>
  new CloudTrailClient({
    region,
    credentials: world.aws.credentialsFor('reader', accountId),
    requestHandler: world.aws.requestHandler,
    maxAttempts: 1,
  });

const byKey = (more: object = {}): LookupEventsCommand =>
  new LookupEventsCommand({
    LookupAttributes: [{ AttributeKey: 'AccessKeyId', AttributeValue: world.key.id }],
    ...more,
  });

function uses(everyHours: number, more: object = {}): void {
  const from = new Date(START.getTime() - 5 * 3_600_000);
  world.app.usages.push({
    ...{ keyId: world.key.id, from, everyHours, service: 'sqs', region: 'eu-west-1' },
    ...more,
  });
}

it('CloudTrail has the calls of an application with a key, the newest first, each with address and program', async () => {
  uses(1, { address: '198.51.100.7', agent: 'aws-cli/2.15.0' });
  const { Events = [] } = await client().send(byKey());
  expect(Events.map(({ EventTime }) => EventTime?.toISOString().slice(11, 16))).toEqual([
    ...['11:00', '10:00', '09:00', '08:00', '07:00'],
  ]);
  expect(Events[0]).toMatchObject({ EventName: 'ListQueues', EventSource: 'sqs.amazonaws.com' });
  expect(JSON.parse(Events[0]?.CloudTrailEvent ?? '')).toMatchObject({
    ...{ sourceIPAddress: '198.51.100.7', userAgent: 'aws-cli/2.15.0', eventTime: '2026-03-01T11:00:00Z' },
  });
});

it('CloudTrail knows a call that reached this AWS, fifteen minutes late', async () => {
  const credentials = { accessKeyId: world.key.id, secretAccessKey: world.key.secret };
  const { requestHandler } = world.aws;
  await new STSClient({ region: 'eu-west-1', credentials, requestHandler }).send(
    new GetCallerIdentityCommand({}),
  );
  world.pass(14 * 60);
  expect((await client().send(byKey())).Events).toEqual([]);
  world.pass(60);
  const { Events = [] } = await client().send(byKey());
  expect(Events[0]?.EventName).toBe('GetCallerIdentity');
  expect(Events[0]?.CloudTrailEvent).toContain('aws-sdk-js');
});

it('CloudTrail answers for one account and one region, and pages', async () => {
  uses(1);
  expect((await client('us-east-1').send(byKey())).Events).toEqual([]);
  expect((await client('eu-west-1', '111111111111').send(byKey())).Events).toEqual([]);
  world.pass(1);
  const { Events, NextToken } = await client().send(byKey({ MaxResults: 3 }));
  expect(Events).toHaveLength(3);
  expect((await client().send(byKey({ MaxResults: 3, NextToken }))).Events).toHaveLength(2);
  world.pass(1);
  const StartTime = new Date(START.getTime() - 2 * 3_600_000);
  expect((await client().send(byKey({ StartTime }))).Events).toHaveLength(2);
});

it('CloudTrail takes two requests in a second, and forgets after 90 days', async () => {
  uses(Infinity);
  await client().send(byKey());
  await client().send(byKey());
  await expect(client().send(byKey())).rejects.toMatchObject({ name: 'ThrottlingException' });
  expect((await client('us-east-1').send(byKey())).Events).toEqual([]);
  world.pass(91 * 86_400);
  expect((await client().send(byKey())).Events).toEqual([]);
});

import { Readable } from 'node:stream';
import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { GetRoleCommand, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, GetKeyPolicyCommand, GetKeyRotationStatusCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand, NoSuchKey } from '@aws-sdk/client-s3';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { sdkStreamMixin } from '@smithy/core/serde';
import type { Deployment } from '../../../infra/settings.ts';
import { type Aws, alarmsOf, awsError, canaryHas, keyPolicy, listing } from '../a-deployment.ts';
import type { Case } from './case.ts';

const central = { storage: { where: 'central' } };

/** What can be wrong with alarms, leak stacks and keys. */
export function alarmAndKeyCases(aws: Aws): Case[] {
  const alarmsWith = (deployment: Deployment, changes: Partial<MetricAlarm>): void =>
    void aws.alarms.on(DescribeAlarmsCommand).callsFake(listing(alarmsOf(deployment, changes)));
  const subscribed = (...arns: readonly string[]): void =>
    void aws.sns.on(ListSubscriptionsByTopicCommand).resolves({
      Subscriptions: arns.map((SubscriptionArn, index) => ({
        SubscriptionArn,
        Protocol: 'email',
        Endpoint: `${'ab'[index]}@example.com`,
      })),
    });

  return [
    ...canaryCases(aws),
    ...leaseCases(aws),
    {
      check: 'alarms',
      when: 'they are missing',
      spoil: () => aws.alarms.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [] }),
      status: 'fail',
      seen: /Missing in eu-west-1: keyturn: Rotation failed/,
    },
    {
      check: 'alarms',
      when: 'one is switched off',
      spoil: (deployment) => alarmsWith(deployment, { ActionsEnabled: false }),
      status: 'fail',
      seen: /Tell nobody/,
    },
    {
      check: 'alarms',
      when: 'one tells nobody',
      spoil: (deployment) => alarmsWith(deployment, { AlarmActions: [] }),
      status: 'fail',
      seen: /Tell nobody/,
    },
    {
      check: 'alarms',
      when: 'one sounds',
      spoil: (deployment) => alarmsWith(deployment, { StateValue: 'ALARM' }),
      status: 'warn',
      seen: /Sounding/,
    },
    {
      check: 'alarms subscribed',
      when: 'nobody is',
      spoil: () => aws.sns.on(ListSubscriptionsByTopicCommand).resolves({ Subscriptions: [] }),
      status: 'fail',
      seen: /Nobody is subscribed to keyturn-operators/,
    },
    {
      check: 'alarms subscribed',
      when: 'nobody has confirmed',
      spoil: () => subscribed('PendingConfirmation'),
      status: 'fail',
      seen: /a@example\.com has not confirmed/,
    },
    {
      check: 'alarms subscribed',
      when: 'one of two has confirmed',
      spoil: () =>
        subscribed('arn:aws:sns:eu-west-1:111111111111:keyturn-operators:1', 'PendingConfirmation'),
      status: 'warn',
      seen: /b@example\.com has not confirmed/,
    },
    {
      check: 'alarms subscribed',
      when: 'there is no topic',
      spoil: () => aws.sns.on(ListSubscriptionsByTopicCommand).rejects(awsError('NotFoundException')),
      status: 'fail',
      seen: /no topic keyturn-operators/,
    },
    {
      check: 'leak stacks',
      when: 'they aren’t deployed',
      spoil: () => aws.iam.on(GetRoleCommand).rejects(awsError('NoSuchEntityException')),
      status: 'fail',
      seen: /leak stack of us-east-1 isn’t deployed/,
    },
    {
      check: 'leak stacks',
      when: 'nobody has confirmed there',
      spoil: () => subscribed('PendingConfirmation'),
      status: 'fail',
      seen: /Nobody hears the alarms of us-east-1/,
    },
    {
      check: 'leak stacks',
      when: 'the caller may not look there',
      spoil: () =>
        aws.alarms
          .on(DescribeAlarmsCommand)
          .rejects(awsError('AccessDenied', 'denied by a service control policy')),
      status: 'unknown',
      seen: /us-east-1: AWS denied it: denied by a service control policy/,
    },
    {
      check: 'link key',
      when: 'there is none',
      spoil: () => aws.secrets.on(DescribeSecretCommand).rejects(awsError('ResourceNotFoundException')),
      status: 'fail',
      seen: /no secret keyturn\/link-key/,
    },
    {
      check: 'link key',
      when: 'it is marked for deletion',
      spoil: () => aws.secrets.on(DescribeSecretCommand).resolves({ DeletedDate: new Date(0) }),
      status: 'fail',
      seen: /marked for deletion/,
    },
    {
      check: 'key policies',
      when: 'a key is going to be deleted',
      spoil: () =>
        aws.kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: 'k', KeyState: 'PendingDeletion' } }),
      status: 'fail',
      seen: /alias\/keyturn in eu-west-1 is PendingDeletion/,
    },
    {
      check: 'key policies',
      when: 'the policy forgets a service',
      spoil: () =>
        aws.kms
          .on(GetKeyPolicyCommand)
          .resolves({ Policy: keyPolicy('o-exampleorgid', ['cloudwatch', 'events']) }),
      status: 'fail',
      seen: /doesn’t admit logs\.eu-west-1\.amazonaws\.com/,
    },
    {
      check: 'key policies',
      when: 'members may not decrypt in central storage',
      settings: central,
      spoil: () => aws.kms.on(GetKeyPolicyCommand).resolves({ Policy: keyPolicy('o-another0000') }),
      status: 'fail',
      seen: /alias\/keyturn-secrets in eu-west-1 doesn’t let accounts of o-exampleorgid decrypt/,
    },
    {
      check: 'key policies',
      when: 'it isn’t rotated',
      spoil: () => aws.kms.on(GetKeyRotationStatusCommand).resolves({ KeyRotationEnabled: false }),
      status: 'warn',
      seen: /isn’t rotated automatically/,
    },
    {
      check: 'replica regions',
      when: 'one has no key',
      settings: { storage: { replicaRegions: ['eu-central-1'] } },
      spoil: () => aws.kms.on(DescribeKeyCommand).rejects(awsError('NotFoundException')),
      status: 'fail',
      seen: /no key alias\/keyturn-secrets in eu-central-1/,
    },
  ];
}

function canaryCases(aws: Aws): Case[] {
  const settings = { canary: true };
  const check = 'canary';
  return [
    {
      check,
      when: 'it is rotated',
      spoil: () => {},
      status: 'ok',
      seen: /oldest key is 3 days old/,
      settings,
    },
    {
      ...{ check, settings, status: 'fail' },
      when: 'its rotations don’t complete',
      spoil: () => canaryHas(aws, 2, 15),
      seen: /oldest key is 15 days old, the most is 14/,
    },
    {
      ...{ check, settings, status: 'fail' },
      when: 'it has no key',
      spoil: () => canaryHas(aws),
      seen: /no access key/,
    },
    {
      ...{ check, settings, status: 'fail' },
      when: 'the user is gone',
      spoil: () => aws.iam.on(ListAccessKeysCommand).rejects(awsError('NoSuchEntityException')),
      seen: /no user keyturn-canary/,
    },
    {
      ...{ check, settings, status: 'fail' },
      when: 'its schedule is switched off',
      spoil: () =>
        aws.scheduler.on(GetScheduleCommand, { Name: 'keyturn-canary' }).resolves({ State: 'DISABLED' }),
      seen: /keyturn-canary is DISABLED/,
    },
  ];
}

function leaseCases({ s3 }: Aws): Case[] {
  const about = {
    check: 'lease',
    settings: {
      ...{ region: 'eu-west-1', standby: { region: 'eu-central-1' } },
      storage: { where: 'central', replicaRegions: ['eu-central-1'] },
    },
  };
  const answers = (text: string): void =>
    void s3.on(GetObjectCommand, { Key: 'lease.json' }).callsFake(() => ({
      Body: sdkStreamMixin(Readable.from([Buffer.from(text)])),
    }));
  const heldBy = (region: string): string =>
    JSON.stringify({
      ...{ region, by: 'Jane', reason: 'drill' },
      ...{ from: '2026-11-20T08:00:00.000Z', takenAt: '2026-11-20T07:55:00.000Z' },
    });
  return [
    {
      ...about,
      when: 'this region holds it',
      spoil: () => answers(heldBy('eu-west-1')),
      status: 'ok',
      seen: /^eu-west-1 holds the lease/,
    },
    {
      ...about,
      when: 'the other region holds it',
      spoil: () => answers(heldBy('eu-central-1')),
      status: 'ok',
      seen: /this region is on standby/,
    },
    {
      ...about,
      when: 'nobody has taken it',
      spoil: () =>
        void s3
          .on(GetObjectCommand, { Key: 'lease.json' })
          .rejects(new NoSuchKey({ message: 'no', $metadata: {} })),
      status: 'warn',
      seen: /No region holds the lease/,
    },
    {
      ...about,
      when: 'it can’t be read',
      spoil: () => void s3.on(GetObjectCommand, { Key: 'lease.json' }).rejects(awsError('AccessDenied')),
      status: 'unknown',
      seen: /isn’t known/,
    },
  ];
}

import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { except } from './exceptions.ts';
import { prefix } from './names.ts';
import type { Deployment } from './settings.ts';

/**
 * The dead-letter queue for events of schedules, leaks and bounces that could not be delivered. An alarm watches it.
 */
export class DeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, key: IKey) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      queueName: `${prefix}-undelivered`,
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      // Its messages are useless without the rest of the deployment, and its name must become free.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    except(this.queue, 'SQS3', 'It is the dead-letter queue.');
  }
}

/** The permissions that a sender of dead letters needs: for the queue, and for its key. */
export const sendsTo = (
  queue: IQueue,
  key: IKey,
  { region }: Pick<Deployment, 'region'>,
): PolicyStatement[] => [
  new PolicyStatement({
    sid: 'GiveUp',
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
  }),
  new PolicyStatement({
    sid: 'GiveUpKey',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `sqs.${region}.amazonaws.com` } },
  }),
];

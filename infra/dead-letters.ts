import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { except } from './exceptions.ts';
import { prefix } from './names.ts';

/** Where an event ends that could not be delivered: a schedule's, a leak's, a bounce's. An alarm watches it. */
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
      removalPolicy: RemovalPolicy.RETAIN,
    });
    except(this.queue, 'SQS3', 'It is the dead-letter queue.');
  }
}

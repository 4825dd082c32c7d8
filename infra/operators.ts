import { Annotations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { defined } from '../tasks/domain/defined.ts';
import type { Deployment } from './settings.ts';

export interface OperatorsProps {
  readonly deployment: Deployment;
  readonly topicName: string;
  /** If omitted, messages are encrypted as SNS does by itself: alarms can't publish under its managed key. */
  readonly key?: IKey;
}

/** Where alarms go. The operators subscribe by mail; a pager subscribes itself. */
export class Operators extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { deployment, topicName, key }: OperatorsProps) {
    super(scope, id);
    const { account, mail } = deployment;
    this.topic = new Topic(this, 'Topic', {
      topicName,
      displayName: 'keyturn',
      ...defined({ masterKey: key }),
      enforceSSL: true,
    });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
    if (mail.operators === undefined) {
      const message = `mail.operators isn't set: nobody is subscribed to the topic ${topicName}, so nobody hears its alarms`;
      Annotations.of(this).addWarningV2('keyturn:nobodySubscribed', message);
      return;
    }
    this.topic.addSubscription(new EmailSubscription(mail.operators));
  }
}

import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { prefix } from './names.ts';
import type { Deployment } from './settings.ts';

/** Where alarms go. The operators subscribe by mail; a pager subscribes itself. */
export class Operators extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { account, mail }: Deployment, key: IKey) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      topicName: `${prefix}-operators`,
      displayName: 'keyturn',
      masterKey: key,
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
    if (mail.operators !== undefined) this.topic.addSubscription(new EmailSubscription(mail.operators));
  }
}

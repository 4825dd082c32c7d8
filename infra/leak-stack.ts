import { Aws, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus, type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { EventBus as BusTarget } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { handleLeak } from '../tasks/manifest.ts';
import { Alarms, counted } from './alarms.ts';
import { cdkPattern } from './event-route.ts';
import { except } from './exceptions.ts';
import { Operators } from './operators.ts';
import { healthRegionsOf } from './regions.ts';
import type { Deployment } from './settings.ts';

/** What AWS Health says of access keys that are at risk. */
export const leakEvents: EventPattern = cdkPattern(handleLeak.trigger.pattern);

/**
 * By the stack's name, the regions from which AWS Health's events are forwarded: its main region and its backup,
 * without the region of the deployment itself, which has a rule of its own.
 */
export function leakRegionsOf({ region, rolePrefix }: Deployment): ReadonlyMap<string, string> {
  const [main, backup] = healthRegionsOf(region);
  const stacks = new Map([
    [`${rolePrefix}-leaks`, main],
    [`${rolePrefix}-leaks-backup`, backup],
  ]);
  return new Map([...stacks].filter(([, heard]) => heard !== region));
}

/**
 * Forwards AWS Health's events about leaked keys to the bus of the region where keyturn runs. What can't be forwarded
 * in a day is kept here, and an alarm of this region tells the operators: a leak must not be lost between two
 * regions.
 */
export class LeakStack extends Stack {
  constructor(scope: Construct, id: string, deployment: Deployment, from: string, props: StackProps) {
    super(scope, id, {
      description: 'keyturn: forwards what AWS Health reports about leaked keys',
      ...props,
    });
    const { account, region, rolePrefix } = deployment;
    const bus = EventBus.fromEventBusArn(
      this,
      'Bus',
      `arn:${Aws.PARTITION}:events:${region}:${account}:event-bus/default`,
    );
    const role = new Role(this, 'Role', {
      // Roles are global: each of the two regions has one.
      roleName: `${rolePrefix}-leaks-${from}`,
      description: `keyturn: hands events on to ${region}`,
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    });
    const undelivered = this.#undelivered(deployment);
    new Rule(this, 'Leaks', {
      ruleName: `${rolePrefix}-leaked-keys`,
      description: `keyturn: leaked keys, on to ${region}`,
      eventPattern: leakEvents,
      targets: [new BusTarget(bus, { role, deadLetterQueue: undelivered })],
    });
    this.#watch(deployment, undelivered);
  }

  #undelivered({ rolePrefix }: Deployment): Queue {
    const queue = new Queue(this, 'Undelivered', {
      queueName: `${rolePrefix}-leaks-undelivered`,
      // A key's ID is no secret; SQS's own encryption is one that EventBridge can write under without a key's policy.
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    except(queue, 'SQS3', 'It is the dead-letter queue.');
    return queue;
  }

  #watch(deployment: Deployment, undelivered: Queue): void {
    const { rolePrefix, runbookUrl } = deployment;
    const topicName = `${rolePrefix}-leaks-operators`;
    const { topic } = new Operators(this, 'Operators', { deployment, topicName });
    new Alarms(this, 'Alarms', { topic, runbookUrl, namesBegin: rolePrefix }).watch({
      title: 'Leaks undelivered',
      says: `AWS Health reported a leaked key here, and ${deployment.region} could not be told.`,
      metric: undelivered.metricApproximateNumberOfMessagesVisible({ ...counted, statistic: 'Maximum' }),
    });
  }
}

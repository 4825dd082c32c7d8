import { Aws, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus, type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { EventBus as BusTarget } from 'aws-cdk-lib/aws-events-targets';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import { hearLeak } from '../tasks/manifest.ts';
import { cdkPattern } from './event-route.ts';
import { prefix } from './names.ts';
import type { Deployment } from './settings.ts';

/** What AWS Health says when it finds an access key in public. */
export const leakEvents: EventPattern = cdkPattern(hearLeak.trigger.pattern);

/** IAM is global, so AWS Health speaks of its keys in one region of each partition. */
export function healthRegion(region: string): string {
  switch (RegionInfo.get(region).partition) {
    case 'aws-us-gov':
      return 'us-gov-west-1';
    case 'aws-cn':
      return 'cn-northwest-1';
    default:
      return 'us-east-1';
  }
}

/** Hands what AWS Health says of leaked keys on to the bus of the region where keyturn runs. */
export class LeakStack extends Stack {
  constructor(scope: Construct, id: string, { account, region }: Deployment, props: StackProps) {
    super(scope, id, { description: 'keyturn: hands on what AWS Health says of leaked keys', ...props });
    const bus = EventBus.fromEventBusArn(
      this,
      'Bus',
      `arn:${Aws.PARTITION}:events:${region}:${account}:event-bus/default`,
    );
    new Rule(this, 'Leaks', {
      ruleName: `${prefix}-leaked-keys`,
      description: `keyturn: leaked keys, on to ${region}`,
      eventPattern: leakEvents,
      targets: [new BusTarget(bus)],
    });
  }
}

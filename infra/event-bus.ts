import { EventBus } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import { Construct } from 'constructs';
import { marker } from '../tasks/aws/reported.ts';
import { eventBusName } from './names.ts';

export interface StepEventsProps {
  /** The logs in which tasks report steps, by their functions' names. */
  readonly logs: ReadonlyMap<string, ILogGroup>;
  /** The function that makes events of them. */
  readonly to: IFunction;
}

/**
 * keyturn's own event bus, and the subscriptions that take steps there. The rules on it, and who may make some, are
 * the deployer's.
 */
export class StepEvents extends Construct {
  constructor(scope: Construct, id: string, { logs, to }: StepEventsProps) {
    super(scope, id);
    new EventBus(this, 'Bus', {
      eventBusName,
      description: 'keyturn: each step of a rotation that matters',
    });
    for (const [name, log] of logs) {
      log.addSubscriptionFilter(name, {
        destination: new LambdaDestination(to),
        filterName: 'keyturn-steps',
        filterPattern: FilterPattern.stringValue(`$.${marker.field}`, '=', marker.value),
      });
    }
  }
}

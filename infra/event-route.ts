import { Aws } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { defined } from '../tasks/domain/defined.ts';
import {
  type EventTrigger,
  type FunctionRow,
  type EventPattern as Pattern,
  patternAt,
} from '../tasks/manifest.ts';
import { functionName } from './names.ts';
import type { Deployment } from './settings.ts';

export interface EventRouteProps {
  /** The task's row; the rule has its name. */
  readonly row: FunctionRow & { readonly trigger: EventTrigger };
  readonly deployment: Deployment;
  readonly to: IFunction;
  readonly deadLetters: IQueue;
}

/**
 * Routes events of the account's bus to a task; events that can't be delivered within a day go to the dead-letter
 * queue.
 */
export class EventRoute extends Construct {
  constructor(scope: Construct, id: string, { row, deployment, to, deadLetters }: EventRouteProps) {
    super(scope, id);
    const { events, pattern } = row.trigger;
    const { account, region } = deployment;
    new Rule(this, 'Rule', {
      ruleName: functionName(row.name),
      description: `keyturn: ${events}`,
      eventPattern: cdkPattern(patternAt(pattern, { partition: Aws.PARTITION, account, region })),
      targets: [new LambdaFunction(to, { deadLetterQueue: deadLetters, retryAttempts: 185 })],
    });
  }
}

/** A pattern as the CDK spells it: its first level in camel case. */
export function cdkPattern({ source, 'detail-type': detailType, resources, detail }: Pattern): EventPattern {
  return {
    source: [...source],
    ...defined({ detailType: detailType && [...detailType], resources: resources && [...resources], detail }),
  };
}

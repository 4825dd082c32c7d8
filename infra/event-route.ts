import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { functionName } from './names.ts';

export interface EventRouteProps {
  /** The task's name, which the rule bears too. */
  readonly task: string;
  readonly description: string;
  readonly pattern: EventPattern;
  readonly to: IFunction;
  readonly deadLetters: IQueue;
}

/** Hands events of the account's bus to a task; one that can't be handed over in a day goes to the dead letters. */
export class EventRoute extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { task, description, pattern, to, deadLetters }: EventRouteProps,
  ) {
    super(scope, id);
    new Rule(this, 'Rule', {
      ruleName: functionName(task),
      description: `keyturn: ${description}`,
      eventPattern: pattern,
      targets: [new LambdaFunction(to, { deadLetterQueue: deadLetters, retryAttempts: 185 })],
    });
  }
}

import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { counted, type Watch } from './alarms.ts';
import { configurationSetName } from './names.ts';

export interface Watched {
  readonly rotation: StateMachine;
  readonly owners: HttpApi;
  readonly deadLetters: IQueue;
}

/** More than SES lets a sender go on with for long. */
const tooManyBounces = 0.05;

/** What operators are woken for. */
export const watches = ({ rotation, owners, deadLetters }: Watched): Watch[] => [
  {
    title: 'Rotation failed',
    says: 'A rotation ended with an error; its user was left with working keys.',
    metric: rotation.metricFailed(counted),
  },
  {
    title: 'Rotation timed out',
    says: 'A rotation ran out of its lifetime: a key may be inactive, waiting for nobody.',
    metric: rotation.metricTimedOut(counted),
  },
  {
    title: 'Rotation stopped',
    says: 'A rotation was stopped by hand or by an emergency: in its window the old key stays inactive.',
    metric: rotation.metricAborted(counted),
  },
  {
    title: 'Owners’ pages fail',
    says: 'Owners who click get an error.',
    metric: owners.metricServerError(counted),
    threshold: 3,
  },
  {
    title: 'Mail bounces',
    says: 'Owners’ mails come back; SES stops senders whose mails do.',
    metric: new Metric({
      namespace: 'AWS/SES',
      metricName: 'Reputation.BounceRate',
      dimensionsMap: { 'ses:configuration-set': configurationSetName },
      statistic: 'Average',
      period: Duration.hours(1),
    }),
    threshold: tooManyBounces,
  },
  {
    title: 'Events undelivered',
    says: 'A schedule, a leak or a bounce could not be handed over in a day.',
    metric: deadLetters.metricApproximateNumberOfMessagesVisible({
      statistic: 'Maximum',
      period: Duration.minutes(5),
    }),
  },
];

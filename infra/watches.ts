import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { counted, type Watch } from './alarms.ts';
import { configurationSetName, prefix } from './names.ts';

export interface WatchedParts {
  readonly rotation: StateMachine;
  readonly sweep: StateMachine;
  readonly owners: HttpApi;
  readonly hearsLeaks: IFunction;
  readonly deadLetters: IQueue;
  /** For how many days no sweep may complete. */
  readonly absentAfterDays: number;
  /** Whether the canary is deployed. */
  readonly canary: boolean;
}

/** At this bounce rate SES puts an account under review. */
const tooManyBounces = 0.05;

/** A metric that a task records in its log. */
const recorded = (metricName: string, period = Duration.minutes(5)): Metric =>
  new Metric({ namespace: prefix, metricName, statistic: 'Sum', period });

/** The conditions that alert the operators. */
export const watches = (watched: WatchedParts): Watch[] => [
  ...ofRotations(watched),
  ...ofMails,
  ...ofOwners(watched),
  ...ofSweeps(watched),
  ...ofEvents(watched),
  ...(watched.canary ? [ofCanary] : []),
];

const ofRotations = ({ rotation }: WatchedParts): Watch[] => [
  {
    title: 'Rotation failed',
    says: 'A rotation ended with an error. Its mail says what state the keys are in.',
    metric: rotation.metricFailed(counted),
  },
  {
    title: 'Rotation timed out',
    says: 'A rotation exceeded its time-out, and no mail says so. A key may be inactive.',
    metric: rotation.metricTimedOut(counted),
  },
  {
    title: 'Rotation stopped',
    says: 'A rotation was stopped, by hand or by an emergency. If that was in its rollback window, the old key may be inactive.',
    metric: rotation.metricAborted(counted),
  },
  {
    title: 'Rotation escalated',
    says: 'A rotation needs someone other than the owner.',
    metric: recorded('Escalations'),
  },
  {
    title: 'Question to operators',
    says: 'A rotation ended with a question that only a person can decide.',
    metric: recorded('QuestionsToOperators'),
  },
  {
    title: 'Leaked key still active',
    says: 'A leaked key still works. Its mail has the command that makes it inactive, unless no mail could be sent.',
    metric: recorded('LeakedKeysStillActive'),
  },
  {
    title: 'Reactivation stuck',
    says: 'A key should be active again and is not yet, or stays inactive without a rollback link.',
    metric: recorded('ReactivationsStuck'),
  },
];

/** About the mails that report everything else; an alarm's own mail is sent by SNS. */
const ofMails: readonly Watch[] = [
  {
    title: 'Mail refused',
    says: 'SES refused a mail for all of its recipients.',
    metric: recorded('MailRefused'),
  },
  {
    title: 'Operators not reached',
    says: 'A mail to the operators’ own address was refused or came back.',
    metric: recorded('OperatorsUnreachable'),
  },
];

const ofOwners = ({ owners }: WatchedParts): Watch[] => [
  {
    title: 'Owners’ pages fail',
    says: 'The owners’ pages answer requests with errors.',
    metric: owners.metricServerError(counted),
    threshold: 3,
  },
  {
    title: 'Mail bounces',
    says: 'Too many mails come back; SES suspends senders with a high bounce rate.',
    metric: new Metric({
      namespace: 'AWS/SES',
      metricName: 'Reputation.BounceRate',
      dimensionsMap: { 'ses:configuration-set': configurationSetName },
      statistic: 'Average',
      period: Duration.hours(1),
    }),
    threshold: tooManyBounces,
  },
];

/** The metric of which a completed sweep records one, and the heartbeat zero. */
export const sweepCompleted = 'SweepCompleted';

const ofSweeps = ({ sweep, absentAfterDays }: WatchedParts): Watch[] => [
  {
    title: 'No sweep completed',
    says: `No sweep of the organization has completed for ${absentAfterDays} days: old keys go unnoticed.`,
    metric: recorded(sweepCompleted, Duration.days(1)),
    absent: { periods: absentAfterDays },
  },
  {
    title: 'Sweep failed',
    says: 'A sweep ended with an error; the rotations that it started continue.',
    metric: sweep.metricFailed(counted),
  },
  {
    title: 'Accounts failed',
    says: 'A sweep could not survey some accounts: their keys are missing from its totals.',
    metric: recorded('AccountsFailed'),
  },
  {
    title: 'Keys overdue',
    says: 'Active keys are older than the true maximum age, and nobody exempted them.',
    metric: recorded('KeysOverdue'),
  },
  {
    title: 'Exemptions run out',
    says: 'Users whose exemption has ended are due.',
    metric: recorded('ExemptionsExpired'),
  },
  {
    title: 'Findings not sent',
    says: 'A sweep could not report all findings to Security Hub; the next one tries again.',
    metric: recorded('FindingsNotSent'),
  },
];

/** The metric of which a good look at the canary records one, any other look and the heartbeat zero. */
export const canaryHealthy = 'CanaryHealthy';

/** Two days, because on the first one the heartbeat may come before the first look. */
const ofCanary: Watch = {
  title: 'Canary stuck',
  says: 'For two days no look at the canary was good: its last rotation is too old, or its new key does not work.',
  metric: recorded(canaryHealthy, Duration.days(1)),
  absent: { periods: 2 },
};

const ofEvents = ({ hearsLeaks, deadLetters }: WatchedParts): Watch[] => [
  {
    title: 'Leaked key not handled',
    says: 'The task that handles leaked keys failed. A key that AWS Health reported may still be active.',
    metric: hearsLeaks.metricErrors(counted),
  },
  {
    title: 'Events undelivered',
    says: 'A schedule, a leak or a bounce could not be delivered.',
    metric: deadLetters.metricApproximateNumberOfMessagesVisible({
      statistic: 'Maximum',
      period: Duration.minutes(5),
    }),
  },
];

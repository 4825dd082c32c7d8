import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { sectionUrl } from '../tasks/domain/runbook.ts';
import { prefix } from './names.ts';

export interface Watch {
  /** The runbook's heading under Alarms. */
  readonly title: string;
  /** What has happened, for the person who is paged. */
  readonly says: string;
  readonly metric: IMetric;
  /** The alarm fires at or above this value; 1 if omitted. */
  readonly threshold?: number;
  /** For an event that must happen: fires if that many consecutive periods count less than the threshold. */
  readonly absent?: { readonly periods: number };
}

export interface AlarmsProps {
  readonly topic: ITopic;
  readonly runbookUrl: string;
  /** The prefix of the alarms' names; `keyturn` if omitted. */
  readonly namesBegin?: string;
}

/** The operators' alarms, each with its section in the runbook. */
export class Alarms extends Construct {
  readonly #topic: ITopic;
  readonly #runbookUrl: string;
  readonly #namesBegin: string;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#topic = props.topic;
    this.#runbookUrl = props.runbookUrl;
    this.#namesBegin = props.namesBegin ?? prefix;
  }

  watch({ title, says, metric, threshold = 1, absent }: Watch): Alarm {
    const alarm = new Alarm(this, title, {
      alarmName: `${this.#namesBegin}: ${title}`,
      alarmDescription: `${says} What to do: ${sectionUrl(this.#runbookUrl, title)}`,
      metric,
      threshold,
      evaluationPeriods: absent?.periods ?? 1,
      comparisonOperator:
        absent === undefined
          ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
          : ComparisonOperator.LESS_THAN_THRESHOLD,
      // A period without data is one without failures, or one before the deployment.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.#topic));
    return alarm;
  }
}

/** How an event is counted: its sum over five minutes. */
export const counted = { statistic: 'Sum', period: Duration.minutes(5) } as const;

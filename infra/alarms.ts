import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { prefix } from './names.ts';

export interface Watch {
  /** As the runbook's heading under Alarms says it. */
  readonly title: string;
  /** What has happened, for whoever is woken. */
  readonly says: string;
  readonly metric: IMetric;
  /** At or above which it sounds; 1 unless told. */
  readonly threshold?: number;
  /** For something that must happen: sounds where it doesn't, and no data counts as not. */
  readonly absent?: { readonly periods: number };
}

/** The operators' alarms, each with its section in the runbook. */
export class Alarms extends Construct {
  readonly #topic: ITopic;
  readonly #runbookUrl: string;

  constructor(scope: Construct, id: string, props: { readonly topic: ITopic; readonly runbookUrl: string }) {
    super(scope, id);
    this.#topic = props.topic;
    this.#runbookUrl = props.runbookUrl;
  }

  watch({ title, says, metric, threshold = 1, absent }: Watch): Alarm {
    // As GitHub makes it of the heading.
    const anchor = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-');
    const alarm = new Alarm(this, title, {
      alarmName: `${prefix}: ${title}`,
      alarmDescription: `${says} What to do: ${this.#runbookUrl}#${anchor}`,
      metric,
      threshold,
      evaluationPeriods: absent?.periods ?? 1,
      comparisonOperator:
        absent === undefined
          ? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
          : ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: absent === undefined ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.#topic));
    return alarm;
  }
}

/** How an event is counted: all of it in five minutes. */
export const counted = { statistic: 'Sum', period: Duration.minutes(5) } as const;

import { CloudWatchClient, type MetricAlarm, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { paginateListSubscriptionsByTopic, SNSClient, type Subscription } from '@aws-sdk/client-sns';
import { leakRegionsOf } from '../../infra/leak-stack.ts';
import { prefix } from '../../infra/names.ts';
import type { Deployment } from '../../infra/settings.ts';
import { plural, someOf } from './counted.ts';
import { type Check, type CheckContext, deployAgain, fail, ifThere, ok, type Seen, warn } from './finding.ts';

/** The alarms of the central stack, by their sections in the runbook; a test holds them to the templates. */
export const alarmTitles: readonly string[] = [
  ...[
    'Rotation failed',
    'Rotation timed out',
    'Rotation stopped',
    'Rotation escalated',
    'Question to operators',
  ],
  ...['Mail refused', 'Operators not reached', 'Owners’ pages fail', 'Mail bounces'],
  ...['No sweep completed', 'Sweep failed', 'Accounts failed', 'Keys overdue', 'Exemptions run out'],
  'Findings not sent',
  ...['Leaked key not handled', 'Leaked key still active', 'Reactivation stuck', 'Events undelivered'],
];

/** Alarms and the topic that they go to, in one region. */
export interface RegionAlarms {
  readonly region: string;
  readonly alarms: readonly string[];
  readonly topicName: string;
}

export const centralWatch = ({ region, canary }: Pick<Deployment, 'region' | 'canary'>): RegionAlarms => ({
  region,
  alarms: [...alarmTitles, ...(canary ? ['Canary stuck'] : [])].map((title) => `${prefix}: ${title}`),
  topicName: `${prefix}-operators`,
});

export const leakWatches = (deployment: Deployment): RegionAlarms[] =>
  [...leakRegionsOf(deployment).values()].map((region) => ({
    region,
    alarms: [`${deployment.rolePrefix}: Leaks undelivered`],
    topicName: `${deployment.rolePrefix}-leaks-operators`,
  }));

const topicArn = (
  { partition, deployment: { account } }: CheckContext,
  { region, topicName }: RegionAlarms,
): string => `arn:${partition}:sns:${region}:${account}:${topicName}`;

/** Every alarm exists, is enabled and notifies the topic; an alarm that is firing is named. */
export async function lookAtAlarms(context: CheckContext, watched: RegionAlarms): Promise<Seen> {
  const client = new CloudWatchClient(context.access(watched.region));
  const there = new Map<string, MetricAlarm>();
  const [first = ''] = watched.alarms;
  const asked = {
    AlarmNamePrefix: first.slice(0, first.indexOf(':') + 1),
    AlarmTypes: ['MetricAlarm' as const],
  };
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, asked)) {
    for (const alarm of MetricAlarms) there.set(alarm.AlarmName ?? '', alarm);
  }
  const missing = watched.alarms.filter((name) => !there.has(name));
  if (missing.length > 0) return fail(`Missing in ${watched.region}: ${someOf(missing)}.`, deployAgain);
  const found = watched.alarms.flatMap((name) => there.get(name) ?? []);
  const topic = topicArn(context, watched);
  const silent = found.filter(
    (alarm) => alarm.ActionsEnabled !== true || alarm.AlarmActions?.includes(topic) !== true,
  );
  if (silent.length > 0) {
    return fail(`Tell nobody: ${someOf(silent.map(nameOf))}.`, `Enable their actions, or deploy again.`);
  }
  const sounding = found.filter(({ StateValue }) => StateValue === 'ALARM');
  if (sounding.length === 0) return ok(`${plural(found.length, 'alarm')} in ${watched.region}, none sounds`);
  return warn(`Sounding: ${someOf(sounding.map(nameOf))}.`, 'See their sections in docs/runbook.md, Alarms.');
}

const nameOf = ({ AlarmName = '' }: MetricAlarm): string => AlarmName;

/** Somebody has confirmed a subscription to the topic. */
export async function lookAtSubscriptions(context: CheckContext, watched: RegionAlarms): Promise<Seen> {
  const client = new SNSClient(context.access(watched.region));
  const topic = topicArn(context, watched);
  const all = await ifThere(subscriptionsOf(client, topic), 'NotFoundException', 'NotFound');
  if (all === undefined) {
    return fail(`There is no topic ${watched.topicName} in ${watched.region}.`, deployAgain);
  }
  const confirmed = all.filter(({ SubscriptionArn = '' }) => SubscriptionArn.startsWith('arn:'));
  const pending = all.filter(({ SubscriptionArn }) => SubscriptionArn === 'PendingConfirmation');
  const endpoints = (of: readonly Subscription[]) => someOf(of.map(({ Endpoint = 'somebody' }) => Endpoint));
  const confirm = `Follow the link in the mail that SNS sent for ${watched.topicName} (${watched.region}).`;
  if (confirmed.length > 0) {
    return pending.length === 0
      ? ok(`${watched.topicName} in ${watched.region} tells ${endpoints(confirmed)}`)
      : warn(`${endpoints(pending)} has not confirmed ${watched.topicName} in ${watched.region}.`, confirm);
  }
  if (pending.length > 0) {
    return fail(
      `Nobody hears the alarms of ${watched.region}: ${endpoints(pending)} has not confirmed.`,
      confirm,
    );
  }
  const todo = 'Set mail.operators and deploy, or subscribe somebody in the SNS console.';
  return fail(`Nobody is subscribed to ${watched.topicName} in ${watched.region}.`, todo);
}

async function subscriptionsOf(client: SNSClient, TopicArn: string): Promise<Subscription[]> {
  const all: Subscription[] = [];
  for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
    all.push(...(page.Subscriptions ?? []));
  }
  return all;
}

export const alarms: Check = {
  name: 'alarms',
  look: (context) => lookAtAlarms(context, centralWatch(context.deployment)),
};

export const alarmsSubscribed: Check = {
  name: 'alarms subscribed',
  look: (context) => lookAtSubscriptions(context, centralWatch(context.deployment)),
};

import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard as Board,
  GraphWidget,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { recordedARotation } from '../tasks/record/record.ts';
import { configurationSetName, prefix } from './names.ts';
import type { Deployment } from './settings.ts';
import { sweepCompleted } from './watches.ts';

export interface DashboardProps {
  readonly deployment: Deployment;
  readonly alarms: readonly Alarm[];
  readonly rotation: StateMachine;
  /** A task of the rotation by its name. */
  readonly taskOf: (name: string) => IFunction;
  /** The log of the function that records how each rotation ended. */
  readonly records: ILogGroup;
}

const daily = Duration.days(1);
/** A dashboard is a grid of 24 columns. */
const third = { width: 8, height: 6 };
const two = { width: 16, height: 6 };

/** The last state that a sweep counted; no sweep, no point. */
const asOfSweep = (metricName: string, label: string): Metric =>
  new Metric({ namespace: prefix, metricName, label, statistic: 'Maximum', period: daily });

const summed = (metricName: string, label: string): Metric =>
  new Metric({ namespace: prefix, metricName, label, statistic: 'Sum', period: daily });

/** How often each stage's task ran: a flow, by metrics that Lambda has anyway. */
const stages = [
  ['ProvisionNewKey', 'new key created'],
  ['AskOwner', 'owner asked or reminded'],
  ['CheckOldKey', 'drain checked'],
  ['DeactivateOldKey', 'old key deactivated'],
  ['OfferRollback', 'rollback offered'],
  ['DeleteOldKey', 'window checked, or old key deleted'],
] as const;

/** The state of all rotations and sweeps on one page of CloudWatch's console. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    // Dashboards belong to the account, not to a region: a second deployment has another prefix.
    new Board(this, 'Board', {
      dashboardName: props.deployment.rolePrefix,
      defaultInterval: Duration.days(30),
      widgets: [
        [aboutIt(props)],
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms], width: 24, height: 4 })],
        rotationWidgets(props),
        sweepWidgets(),
        endWidgets(props),
      ],
    });
  }
}

const aboutIt = ({ deployment, rotation }: DashboardProps): TextWidget => {
  const { account, region, runbookUrl } = deployment;
  const runbook = runbookUrl.startsWith('https://') ? `[Runbook](${runbookUrl})` : `Runbook: ${runbookUrl}`;
  const console = `https://${region}.console.aws.amazon.com/states/home?region=${region}#/statemachines/view/${rotation.stateMachineArn}`;
  return new TextWidget({
    markdown: [
      `# keyturn in account ${account}, ${region}`,
      `[Rotations](${console}) are named \`<account>-<user>-<attempt>\`, and each user’s tag \`keyturn:rotation\` names the last one. ${runbook}. One user on one screen: \`npx keyturn status <user>\`. Numbers as of the last sweep have one point per sweep.`,
    ].join('\n'),
    width: 24,
    height: 3,
  });
};

const graph = (title: string, left: IMetric[], size: object = third, right: IMetric[] = []): GraphWidget =>
  new GraphWidget({ title, left, right, leftYAxis: { min: 0 }, rightYAxis: { min: 0 }, ...size });

const rotationWidgets = ({ taskOf }: DashboardProps): IWidget[] => [
  graph('Rotations now, as of the last sweep', [
    asOfSweep('RotationsRunning', 'running'),
    asOfSweep('RotationsInWindow', 'of them in their rollback window'),
  ]),
  graph(
    'What each stage did, per day',
    stages.map(([name, label]) => taskOf(name).metricInvocations({ label, statistic: 'Sum', period: daily })),
  ),
  graph(
    'Stuck: the oldest rotation, and questions without an answer',
    [
      asOfSweep('OpenForOperators', 'questions to operators'),
      asOfSweep('OpenForOwners', 'questions to owners'),
      summed('Escalations', 'escalations'),
    ],
    third,
    [asOfSweep('OldestRotationDays', 'days of the oldest rotation')],
  ),
];

const sweepWidgets = (): IWidget[] => [
  graph('Active keys', [
    asOfSweep('KeysActive', 'active'),
    asOfSweep('KeysDue', 'due'),
    asOfSweep('KeysOverdue', 'overdue'),
    asOfSweep('RootKeys', 'of root users'),
  ]),
  graph('The oldest active key, in days', [asOfSweep('OldestKeyDays', 'oldest key')]),
  graph('Sweeps', [
    summed(sweepCompleted, 'completed'),
    asOfSweep('AccountsFailed', 'accounts that could not be read'),
    summed('RotationsStarted', 'rotations started'),
  ]),
];

const endWidgets = ({ records }: DashboardProps): IWidget[] => [
  new LogQueryWidget({
    title: 'How rotations ended: by outcome, or by error if they failed',
    logGroupNames: [records.logGroupName],
    view: LogQueryVisualizationType.TABLE,
    queryLines: [
      `filter message = "${recordedARotation}" and kept = "put"`,
      'stats count(*) as rotations by endedAs',
      'sort rotations desc',
    ],
    ...two,
  }),
  graph(
    'Mail',
    [
      summed('MailNotSent', 'recipients refused'),
      summed('MailRefused', 'mails that reached nobody'),
      summed('OperatorsUnreachable', 'operators not reached'),
    ],
    third,
    [
      new Metric({
        namespace: 'AWS/SES',
        metricName: 'Reputation.BounceRate',
        dimensionsMap: { 'ses:configuration-set': configurationSetName },
        label: 'share that bounced',
        statistic: 'Average',
        period: daily,
      }),
    ],
  ),
];

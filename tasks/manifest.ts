import { defined } from './domain/defined.ts';
import type { SecretAction } from './domain/secret-access.ts';

/**
 * What a task may ask of AWS in the central account; what it may ask of a member account, the member role and its
 * session's policy say.
 */
export interface Grants {
  /** The roles of a member account that it assumes: the one that only reads, the one that changes, or both. */
  readonly entersMember?: readonly MemberAccess[];
  readonly organization?: readonly ('DescribeAccount' | 'ListAccounts')[];
  /** On the users' secrets in the central account; those of the central account's own users are always there. */
  readonly secrets?: readonly SecretAction[];
  /** Looks whether the key of the users' secrets can be used. */
  readonly secretsKeyState?: true;
  /** Reads the key that links are signed with. */
  readonly linkKey?: true;
  readonly mails?: true;
  /** On the bucket that sweeps report to. */
  readonly reports?: readonly ReportAction[];
  /** Counts wrong answers in the same bucket, under a prefix of its own. */
  readonly guesses?: true;
  /** On rotations. */
  readonly executions?: readonly ExecutionAction[];
}

export type MemberAccess = 'read' | 'write';

/** `ListBucket` so that an object that doesn't exist is reported as missing: S3 denies it to others. */
export type ReportAction = 'GetObject' | 'PutObject' | 'ListBucket';

export type ExecutionAction =
  | 'StartExecution'
  | 'DescribeExecution'
  | 'ListExecutions'
  | 'StopExecution'
  | 'GetExecutionHistory'
  | 'SendTaskSuccess'
  | 'SendTaskFailure';

export const rotationMachineName = 'rotate-user-key';
export const sweepMachineName = 'sweep-organization';
export type MachineName = typeof rotationMachineName | typeof sweepMachineName;

/** What invokes a function. */
export type Trigger =
  /** States of a machine, which try again themselves. */
  | { readonly kind: 'state'; readonly machine: MachineName }
  | EventTrigger
  /** Requests to the owners' API. */
  | { readonly kind: 'route'; readonly path: string };

/** Events on the account's bus. What a function fails at is tried again by Lambda, then goes to the dead letters. */
export interface EventTrigger {
  readonly kind: 'event';
  /** What the rule hands over, as its description says it. */
  readonly events: string;
  readonly pattern: EventPattern;
  /** How often Lambda invokes the function again after it has failed. */
  readonly retries: 0 | 1 | 2;
}

/** An EventBridge pattern as AWS takes it. In `resources`, `${Partition}`, `${Region}` and `${Account}` stand for the deployment's. */
export interface EventPattern {
  readonly source: readonly string[];
  readonly 'detail-type'?: readonly string[];
  readonly resources?: readonly string[];
  readonly detail?: DetailPattern;
}

export interface DetailPattern {
  readonly [field: string]: readonly Matcher[] | DetailPattern;
}

/** One of these must match; `prefix` takes every text that begins with it. */
export type Matcher = string | { readonly prefix: string };

/** One Lambda function: a task's file, what it needs, what invokes it and what its role may do. */
export interface FunctionRow {
  /** As it appears in the state machines' placeholders, and in the file. */
  readonly name: string;
  /** Under `tasks/`. */
  readonly folder: string;
  /** Without its ending; if omitted, the name in kebab case. */
  readonly file?: string;
  /** Its time-out; less than that of the state that invokes it, so that the function's own error is seen. */
  readonly seconds: number;
  /** MB; 256 if omitted. */
  readonly memory?: number;
  readonly trigger: Trigger;
  readonly grants: Grants;
}

/** A state machine that the clock starts. */
export interface ScheduleRow {
  readonly machine: MachineName;
  /** The execution's input. Without one, EventBridge Scheduler sends a notification of its own, which no machine takes. */
  readonly input?: Readonly<Record<string, unknown>>;
}

export const sweepSchedule: ScheduleRow = { machine: sweepMachineName, input: {} };

const look = ['DescribeExecution'] as const;
const standard = 50;

const rotation = (name: string, grants: Grants, seconds = standard): FunctionRow => ({
  name,
  folder: 'rotate-user-key',
  seconds,
  trigger: { kind: 'state', machine: rotationMachineName },
  grants,
});

/** Every task of the rotation, by name. */
export const rotationFunctions: readonly FunctionRow[] = [
  rotation('AskAboutLeak', { mails: true }),
  rotation('AskOwner', { entersMember: ['read'], linkKey: true, mails: true }),
  rotation('Assess', {
    entersMember: ['read'],
    organization: ['DescribeAccount'],
    secretsKeyState: true,
    secrets: ['secretsmanager:DescribeSecret'],
    executions: look,
  }),
  rotation('CheckNewKey', { entersMember: ['read'] }),
  rotation('CheckOldKey', { entersMember: ['read'] }),
  rotation('ClaimUser', {
    entersMember: ['read', 'write'],
    organization: ['DescribeAccount'],
    executions: [
      'StartExecution',
      'DescribeExecution',
      'ListExecutions',
      'GetExecutionHistory',
      'SendTaskFailure',
    ],
  }),
  rotation('DeactivateOldKey', {
    entersMember: ['read', 'write'],
    secretsKeyState: true,
    secrets: ['secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage'],
    executions: look,
  }),
  rotation('DeleteOldKey', {
    entersMember: ['read', 'write'],
    secretsKeyState: true,
    secrets: ['secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage'],
    executions: look,
  }),
  rotation('KeepAsking', {}),
  rotation('MakeSafe', { entersMember: ['read', 'write'] }),
  rotation('OfferRollback', { linkKey: true, mails: true }),
  rotation('PromoteNewKey', {
    entersMember: ['read', 'write'],
    secretsKeyState: true,
    secrets: ['secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage'],
    executions: look,
  }),
  rotation(
    'ProvisionNewKey',
    {
      entersMember: ['read', 'write'],
      secretsKeyState: true,
      secrets: [
        'secretsmanager:DescribeSecret',
        'secretsmanager:CreateSecret',
        'secretsmanager:TagResource',
        'secretsmanager:ReplicateSecretToRegions',
        'secretsmanager:PutResourcePolicy',
        'secretsmanager:PutSecretValue',
        'secretsmanager:GetSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
      executions: look,
    },
    170,
  ),
  rotation('ReactivateOldKey', {
    entersMember: ['read', 'write'],
    secretsKeyState: true,
    secrets: ['secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage'],
  }),
  rotation('TakeOver', { entersMember: ['write'], executions: ['StopExecution'] }),
  rotation('TellOperators', { mails: true }),
  rotation('TellOwner', { mails: true }),
  // Only what began under 0.1.0 asks for it: since then a new key goes by the same states as every other.
  rotation('WithdrawNewKey', {
    entersMember: ['write'],
    secretsKeyState: true,
    secrets: ['secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage'],
    executions: look,
  }),
];

/** On the bucket: what earlier states and sweeps left, if they did. */
const readsAndWrites: readonly ReportAction[] = ['GetObject', 'PutObject', 'ListBucket'];

/** A whole account's keys, or ten thousand accounts' summaries, are in one's memory. */
const sweep = (name: string, grants: Grants, seconds = standard): FunctionRow => ({
  name,
  folder: 'sweep-organization',
  seconds,
  memory: 1024,
  trigger: { kind: 'state', machine: sweepMachineName },
  grants,
});

/** Every task of the sweep, by name. */
export const sweepFunctions: readonly FunctionRow[] = [
  sweep('ChooseWave', { reports: readsAndWrites }, 890),
  sweep('ListAccounts', { organization: ['ListAccounts'], reports: readsAndWrites }, 890),
  sweep('RecordFailure', { reports: ['PutObject'] }),
  sweep('StartWave', { reports: readsAndWrites, executions: ['StartExecution', 'DescribeExecution'] }, 890),
  sweep(
    'SurveyAccount',
    {
      entersMember: ['read'],
      secrets: ['secretsmanager:DescribeSecret'],
      reports: readsAndWrites,
      executions: look,
    },
    890,
  ),
  sweep('TellSweepFailure', { mails: true }),
  sweep('WriteReport', { reports: ['GetObject', 'PutObject'], mails: true }, 290),
];

/** The web app that owners' links lead to. */
export const ownerPages = {
  name: 'OwnerPages',
  folder: 'owner',
  file: 'lambda',
  seconds: 20,
  // Every request: the web app knows its own routes, and answers the others too.
  trigger: { kind: 'route', path: '/{path+}' },
  grants: {
    linkKey: true,
    guesses: true,
    executions: ['DescribeExecution', 'GetExecutionHistory', 'SendTaskSuccess'],
  },
} as const satisfies FunctionRow;

/** What AWS Health reports of a leaked access key: the codes known today, and those to come. */
export const leakEvents = {
  source: ['aws.health'],
  'detail-type': ['AWS Health Event'],
  detail: {
    eventTypeCode: [
      'AWS_RISK_CREDENTIALS_EXPOSED',
      'AWS_RISK_CREDENTIALS_COMPROMISED',
      'AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED',
      'AWS_RISK_CREDENTIALS_COMPROMISE_SUSPECTED',
      'AWS_RISK_IAM_QUARANTINE',
      { prefix: 'AWS_RISK_' },
    ],
  },
} as const satisfies EventPattern;

/** The events of mails that were sent with the configuration set `keyturn`. */
const mailEvents: EventPattern = {
  source: ['aws.ses'],
  resources: [`arn:\${Partition}:ses:\${Region}:\${Account}:configuration-set/keyturn`],
};

export const hearMailEvents = {
  name: 'HearMailEvents',
  folder: 'mail-events',
  seconds: standard,
  trigger: { kind: 'event', events: 'what became of our mails', pattern: mailEvents, retries: 2 },
  grants: { executions: ['DescribeExecution', 'GetExecutionHistory', 'SendTaskFailure'] },
} as const satisfies FunctionRow;

export const hearLeak = {
  name: 'HearLeak',
  folder: 'leaked-key',
  seconds: standard,
  trigger: { kind: 'event', events: 'leaked keys', pattern: leakEvents, retries: 2 },
  grants: {
    entersMember: ['read'],
    executions: ['StartExecution', 'DescribeExecution'],
    mails: true,
  },
} as const satisfies FunctionRow;

export const eventFunctions: readonly (FunctionRow & { readonly trigger: EventTrigger })[] = [
  hearMailEvents,
  hearLeak,
];

/** Every function that is deployed. */
export const allFunctions: readonly FunctionRow[] = [
  ...rotationFunctions,
  ...sweepFunctions,
  ...eventFunctions,
  ownerPages,
];

/** How often Lambda tries an event again that a function failed at: what a state invokes, the state tries again. */
export const retriesOf = ({ trigger }: FunctionRow): number =>
  trigger.kind === 'event' ? trigger.retries : 0;

/** `ProvisionNewKey` as `provision-new-key`. */
export const kebabCase = (name: string): string =>
  name.replaceAll(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

/** A task's file, from the repository's root. */
export const entryOf = ({ name, folder, file = kebabCase(name) }: FunctionRow): string =>
  `tasks/${folder}/${file}.ts`;

/** Where a deployment is, as its ARNs spell it. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** A pattern with the deployment's own values filled in. */
export function patternAt({ resources, ...pattern }: EventPattern, place: Place): EventPattern {
  const fill = (text: string): string =>
    text
      .replaceAll(`\${Partition}`, place.partition)
      .replaceAll(`\${Region}`, place.region)
      .replaceAll(`\${Account}`, place.account);
  return { ...pattern, ...defined({ resources: resources?.map(fill) }) };
}

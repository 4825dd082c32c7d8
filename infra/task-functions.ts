import type { Grants } from './grants.ts';
import { kebabCase } from './names.ts';

/** One Lambda function: a task file and what its role may do. */
export interface TaskFunction {
  /** As the state machines' placeholders and the file say it. */
  readonly name: string;
  /** Under `tasks/`. */
  readonly folder: string;
  /** Without its ending; the name in kebab case unless told. */
  readonly file?: string;
  /** Seconds; less than the time-out of the state that invokes it, so that the function's own error is seen. */
  readonly timeout: number;
  /** MB; 256 unless told. */
  readonly memory?: number;
  readonly grants: Grants;
}

const look = ['DescribeExecution'] as const;
const standard = 50;

const rotation = (name: string, grants: Grants, timeout = standard): TaskFunction => ({
  name,
  folder: 'rotate-user-key',
  timeout,
  grants,
});

/** Every task of the rotation, by name. */
export const rotationFunctions: readonly TaskFunction[] = [
  rotation('AskOwner', { entersMember: true, linkKey: true, mails: true }),
  rotation('Assess', {
    entersMember: true,
    organization: ['DescribeAccount'],
    secrets: ['secretsmanager:DescribeSecret'],
    executions: look,
  }),
  rotation('CheckNewKey', { entersMember: true }),
  rotation('CheckOldKey', { entersMember: true }),
  rotation('ClaimUser', {
    entersMember: true,
    organization: ['DescribeAccount'],
    executions: ['StartExecution', 'DescribeExecution', 'StopExecution'],
  }),
  rotation('DeactivateOldKey', {
    entersMember: true,
    secrets: ['secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage'],
    executions: look,
  }),
  rotation('DeleteOldKey', {
    entersMember: true,
    secrets: ['secretsmanager:DescribeSecret'],
    executions: look,
  }),
  rotation('KeepAsking', {}),
  rotation('MakeSafe', { entersMember: true, executions: look }),
  rotation('OfferRollback', { linkKey: true, mails: true }),
  rotation('PromoteNewKey', {
    entersMember: true,
    secrets: ['secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage'],
    executions: look,
  }),
  rotation(
    'ProvisionNewKey',
    {
      entersMember: true,
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
    entersMember: true,
    secrets: ['secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage'],
    executions: look,
  }),
  rotation('TellOperators', { mails: true }),
  rotation('TellOwner', { mails: true }),
  rotation('WithdrawNewKey', {
    entersMember: true,
    secrets: ['secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage'],
    executions: look,
  }),
];

/** A whole account's keys, or ten thousand accounts' summaries, are in one's memory. */
const sweep = (name: string, grants: Grants, timeout = standard): TaskFunction => ({
  name,
  folder: 'sweep-organization',
  timeout,
  memory: 1024,
  grants,
});

/** Every task of the sweep, by name. */
export const sweepFunctions: readonly TaskFunction[] = [
  sweep('ChooseWave', { reports: ['GetObject', 'PutObject', 'ListBucket'] }, 890),
  sweep(
    'ListAccounts',
    { organization: ['ListAccounts'], reports: ['GetObject', 'PutObject', 'ListBucket'] },
    890,
  ),
  sweep('RecordFailure', { reports: ['PutObject'] }),
  sweep(
    'StartWave',
    {
      reports: ['GetObject', 'PutObject', 'ListBucket'],
      executions: ['StartExecution', 'DescribeExecution'],
    },
    890,
  ),
  sweep(
    'SurveyAccount',
    { entersMember: true, reports: ['GetObject', 'PutObject', 'ListBucket'], executions: look },
    890,
  ),
  sweep('TellSweepFailure', { mails: true }),
  sweep('WriteReport', { reports: ['GetObject', 'PutObject'], mails: true }, 290),
];

/** The web app that owners' links lead to; invoked by its API. */
export const ownerPages: TaskFunction = {
  name: 'OwnerPages',
  folder: 'owner',
  file: 'lambda',
  timeout: 20,
  grants: {
    linkKey: true,
    executions: ['DescribeExecution', 'GetExecutionHistory', 'SendTaskSuccess'],
  },
};

/** Tasks that events of the account's bus invoke. Lambda tries them again, then the event goes to the dead letters. */
export const hearMailEvents: TaskFunction = {
  name: 'HearMailEvents',
  folder: 'mail-events',
  timeout: standard,
  grants: { executions: ['DescribeExecution', 'GetExecutionHistory', 'SendTaskFailure'] },
};

export const hearLeak: TaskFunction = {
  name: 'HearLeak',
  folder: 'leaked-key',
  timeout: standard,
  grants: {
    entersMember: true,
    organization: ['DescribeAccount'],
    executions: ['StartExecution'],
    mails: true,
  },
};

export const eventFunctions: readonly TaskFunction[] = [hearMailEvents, hearLeak];

/** Every function that is deployed. */
export const allFunctions: readonly TaskFunction[] = [
  ...rotationFunctions,
  ...sweepFunctions,
  ...eventFunctions,
  ownerPages,
];

/** A task's file, from the repository's root. */
export const entryOf = ({ name, folder, file = kebabCase(name) }: TaskFunction): string =>
  `tasks/${folder}/${file}.ts`;

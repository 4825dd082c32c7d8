import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { memberRoleOf } from '../tasks/domain/member-role.ts';
import { keyTrial, neededActions, type SecretAction } from '../tasks/domain/secret-access.ts';
import { pendingLabel } from '../tasks/domain/secret-versions.ts';
import { addressOf } from '../tasks/domain/settings/sender.ts';
import type { ExecutionAction, Grants, MemberAccess, ReportAction } from '../tasks/manifest.ts';
import {
  aliasName,
  configurationSetArn,
  executionsOf,
  guessObjects,
  identities,
  machineArn,
  memberRoleName,
  reportBucketArn,
  roleArn,
  rotationMachineName,
  secretsKeyAliasOf,
  sweepObjects,
  userSecrets,
} from './names.ts';
import type { Deployment } from './settings.ts';

/** Secrets Manager's calls that encrypt or decrypt, and so ask for the secret's key on the caller's behalf. */
const underKey: readonly SecretAction[] = [
  'secretsmanager:CreateSecret',
  'secretsmanager:PutSecretValue',
  'secretsmanager:GetSecretValue',
];

/** What the policies name and the deployment makes. */
export interface Granted {
  readonly dataKeyArn: string;
  readonly secretsKeyArn: string;
  readonly linkKeyArn: string;
}

/** The statements of a task's role, one for each kind of thing that it may touch. */
export function statementsOf(grants: Grants, deployment: Deployment, granted: Granted): PolicyStatement[] {
  return [
    ...(grants.entersMember ? [entersMember(grants.entersMember, deployment)] : []),
    ...organizationStatements(grants.organization ?? [], deployment),
    ...secretStatements(grants.secrets ?? [], deployment, granted),
    ...(grants.secretsKeyState
      ? allow('UsersSecretsKeyState', ['kms:DescribeKey'], granted.secretsKeyArn)
      : []),
    ...(grants.linkKey ? readsLinkKey(deployment, granted) : []),
    ...(grants.mails ? [sendsMail(deployment)] : []),
    ...reportStatements(grants.reports ?? [], deployment, granted),
    ...(grants.guesses ? countsGuesses(deployment, granted) : []),
    ...executionStatements(grants.executions ?? [], deployment, granted),
  ];
}

/**
 * The role that changes is among a reading task's too: until an update has reached every account, the one role of
 * 0.1.0 is there under that name. Once it has, that role doesn't trust the task.
 */
const entersMember = (access: readonly MemberAccess[], deployment: Deployment): PolicyStatement => {
  const roles = new Set<MemberAccess>([...access, 'write']);
  return new PolicyStatement({
    sid: 'EnterMemberAccounts',
    actions: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
    resources: [...roles].map((role) => roleArn('*', memberRoleOf(memberRoleName(deployment), role))),
    // The account is a wildcard, so a role of that name elsewhere must not do.
    conditions: { StringEquals: { 'aws:ResourceOrgID': deployment.organization.id } },
  });
};

function organizationStatements(
  actions: NonNullable<Grants['organization']>,
  { organization: { id, managementAccount } }: Deployment,
): PolicyStatement[] {
  return actions.map(
    (action) =>
      new PolicyStatement({
        sid: action,
        actions: [`organizations:${action}`],
        resources:
          action === 'ListAccounts'
            ? ['*']
            : [`arn:${Aws.PARTITION}:organizations::${managementAccount}:account/${id}/*`],
      }),
  );
}

/**
 * On every user's secret in the central account: those of its own users, and those that were put here while storage was
 * central. What IAM can hold of "one user's" is held: a value is opened only while it is pending, minutes long; a
 * resource policy never opens a secret to the public; the KMS key works for users' secrets only.
 */
function secretStatements(
  actions: readonly SecretAction[],
  deployment: Deployment,
  { secretsKeyArn }: Granted,
): PolicyStatement[] {
  const { where, replicaRegions } = deployment.storage;
  if (actions.length === 0) return [];
  const needed = neededActions({ replicaRegions }, actions);
  const secrets = userSecrets(deployment);
  const conditions = new Map<SecretAction, Record<string, Record<string, string>>>([
    ['secretsmanager:GetSecretValue', { StringEquals: { 'secretsmanager:VersionStage': pendingLabel } }],
    ['secretsmanager:PutResourcePolicy', { Bool: { 'secretsmanager:BlockPublicPolicy': 'true' } }],
  ]);
  const free = needed.filter((action) => !conditions.has(action));
  const bound = needed.filter((action) => conditions.has(action));
  const usesKey = needed.some((action) => underKey.includes(action));
  return [
    ...allow('UsersSecrets', free, secrets),
    ...bound.flatMap((action) => allow('', [action], secrets, conditions.get(action))),
    ...(usesKey ? usersSecretsKey(deployment, secretsKeyArn) : []),
    ...(usesKey && where === 'central' ? replicaRegions.map((region) => replicates(region, deployment)) : []),
  ];
}

const usersSecretsKey = (deployment: Deployment, secretsKeyArn: string): PolicyStatement[] => [
  new PolicyStatement({
    sid: 'UsersSecretsKey',
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [secretsKeyArn],
    conditions: {
      ...throughSecretsManager(deployment.region),
      StringLike: { 'kms:EncryptionContext:SecretARN': [userSecrets(deployment), keyTrial] },
    },
  }),
];

/** The key of a copy is another stack's, so it is known by its alias. */
const replicates = (region: string, { account, rolePrefix }: Deployment): PolicyStatement =>
  new PolicyStatement({
    actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
    resources: [`arn:${Aws.PARTITION}:kms:${region}:${account}:key/*`],
    conditions: {
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': secretsKeyAliasOf({ rolePrefix }) },
      StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
    },
  });

const throughSecretsManager = (region: string) => ({
  StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
});

const readsLinkKey = ({ region }: Deployment, { linkKeyArn, dataKeyArn }: Granted): PolicyStatement[] => [
  new PolicyStatement({
    sid: 'LinkKey',
    actions: ['secretsmanager:GetSecretValue'],
    resources: [linkKeyArn],
  }),
  new PolicyStatement({
    sid: 'LinkKeysKey',
    actions: ['kms:Decrypt'],
    resources: [dataKeyArn],
    conditions: throughSecretsManager(region),
  }),
];

const sendsMail = (deployment: Deployment): PolicyStatement => {
  const { from } = deployment.mail;
  return new PolicyStatement({
    sid: 'SendMail',
    actions: ['ses:SendEmail'],
    resources: [
      // The sender's identity, whichever it is; in the sandbox SES asks for the recipient's too.
      identities(deployment),
      configurationSetArn(deployment),
    ],
    conditions: { StringEquals: { 'ses:FromAddress': addressOf(from) } },
  });
};

const onMachine: readonly ExecutionAction[] = ['SendTaskSuccess', 'SendTaskFailure'];

function reportStatements(
  actions: readonly ReportAction[],
  deployment: Deployment,
  { dataKeyArn }: Granted,
): PolicyStatement[] {
  const onObjects = actions.filter((action) => action !== 'ListBucket').map((action) => `s3:${action}`);
  const onKey = [
    ...(actions.includes('GetObject') ? ['kms:Decrypt'] : []),
    ...(actions.includes('PutObject') ? ['kms:GenerateDataKey'] : []),
  ];
  return [
    ...allow('Reports', onObjects, sweepObjects(deployment)),
    ...allow(
      'MissingReports',
      actions.includes('ListBucket') ? ['s3:ListBucket'] : [],
      reportBucketArn(deployment),
    ),
    ...allow('ReportsKey', onKey, dataKeyArn, {
      StringEquals: { 'kms:ViaService': `s3.${deployment.region}.amazonaws.com` },
    }),
  ];
}

const countsGuesses = (deployment: Deployment, { dataKeyArn }: Granted): PolicyStatement[] => [
  ...allow('Guesses', ['s3:PutObject'], guessObjects(deployment)),
  ...allow('GuessesKey', ['kms:GenerateDataKey'], dataKeyArn, {
    StringEquals: { 'kms:ViaService': `s3.${deployment.region}.amazonaws.com` },
  }),
];

const allow = (
  sid: string,
  actions: readonly string[],
  resource: string,
  conditions: Record<string, Record<string, string | string[]>> = {},
): PolicyStatement[] =>
  actions.length === 0
    ? []
    : [
        new PolicyStatement({
          ...(sid === '' ? {} : { sid }),
          actions: [...actions],
          resources: [resource],
          conditions,
        }),
      ];

/** A machine's executions are encrypted by our key, for the caller too. */
export const machinesKey = (
  machine: string,
  { region }: Deployment,
  dataKeyArn: string,
  actions: readonly string[],
): PolicyStatement[] =>
  allow('ExecutionsKey', actions, dataKeyArn, {
    StringEquals: {
      'kms:ViaService': `states.${region}.amazonaws.com`,
    },
    // The children of a distributed Map may be the machine's or the Map's, which is the machine's ARN and a label.
    StringLike: {
      'kms:EncryptionContext:aws:states:stateMachineArn': [machine, `${machine}/*`],
    },
  });

/** Starting executions of a machine by its alias. Step Functions knows the machine as the resource, the alias as a condition. */
export function startsMachine(name: string, deployment: Deployment, dataKeyArn: string): PolicyStatement[] {
  const machine = machineArn(deployment, name);
  return [
    ...allow('Start', ['states:StartExecution'], machine, {
      'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': aliasName },
    }),
    ...machinesKey(machine, deployment, dataKeyArn, ['kms:Decrypt', 'kms:GenerateDataKey']),
  ];
}

function executionStatements(
  actions: readonly ExecutionAction[],
  deployment: Deployment,
  { dataKeyArn }: Granted,
): PolicyStatement[] {
  const machine = machineArn(deployment, rotationMachineName);
  const named = (some: readonly ExecutionAction[]): string[] => some.map((action) => `states:${action}`);
  const answers = actions.filter((action) => onMachine.includes(action));
  const looks = actions.filter(
    (action) => action !== 'StartExecution' && !onMachine.includes(action) && action !== 'ListExecutions',
  );
  const starts = actions.includes('StartExecution');
  const keyActions = answers.length > 0 ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'];
  return [
    ...(starts ? startsMachine(rotationMachineName, deployment, dataKeyArn) : []),
    // An answer is for no resource: the token in it is the right to give it.
    ...allow('AnswerRotations', named(answers), '*'),
    ...allow('Rotations', named(looks), executionsOf(deployment, rotationMachineName)),
    // A list is asked of the machine.
    ...allow('RunningRotations', named(actions.filter((action) => action === 'ListExecutions')), machine),
    ...(starts || actions.length === 0 ? [] : machinesKey(machine, deployment, dataKeyArn, keyActions)),
  ];
}

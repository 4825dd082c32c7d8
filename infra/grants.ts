import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { keyTrial, keyUse, neededVerbs, onSecrets } from '../tasks/domain/secret-access.ts';
import { pendingLabel } from '../tasks/domain/secret-versions.ts';
import { addressOf } from '../tasks/domain/settings/sender.ts';
import {
  actionsIn,
  centralVerbs,
  type ExecutionVerb,
  executionVerbs,
  type SecretVerb,
  type Verb,
  verbsIn,
} from '../tasks/domain/verbs.ts';
import { entersBy, type FunctionRow, type MemberAccess } from '../tasks/manifest.ts';
import { adoptable, adoptedStages } from './adoptable.ts';
import { bucketStatementsOf } from './bucket-grants.ts';
import {
  aliasName,
  canaryArn,
  configurationSetArn,
  eventBusArn,
  executionsOf,
  identities,
  machineArn,
  memberContacts,
  ownProductArn,
  rotationMachineName,
  secretsKeyAliasOf,
  useFunctionArn,
  userSecrets,
} from './names.ts';
import { memberRolesOf } from './reach.ts';
import type { Deployment } from './settings.ts';
import { actionsAmong, allow } from './statements.ts';

/** What the deployment creates and the policies name. */
export interface Granted {
  readonly dataKeyArn: string;
  readonly secretsKeyArn: string;
  readonly linkKeyArn: string;
}

/** The statements of a task's role, one for each kind of thing that it may touch. */
export function statementsOf(
  row: Pick<FunctionRow, 'does'>,
  deployment: Deployment,
  granted: Granted,
): PolicyStatement[] {
  const { does } = row;
  const access = entersBy(row);
  const may = (verb: Verb): boolean => does.includes(verb);
  return [
    ...(access.length > 0 ? [entersMember(access, deployment)] : []),
    ...organizationStatements(does, deployment),
    ...secretStatements(does, deployment, granted),
    ...(may('listCentralSecrets') ? allow('ListSecrets', centralVerbs.listCentralSecrets, '*') : []),
    ...(may('readSecretsKey')
      ? allow('UsersSecretsKeyState', centralVerbs.readSecretsKey, granted.secretsKeyArn)
      : []),
    ...(may('readLinkKey') ? readsLinkKey(deployment, granted) : []),
    ...(may('sendMail') ? [sendsMail(deployment)] : []),
    ...(may('checkUse') ? allow('CheckUse', centralVerbs.checkUse, useFunctionArn(deployment)) : []),
    ...(may('putEvents') ? allow('PutEvents', centralVerbs.putEvents, eventBusArn(deployment)) : []),
    ...(may('importFindings') && deployment.sweep.securityHub
      ? allow('SecurityHub', centralVerbs.importFindings, ownProductArn(deployment))
      : []),
    ...(may('readCanaryKeys') ? allow('Canary', centralVerbs.readCanaryKeys, canaryArn(deployment)) : []),
    ...bucketStatementsOf(row, deployment, granted),
    ...executionStatements(does, deployment, granted),
  ];
}

const entersMember = (access: readonly MemberAccess[], deployment: Deployment): PolicyStatement =>
  new PolicyStatement({
    sid: 'EnterMemberAccounts',
    actions: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
    ...memberRolesOf(deployment, access),
  });

function organizationStatements(does: readonly Verb[], deployment: Deployment): PolicyStatement[] {
  const { organization, mail } = deployment;
  // The accounts are then in the settings.
  if (organization === undefined) return [];
  const { id, managementAccount } = organization;
  const accounts = `arn:${Aws.PARTITION}:organizations::${managementAccount}:account/${id}/*`;
  return [
    ...(does.includes('describeAccount')
      ? allow('DescribeAccount', centralVerbs.describeAccount, accounts)
      : []),
    ...(does.includes('listAccounts') ? allow('ListAccounts', centralVerbs.listAccounts, '*') : []),
    ...(does.includes('readAccountTags') && mail.ownersFrom.includes('accountTag')
      ? allow('ReadAccountTags', centralVerbs.readAccountTags, accounts)
      : []),
    ...(does.includes('readContacts') && contactPlaces.some((place) => mail.ownersFrom.includes(place))
      ? [readsContacts(deployment, organization)]
      : []),
  ];
}

const contactPlaces = ['securityContact', 'operationsContact'] as const;

/** Each account of the organization; our own is asked about as an account by itself. */
const readsContacts = (
  { account }: Deployment,
  { id, managementAccount }: NonNullable<Deployment['organization']>,
): PolicyStatement =>
  new PolicyStatement({
    sid: 'ReadContacts',
    actions: [...centralVerbs.readContacts],
    resources: [
      memberContacts({ id, managementAccount }),
      `arn:${Aws.PARTITION}:account::${account}:account`,
    ],
  });

/** The further conditions of a statement about a secret, wherever the secret is. */
export const secretConditions: Readonly<
  Partial<Record<SecretVerb, Readonly<Record<string, Readonly<Record<string, string | string[]>>>>>>
> = {
  readPending: { StringEquals: { 'secretsmanager:VersionStage': pendingLabel } },
  admitReaders: { Bool: { 'secretsmanager:BlockPublicPolicy': 'true' } },
  deleteSecret: { NumericGreaterThanEquals: { 'secretsmanager:RecoveryWindowInDays': '7' } },
  readAdopted: adoptedStages,
};

/**
 * Covers every user's secret in the central account: those of its own users, and those that were created while
 * storage was central. IAM enforces "one user's secret" as far as it can: a value can be read only while it is
 * pending, for some minutes; a resource policy can't make a secret public; the KMS key works for users' secrets only.
 */
function secretStatements(
  does: readonly Verb[],
  deployment: Deployment,
  { secretsKeyArn }: Granted,
): PolicyStatement[] {
  const { where, replicaRegions } = deployment.storage;
  const needed = neededVerbs({ replicaRegions }, does);
  const secrets = userSecrets(deployment);
  const free = needed.filter((verb) => secretConditions[verb] === undefined);
  // An adopted secret isn't among these.
  const bound = needed.filter((verb) => secretConditions[verb] !== undefined && verb !== 'readAdopted');
  const usesKey = needed.some((verb) => keyUse[verb] !== undefined);
  return [
    ...allow('UsersSecrets', actionsIn(onSecrets, free), secrets),
    ...bound.flatMap((verb) => allow('', onSecrets[verb], secrets, secretConditions[verb])),
    ...(deployment.storage.adopts ? adoptedStatements(does, deployment) : []),
    ...(usesKey ? usersSecretsKey(deployment, secretsKeyArn) : []),
    ...(usesKey && where === 'central' ? replicaRegions.map((region) => replicates(region, deployment)) : []),
  ];
}

/** The same for adopted secrets of the central account's own users; they have no policy or replicas of ours. */
const adoptedStatements = (does: readonly Verb[], deployment: Deployment): PolicyStatement[] => {
  const free = actionsAmong(onSecrets, does, 'readSecret', 'storeValue', 'moveLabel');
  const values = actionsAmong(onSecrets, does, 'readAdopted');
  return adoptable(deployment, { partition: Aws.PARTITION, accountId: deployment.account }).flatMap(
    ({ resource, conditions }) => [
      ...allow('', free, resource, conditions),
      ...allow('', values, resource, { ...conditions, ...adoptedStages }),
    ],
  );
};

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

/** A copy's key belongs to another stack, so it is addressed by its alias. */
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
    actions: [...centralVerbs.readLinkKey],
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
    actions: [...centralVerbs.sendMail],
    resources: [
      // The sender's identity, whichever it is; in the sandbox, SES checks the recipient's too.
      identities(deployment),
      configurationSetArn(deployment),
    ],
    conditions: { StringEquals: { 'ses:FromAddress': addressOf(from) } },
  });
};

/** A machine's executions are encrypted with our key, which the caller needs too. */
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

/**
 * Starting executions of a machine by its alias. Step Functions authorizes the machine as the resource, and the alias
 * as a condition.
 */
export function startsMachine(name: string, deployment: Deployment, dataKeyArn: string): PolicyStatement[] {
  const machine = machineArn(deployment, name);
  return [
    ...allow('Start', executionVerbs.startRotation, machine, {
      'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': aliasName },
    }),
    ...machinesKey(machine, deployment, dataKeyArn, ['kms:Decrypt', 'kms:GenerateDataKey']),
  ];
}

function executionStatements(
  does: readonly Verb[],
  deployment: Deployment,
  { dataKeyArn }: Granted,
): PolicyStatement[] {
  const machine = machineArn(deployment, rotationMachineName);
  const verbs = verbsIn(executionVerbs, does);
  const among = (...some: readonly ExecutionVerb[]) => actionsAmong(executionVerbs, verbs, ...some);
  const answers = among('answerWait', 'interruptWait');
  const looks = among('describeRotation', 'stopRotation', 'readHistory');
  const starts = verbs.includes('startRotation');
  const keyActions = answers.length > 0 ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'];
  return [
    ...(starts ? startsMachine(rotationMachineName, deployment, dataKeyArn) : []),
    // An answer has no resource: the token in it is the authorization.
    ...allow('AnswerRotations', answers, '*'),
    ...allow('Rotations', looks, executionsOf(deployment, rotationMachineName)),
    // Executions are listed on the machine.
    ...allow('RunningRotations', among('listRotations'), machine),
    ...(starts || verbs.length === 0 ? [] : machinesKey(machine, deployment, dataKeyArn, keyActions)),
  ];
}

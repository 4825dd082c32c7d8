import {
  type AccessKeyMetadata,
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListUserTagsCommand,
  NoSuchEntityException,
  TagUserCommand,
  UntagUserCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { DescribeAccountCommand } from '@aws-sdk/client-organizations';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  type PutSecretValueCommandInput,
  ReplicateSecretToRegionsCommand,
  ResourceNotFoundException,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { MessageRejected, SendEmailCommand } from '@aws-sdk/client-sesv2';
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  ListExecutionsCommand,
} from '@aws-sdk/client-sfn';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Dependencies } from '../../tasks/dependencies.ts';
import { nameOf } from '../../tasks/domain/execution-name.ts';
import { type LastUse, versionIdOf } from '../../tasks/domain/keys.ts';
import { defaultPolicy } from '../../tasks/domain/policy.ts';
import type { Plan, Work } from '../../tasks/domain/rotation.ts';
import { parseSettings, type SettingsInput } from '../../tasks/domain/settings/told.ts';
import { day, later } from '../../tasks/domain/time.ts';
import { awsError, type MockedAws } from './mocked-aws.ts';

export * from './mocked-aws.ts';

export const now = new Date('2026-11-22T08:00:00.000Z');
export const daysAgo = (count: number): Date => later(now, -count * day);

export const accountId = '111122223333';
export const userName = 'deploy-bot';
export const executionOf = (name: string): string =>
  `arn:aws:states:eu-west-1:999988887777:execution:rotate-user-key:${name}`;
export const executionArn = executionOf('111122223333-deploy-bot-1');
export const stateMachineArn = 'arn:aws:states:eu-west-1:999988887777:stateMachine:rotate-user-key:live';
export const rotation = { accountId, userName, executionArn };

export const oldKeyId = 'AKIAOLDOLDOLDOLDQJHX';
export const newKeyId = 'AKIANEWNEWNEWNEWZWVK';
export const strangersKeyId = 'AKIASTRANGERSKEYPQRS';
/** What must be nowhere but in Secrets Manager. */
export const secretAccessKey = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLESECRET';
const linkKey = 'the key that signs links in these tests';
export const linkKeys = [Buffer.from(linkKey)];

const settings: SettingsInput = {
  mode: 'live',
  region: 'eu-west-1',
  mailFrom: 'keyturn@example.com',
  operators: 'ops@example.com',
  linkBase: 'https://keyturn.example.com/',
};

export const makePlan = (changes: Partial<Plan> = {}): Plan => ({
  act: 'rotate',
  because: 'the key is 104 days old',
  oldKeyId,
  oldKeyActive: true,
  oldKeyCreatedAt: daysAgo(104).toISOString(),
  oldKeyCurrent: false,
  oldKeyActiveSince: daysAgo(104).toISOString(),
  newKeyNeeded: true,
  keysSeen: [oldKeyId],
  confirmation: 'owner',
  owner: ['ada@example.com'],
  accountName: 'Payments',
  accountEmail: 'payments@example.com',
  policy: defaultPolicy,
  reminderSeconds: 3 * 86_400,
  windowSeconds: 10 * 86_400,
  rounds: 3,
  ...changes,
});

/** What a task is handed once the new key is made. */
export const makeWork = (plan: Partial<Plan> = {}): Work => ({
  ...makeWorkWithoutNewKey(plan),
  newKeyId,
});

/** The same before there is a new key. */
export const makeWorkWithoutNewKey = (plan: Partial<Plan> = {}): Work => ({
  rotation,
  plan: makePlan(plan),
  leaving: 'oldKey',
});

/** The same once the new key is to go. */
export const makeWithdrawal = (plan: Partial<Plan> = {}): Work => ({
  ...makeWork(plan),
  leaving: 'newKey',
});

/** As an execution hands it on that began under 0.1.0: that machine doesn't say which key leaves. */
export const underFirstMachine = ({ leaving: _, ...work }: Work): Work => work;

/** In an emergency: the old key has leaked. */
export const leaked: Partial<Plan> = { act: 'emergency', confirmation: 'leakedKey', leaked: [oldKeyId] };

/** A fixed clock, sleep that only records, a log that collects. */
export function setUp(changes: Partial<SettingsInput> = {}) {
  const slept: number[] = [];
  const recorded: Readonly<Record<string, number>>[] = [];
  const logged: { level: string; message: string; details: Record<string, unknown> }[] = [];
  const log = (level: string) => (message: string, details: Record<string, unknown>) => {
    logged.push({ level, message, details });
  };
  const dependencies: Dependencies = {
    settings: parseSettings({ ...settings, ...changes }),
    aws: { region: 'eu-west-1', credentials: { accessKeyId: 'AKIATASK', secretAccessKey: 'task' } },
    now: () => now,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
    },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    metrics: { record: (counts) => void recorded.push(counts) },
  };
  return { dependencies, slept, logged, recorded };
}

export const makeKey = (
  AccessKeyId: string,
  Status: AccessKeyMetadata['Status'] = 'Active',
  CreateDate: Date = daysAgo(104),
): AccessKeyMetadata => ({ UserName: userName, AccessKeyId, Status, CreateDate });

/** The user's keys once the new one is made. */
export const bothKeys = [makeKey(oldKeyId), makeKey(newKeyId, 'Active', daysAgo(9))];

/** What DescribeExecution answers. */
type Described = Partial<DescribeExecutionCommandOutput> & { readonly status: ExecutionStatus };

export interface MockedUser {
  readonly keys?: readonly AccessKeyMetadata[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly uses?: Readonly<Record<string, LastUse>>;
  /** The keys that the user's secret has, the current one first; left out, there is no secret. */
  readonly stored?: readonly string[];
  /** Executions by ARN, as their status or with more; others aren't known. */
  readonly executions?: Readonly<Record<string, ExecutionStatus | Described>>;
  /** Addresses that SES refuses. */
  readonly refused?: readonly string[];
}

/** Lets AWS answer as if the world were so. Only the secret's versions change with what is called. */
export function given(aws: MockedAws, world: MockedUser = {}): void {
  givenAccount(aws);
  givenUser(aws, world);
  givenSecret(aws, world.stored);
  givenExecutions(aws, world.executions ?? {});
  aws.ses.on(SendEmailCommand).resolves({ MessageId: '1' });
  for (const address of world.refused ?? []) {
    const refusal = new MessageRejected({ message: 'Address is not verified', $metadata: {} });
    aws.ses.on(SendEmailCommand, { Destination: { ToAddresses: [address] } }).rejects(refusal);
  }
}

function givenAccount({ organizations, sts }: MockedAws): void {
  const Account = {
    Id: accountId,
    Name: 'Payments',
    Email: 'payments@example.com',
    State: 'ACTIVE',
  } as const;
  organizations.on(DescribeAccountCommand).resolves({ Account });
  const session = { AccessKeyId: 'ASIASESSION', SecretAccessKey: 'session', SessionToken: 'token' };
  sts
    .on(AssumeRoleCommand)
    .resolves({ Credentials: { ...session, Expiration: later(now, 900_000) } })
    .on(GetCallerIdentityCommand)
    .resolves({ Account: accountId, Arn: `arn:aws:iam::${accountId}:user/ci/${userName}` });
}

function givenUser(
  { iam }: MockedAws,
  { keys = [makeKey(oldKeyId)], tags = {}, uses = {} }: MockedUser,
): void {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const AccessKey = {
    UserName: userName,
    AccessKeyId: newKeyId,
    SecretAccessKey: secretAccessKey,
    Status: 'Active',
  } as const;
  iam
    .on(ListAccessKeysCommand)
    .resolves({ AccessKeyMetadata: [...keys] })
    .on(ListUserTagsCommand)
    .resolves({ Tags })
    .on(GetUserCommand)
    .resolves({
      User: { UserName: rotation.userName, Tags, Path: '/', UserId: 'AIDA', Arn: 'arn', CreateDate: now },
    })
    .on(CreateAccessKeyCommand)
    .resolves({ AccessKey });
  iam.on(UpdateAccessKeyCommand).resolves({});
  iam.on(DeleteAccessKeyCommand).resolves({});
  iam.on(TagUserCommand).resolves({});
  iam.on(UntagUserCommand).resolves({});
  // Of a key that nobody said anything of, IAM knows nothing either.
  iam.on(GetAccessKeyLastUsedCommand).rejects(noSuchKey);
  for (const [AccessKeyId, use] of Object.entries(uses)) {
    const asked = iam.on(GetAccessKeyLastUsedCommand, { AccessKeyId });
    if (use.state === 'unknown') asked.rejects(awsError(use.because));
    else asked.resolves({ UserName: userName, AccessKeyLastUsed: lastUsed(use) });
  }
}

function lastUsed(use: Exclude<LastUse, { state: 'unknown' }>) {
  if (use.state === 'used') return { LastUsedDate: use.at, ServiceName: use.service, Region: use.region };
  return { LastUsedDate: undefined, ServiceName: 'N/A', Region: 'N/A' };
}

function givenSecret({ secrets, kms }: MockedAws, stored: MockedUser['stored']): void {
  const stages = new Map<string, string[]>();
  const values = new Map<string, string>();
  const remove = (stage: string): void => {
    for (const [id, labels] of stages)
      stages.set(
        id,
        labels.filter((label) => label !== stage),
      );
  };
  const move = (stage: string, to: string): void => {
    remove(stage);
    stages.set(to, [...(stages.get(to) ?? []), stage]);
  };
  for (const [index, id] of (stored ?? []).entries())
    stages.set(versionIdOf(id), index === 0 ? ['AWSCURRENT'] : ['keyturn-new']);
  const put = ({
    ClientRequestToken = '',
    SecretString = '',
    VersionStages = ['AWSCURRENT'],
  }: PutSecretValueCommandInput): object => {
    values.set(ClientRequestToken, SecretString);
    for (const stage of VersionStages) move(stage, ClientRequestToken);
    return { ARN: secretArn };
  };
  const pair = JSON.stringify({ accessKeyId: newKeyId, secretAccessKey });
  values.set(versionIdOf(newKeyId), pair);
  if (stored?.includes(newKeyId) && stored[0] !== newKeyId) move('AWSPENDING', versionIdOf(newKeyId));
  const replicas: { readonly Region?: string | undefined }[] = [];
  const missing = new ResourceNotFoundException({ message: 'no such secret', $metadata: {} });
  kms.on(DescribeKeyCommand).resolves({ KeyMetadata: { KeyId: 'key', KeyState: 'Enabled' } });
  secrets
    .on(DescribeSecretCommand)
    .callsFake(() => {
      if (stages.size === 0) throw missing;
      return {
        ARN: secretArn,
        CreatedDate: daysAgo(100),
        VersionIdsToStages: Object.fromEntries([...stages].filter(([, labels]) => labels.length > 0)),
        ReplicationStatus: replicas,
      };
    })
    .on(CreateSecretCommand)
    .callsFake(put)
    .on(PutSecretValueCommand)
    .callsFake(put)
    .on(PutResourcePolicyCommand)
    .resolves({})
    .on(ReplicateSecretToRegionsCommand)
    .callsFake(({ AddReplicaRegions = [] }) => void replicas.push(...AddReplicaRegions))
    .on(UpdateSecretVersionStageCommand)
    .callsFake(({ VersionStage, MoveToVersionId }) => {
      if (MoveToVersionId === undefined) return remove(VersionStage);
      if (!stages.has(MoveToVersionId)) throw missing;
      move(VersionStage, MoveToVersionId);
    })
    .on(GetSecretValueCommand)
    .rejects(missing)
    .on(GetSecretValueCommand, { SecretId: 'keyturn/link-key', VersionStage: 'AWSCURRENT' })
    .resolves({ SecretString: linkKey })
    .on(GetSecretValueCommand, { VersionStage: 'AWSPENDING' })
    .callsFake(() => {
      const [id] = [...stages].find(([, labels]) => labels.includes('AWSPENDING')) ?? [];
      if (id === undefined) throw missing;
      return { SecretString: values.get(id) };
    });
}

function givenExecutions({ sfn }: MockedAws, executions: NonNullable<MockedUser['executions']>): void {
  const all = Object.entries(executions).map(([executionArn, of]) => ({
    executionArn,
    name: nameOf(executionArn),
    startDate: daysAgo(20),
    stateMachineArn,
    ...(typeof of === 'string' ? { status: of } : of),
  }));
  sfn
    .on(DescribeExecutionCommand)
    .rejects(new ExecutionDoesNotExist({ message: 'no such execution', $metadata: {} }))
    .on(ListExecutionsCommand)
    .resolves({ executions: all.filter(({ status }) => status === 'RUNNING') });
  for (const execution of all)
    sfn.on(DescribeExecutionCommand, { executionArn: execution.executionArn }).resolves(execution);
}

export const secretName = `keyturn/${accountId}/${userName}`;
export const secretArn = `arn:aws:secretsmanager:eu-west-1:999988887777:secret:${secretName}-Ab3dE6`;

export const noSuchUser = new NoSuchEntityException({
  message: `The user with name ${userName} cannot be found.`,
  $metadata: {},
});
export const noSuchKey = new NoSuchEntityException({
  message: `The Access Key with id ${oldKeyId} cannot be found.`,
  $metadata: {},
});

export const usedAt = (at: Date, service = 's3'): LastUse => ({
  state: 'used',
  at,
  service,
  region: 'eu-west-1',
});
export const neverUsed: LastUse = { state: 'neverUsed' };
export const unknownUse = (because = 'AccessDenied'): LastUse => ({ state: 'unknown', because });

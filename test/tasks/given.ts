import { GetAlternateContactCommand, ResourceNotFoundException as NoContact } from '@aws-sdk/client-account';
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
import { DescribeAccountCommand, ListTagsForResourceCommand } from '@aws-sdk/client-organizations';
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
import { nameOf } from '../../tasks/domain/execution-name.ts';
import { type LastUse, versionIdOf } from '../../tasks/domain/keys.ts';
import { later } from '../../tasks/domain/time.ts';
import { ago, now } from '../domain/uses.ts';
import {
  accountId,
  linkKey,
  newKeyId,
  oldKeyId,
  rotation,
  secretAccessKey,
  secretArn,
  stateMachineArn,
  userName,
} from './ids.ts';
import { awsError, type MockedAws } from './mocked-aws.ts';

export const makeKey = (
  AccessKeyId: string,
  Status: AccessKeyMetadata['Status'] = 'Active',
  CreateDate: Date = ago(104),
): AccessKeyMetadata => ({ UserName: userName, AccessKeyId, Status, CreateDate });

/** The user's keys once the new one is made. */
export const bothKeys = [makeKey(oldKeyId), makeKey(newKeyId, 'Active', ago(9))];

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

function givenAccount({ organizations, account, sts }: MockedAws): void {
  const Account = {
    Id: accountId,
    Name: 'Payments',
    Email: 'payments@example.com',
    State: 'ACTIVE',
  } as const;
  organizations.on(DescribeAccountCommand).resolves({ Account });
  // Nothing but its address says who answers for the account.
  organizations.on(ListTagsForResourceCommand).resolves({ Tags: [] });
  account.on(GetAlternateContactCommand).rejects(new NoContact({ message: 'none', $metadata: {} }));
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
        CreatedDate: ago(100),
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
    startDate: ago(20),
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

export const noSuchUser = new NoSuchEntityException({
  message: `The user with name ${userName} cannot be found.`,
  $metadata: {},
});
export const noSuchKey = new NoSuchEntityException({
  message: `The Access Key with id ${oldKeyId} cannot be found.`,
  $metadata: {},
});

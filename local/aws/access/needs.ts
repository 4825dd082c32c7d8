import { findUser } from '../iam/account.ts';
import { keyAnywhere, kmsKey } from '../kms.ts';
import type { AskedCall, Need, Resources } from './need.ts';
import { secretNeeds } from './secret-needs.ts';

/**
 * The actions that a call must be allowed: the one that bears its name, and those that the service takes with the
 * caller's permissions. Resources are as the service authorization reference names them.
 */
export function needsOf(asked: AskedCall, resources: Resources): readonly [Need, ...Need[]] {
  if (asked.service === 'secretsmanager') return secretNeeds(asked, resources);
  const { service, operation, caller } = asked;
  const need = { action: `${service}:${operation}`, accountId: caller.accountId, context: {} };
  switch (service) {
    case 'iam':
      return [{ ...need, resource: userIn(asked, resources) }];
    case 'sts': {
      const role = { ...need, ...roleIn(asked) };
      if (asked.input.SourceIdentity === undefined) return [role];
      return [role, { ...role, action: 'sts:SetSourceIdentity' }];
    }
    case 'kms':
      return [{ ...need, ...keyIn(asked, resources) }];
    case 'states':
      return [{ ...need, ...machineOrExecutionIn(asked) }, ...machinesKey(asked, resources)];
    case 'ses': {
      const [sender, ...others] = sendersIn(asked, resources);
      return [{ ...need, ...sender }, ...others.map((other) => ({ ...need, ...other }))];
    }
    case 'organizations':
      return [{ ...need, resource: accountIn(asked, resources) }];
    case 'account':
      return [{ ...need, resource: contactsIn(asked, resources) }];
    case 'lambda':
      return [{ ...need, action: 'lambda:InvokeFunction', resource: functionIn(asked, resources) }];
    case 'securityhub': {
      const { partition, region } = resources.model;
      const owner = `arn:${partition}:securityhub:${region}:${caller.accountId}`;
      return [{ ...need, resource: `${owner}:product/${caller.accountId}/default` }];
    }
    case 'cloudtrail':
      return [{ ...need, resource: '*' }];
    case 'events':
      return busNeeds(need, asked, resources);
    case 's3':
      return objectNeeds(need, asked, resources);
  }
}

/** The user that IAM is asked about; `*` if it isn't about one. */
function userIn({ operation, input, caller }: AskedCall, { model, keys }: Resources): string {
  const userArn = (pathAndName: string): string =>
    `arn:${model.partition}:iam::${caller.accountId}:user${pathAndName}`;
  if (operation === 'ListUsers') return userArn(String(input.PathPrefix ?? '/'));
  if (operation === 'GetGroup')
    return `arn:${model.partition}:iam::${caller.accountId}:group/${String(input.GroupName)}`;
  if (operation === 'CreateUser') return userArn(`${input.Path ?? '/'}${input.UserName}`);
  if (operation === 'GetAccessKeyLastUsed') {
    const issued = keys.find(String(input.AccessKeyId));
    return issued !== undefined && issued.account.id === caller.accountId ? issued.user.arn : '*';
  }
  if (typeof input.UserName !== 'string') return '*';
  const account = model.accounts.get(caller.accountId);
  const user = account === undefined ? undefined : findUser(account, input.UserName);
  return user?.arn ?? userArn(`/${input.UserName}`);
}

function roleIn({ input, caller }: AskedCall): Omit<Need, 'action'> {
  const { RoleArn: arn, ExternalId, RoleSessionName, SourceIdentity } = input;
  if (typeof arn !== 'string') return { resource: '*', accountId: caller.accountId, context: {} };
  const context = {
    'sts:ExternalId': textOf(ExternalId),
    'sts:RoleSessionName': textOf(RoleSessionName),
    'sts:SourceIdentity': textOf(SourceIdentity),
  };
  return { resource: arn, accountId: arn.split(':')[4] ?? '', context };
}

/** The KMS key that a call is about; an alias in it is a condition key, as are all aliases of the key. */
function keyIn({ input, caller }: AskedCall, { model }: Resources): Omit<Need, 'action'> {
  const id = textOf(input.KeyId);
  const found = keyAnywhere(model, { accountId: caller.accountId, region: model.region }, id);
  if (found === undefined) return { resource: '*', accountId: caller.accountId, context: {} };
  const accountId = found.arn.split(':')[4] ?? '';
  const context = { 'kms:CallerAccount': caller.accountId, 'kms:ResourceAliases': found.aliases };
  const alias = /alias\/.+$/.exec(id ?? '')?.[0];
  return {
    resource: found.arn,
    accountId,
    context: alias === undefined ? context : { ...context, 'kms:RequestAlias': alias },
  };
}

/**
 * Step Functions checks permissions on the machine itself, even if it is called by an alias or a version; which one is
 * a condition key. An answer by task token has no resource.
 */
function machineOrExecutionIn({ input }: AskedCall): Pick<Need, 'resource' | 'context'> {
  const { stateMachineArn, executionArn } = input;
  if (typeof executionArn === 'string') return { resource: executionArn, context: {} };
  if (typeof stateMachineArn !== 'string') return { resource: '*', context: {} };
  const [, machine = stateMachineArn, qualifier] =
    /^(.*:stateMachine:[^:]+):(.+)$/.exec(stateMachineArn) ?? [];
  const context = qualifier === undefined ? {} : { 'states:StateMachineQualifier': [qualifier] };
  return { resource: machine, context };
}

/**
 * State machines here are encrypted by a customer's key, as a deployment's are: a caller who starts an execution or
 * reads of one must be allowed the key. An answer by token names no machine, so what it needs of the key isn't
 * modelled.
 */
function machinesKey({ operation, input, caller }: AskedCall, { model }: Resources): Need[] {
  const { executionArn, stateMachineArn } = input;
  const [, machine] =
    /^(arn:[^:]+:states:[^:]+:\d+:(?:execution|stateMachine):[^:]+)/.exec(
      String(executionArn ?? stateMachineArn),
    ) ?? [];
  const key = kmsKey(model, { accountId: caller.accountId, region: model.region }, model.statesKmsKeyId);
  if (machine === undefined || key === undefined) return [];
  const context = {
    'kms:EncryptionContext:aws:states:stateMachineArn': machine.replace(':execution:', ':stateMachine:'),
    'kms:ViaService': `states.${model.region}.amazonaws.com`,
  };
  const actions = operation === 'StartExecution' ? ['Decrypt', 'GenerateDataKey'] : ['Decrypt'];
  return actions.map((action) => ({
    action: `kms:${action}`,
    resource: key.arn,
    accountId: caller.accountId,
    context,
  }));
}

/**
 * S3 encrypts under the bucket's key with the caller's permissions; here it is the key of deployments' own data, except
 * for a bucket in another region, which is under S3's own.
 */
function objectNeeds(
  need: Omit<Need, 'resource'>,
  asked: AskedCall,
  { model, buckets }: Resources,
): [Need, ...Need[]] {
  const { operation, input, caller } = asked;
  const bucket = `arn:${model.partition}:s3:::${input.Bucket}`;
  const own = { ...need, resource: input.Key === undefined ? bucket : `${bucket}/${input.Key}` };
  const key = kmsKey(model, { accountId: caller.accountId, region: model.region }, model.statesKmsKeyId);
  if (key === undefined || input.Key === undefined) return [own];
  const found = buckets.get(String(input.Bucket));
  const isThere = found?.objects.has(String(input.Key)) ?? false;
  // S3 says that an object doesn't exist only to callers who may list the bucket.
  if (operation === 'GetObject' && !isThere)
    return [own, { ...need, action: 's3:ListBucket', resource: bucket }];
  // To compare the version that it replaces, S3 lets the caller read it.
  const compares = input.IfMatch === undefined ? [] : [{ ...own, action: 's3:GetObject' }];
  if (found !== undefined && found.region !== model.region) return [own, ...compares];
  const action = operation === 'PutObject' ? 'kms:GenerateDataKey' : 'kms:Decrypt';
  const context = { 'kms:ViaService': `s3.${model.region}.amazonaws.com` };
  const locks = input.ObjectLockMode === undefined ? [] : [{ ...own, action: 's3:PutObjectRetention' }];
  return [own, ...locks, { action, resource: key.arn, accountId: caller.accountId, context }];
}

function functionIn({ input, caller }: AskedCall, { model }: Resources): string {
  return `arn:${model.partition}:lambda:${model.region}:${caller.accountId}:function:${input.FunctionName}`;
}

/** Each bus that a call puts events on. */
function busNeeds(
  need: Omit<Need, 'resource'>,
  { input }: AskedCall,
  { model }: Resources,
): [Need, ...Need[]] {
  const entries: readonly unknown[] = Array.isArray(input.Entries) ? input.Entries : [];
  const names = new Set(entries.map((entry) => textOf(Object(entry).EventBusName) ?? 'default'));
  const [first = 'default', ...others] = names;
  const arn = `arn:${model.partition}:events:${model.region}:${need.accountId}:event-bus`;
  const on = (name: string): Need => ({ ...need, resource: `${arn}/${name}` });
  return [on(first), ...others.map(on)];
}

type Sender = Pick<Need, 'resource' | 'context'>;

/** The sender's domain, as a deployment verifies it, and the configuration set if the mail names one. */
function sendersIn({ operation, input, caller }: AskedCall, { model }: Resources): [Sender, ...Sender[]] {
  if (operation !== 'SendEmail') return [{ resource: '*', context: {} }];
  const from = textOf(input.FromEmailAddress) ?? '';
  const address = /<([^>]+)>\s*$/.exec(from)?.[1] ?? from;
  const context = { 'ses:FromAddress': address };
  const arn = `arn:${model.partition}:ses:${model.region}:${caller.accountId}`;
  const sender = { context, resource: `${arn}:identity/${address.slice(address.lastIndexOf('@') + 1)}` };
  const set = textOf(input.ConfigurationSetName);
  if (set === undefined) return [sender];
  return [sender, { context, resource: `${arn}:configuration-set/${set}` }];
}

const organizationIn = ({ model }: Resources): string =>
  model.accounts.get(model.centralAccountId)?.path.split('/')[0] ?? '';

function accountIn({ operation, input }: AskedCall, resources: Resources): string {
  const { partition, centralAccountId } = resources.model;
  const id = operation === 'ListTagsForResource' ? input.ResourceId : input.AccountId;
  if (typeof id !== 'string') return '*';
  return `arn:${partition}:organizations::${centralAccountId}:account/${organizationIn(resources)}/${id}`;
}

function contactsIn({ input, caller }: AskedCall, resources: Resources): string {
  const { partition, centralAccountId } = resources.model;
  const own = `arn:${partition}:account::${caller.accountId}:account`;
  if (input.AccountId === undefined) return own;
  return `arn:${partition}:account::${centralAccountId}:account/${organizationIn(resources)}/${String(input.AccountId)}`;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

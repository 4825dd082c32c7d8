import type {
  AssumeRoleRequest,
  AssumeRoleResponse,
  GetAccessKeyInfoRequest,
  GetAccessKeyInfoResponse,
  GetCallerIdentityResponse,
} from '@aws-sdk/client-sts';
import { defined } from '../../tasks/domain/defined.ts';
import type { Callers } from './access/callers.ts';
import { contextOf } from './access/permissions.ts';
import { type AccessPolicy, readPolicy } from './access/policy.ts';
import { refusal } from './errors.ts';
import type { Model } from './iam/account.ts';
import type { KeyIndex } from './iam/key-index.ts';
import type { AwsError, Caller, Operations } from './types.ts';
import { operation, service } from './wire/operation.ts';

const HOUR = 3600;
const CENTURY = 100 * 365 * 24 * HOUR;

interface Sts {
  readonly model: Model;
  readonly keys: KeyIndex;
  readonly callers: Callers;
  /**
   * Whom the member accounts' roles trust at the moment, by their names; a role that isn't among them isn't there.
   * Undefined if all are there and trust every role of the central account.
   */
  readonly trusts: () => ReadonlyMap<string, AccessPolicy> | undefined;
}

/** STS: sessions of roles, and the caller's identity. */
export function stsOperations(world: Sts): Operations {
  const { keys, callers } = world;
  return service('sts', {
    AssumeRole: operation<AssumeRoleRequest, AssumeRoleResponse>()(
      ['RoleArn', 'RoleSessionName'],
      ['Policy', 'DurationSeconds', 'ExternalId', 'SourceIdentity'],
      (input, caller) => assumeRole(world, input, caller),
    ),
    GetCallerIdentity: operation<object, GetCallerIdentityResponse>()([], [], (_, caller) => ({
      Account: caller.accountId,
      Arn: caller.arn,
      UserId: userId(keys, caller),
    })),
    GetAccessKeyInfo: operation<GetAccessKeyInfoRequest, GetAccessKeyInfoResponse>()(
      ['AccessKeyId'],
      [],
      ({ AccessKeyId }) => {
        const Account = keys.find(AccessKeyId)?.account.id ?? callers.accountOfSession(AccessKeyId);
        if (Account === undefined) throw invalid(`The access key ID ${AccessKeyId} is not valid.`);
        return { Account };
      },
    ),
  });
}

type SessionInput = Pick<
  AssumeRoleRequest,
  'Policy' | 'DurationSeconds' | 'ExternalId' | 'SourceIdentity'
> & {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
};

function assumeRole(world: Sts, input: SessionInput, caller: Caller): AssumeRoleResponse {
  const { model, callers } = world;
  const { RoleArn, RoleSessionName, Policy, DurationSeconds = HOUR } = input;
  const role = readRoleArn(model, RoleArn);
  checkSession(input);
  const account = model.accounts.get(role.accountId);
  if (!isTrusted(world, input, role, caller) || account?.state !== 'ACTIVE' || !account.memberRole) {
    const who = `User: ${caller.arn} is not authorized to perform`;
    throw refusal('sts', 'denied', `${who}: sts:AssumeRole on resource: ${RoleArn}`);
  }
  // An operator's tools run on the real clock, and compare it with the expiration. An hour may pass quickly on the
  // virtual clock, so their sessions last.
  const seconds = caller.kind === 'operator' ? CENTURY : DurationSeconds;
  const Expiration = new Date(model.now().getTime() + seconds * 1000);
  const session = callers.open({
    ...role,
    sessionName: RoleSessionName,
    via: caller.roleName ?? caller.kind,
    ...defined({ sourceIdentity: input.SourceIdentity }),
    expiresAt: Expiration,
    ...defined({
      policy: Policy === undefined ? undefined : { text: Policy, read: readPolicy(Policy, 'session') },
    }),
  });
  const roleName = role.role.slice(role.role.lastIndexOf('/') + 1);
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration,
    },
    AssumedRoleUser: {
      AssumedRoleId: `${roleId(roleName)}:${RoleSessionName}`,
      Arn: `arn:${model.partition}:sts::${role.accountId}:assumed-role/${roleName}/${RoleSessionName}`,
    },
  };
}

function isTrusted(
  { model, ...sts }: Sts,
  input: SessionInput,
  { accountId, role }: { readonly accountId: string; readonly role: string },
  caller: Caller,
): boolean {
  const trusts = sts.trusts();
  if (trusts === undefined) return caller.kind !== 'user' && caller.accountId === model.centralAccountId;
  const context = contextOf(model, caller, {
    accountId,
    context: {
      'sts:ExternalId': input.ExternalId,
      'sts:RoleSessionName': input.RoleSessionName,
      'sts:SourceIdentity': input.SourceIdentity,
    },
  });
  const trust = trusts.get(role.slice(role.lastIndexOf('/') + 1));
  // A caller that sets a source identity must be trusted to do so.
  const actions = [
    'sts:AssumeRole',
    ...(input.SourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  return actions.every((action) => {
    const verdict = trust?.judge({ action, resource: input.RoleArn, context });
    return verdict === 'allowed' || verdict === 'delegated';
  });
}

function checkSession({
  RoleSessionName,
  ExternalId,
  DurationSeconds = HOUR,
  Policy = '',
  SourceIdentity,
}: SessionInput): void {
  if (!/^[\w+=,.@-]{2,64}$/.test(RoleSessionName))
    throw invalid(mustMatch('roleSessionName', RoleSessionName));
  if (SourceIdentity !== undefined && !/^[\w+=,.@-]{2,64}$/.test(SourceIdentity))
    throw invalid(mustMatch('sourceIdentity', SourceIdentity));
  if (ExternalId !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(ExternalId)) {
    throw invalid(mustMatch('externalId', ExternalId));
  }
  if (DurationSeconds < 900 || DurationSeconds > 12 * HOUR) {
    throw invalid(mustMatch('durationSeconds', String(DurationSeconds)));
  }
  if (Policy.length > 2048) throw invalid('The session policy exceeds 2048 characters.');
}

/** `role` is its name, after its path if it has one. */
function readRoleArn(model: Model, arn: string): { accountId: string; role: string } {
  const match = /^arn:([\w-]+):iam::(\d{12}):role\/((?:[!-~]+\/)?[\w+=,.@-]{1,64})$/.exec(arn);
  const [, partition, accountId, role] = match ?? [];
  if (partition !== model.partition || accountId === undefined || role === undefined) {
    throw invalid(`${arn} is invalid`);
  }
  return { accountId, role };
}

function userId(keys: KeyIndex, caller: Caller): string {
  if (caller.kind === 'user') return keys.find(caller.accessKeyId)?.user.id ?? caller.accessKeyId;
  return `${roleId(caller.roleName ?? 'operator')}:${caller.sessionName ?? 'local'}`;
}

/** Roles aren't modelled, so their IDs are made from their names. */
function roleId(roleName: string): string {
  const letters = roleName.toUpperCase().replace(/[^A-Z2-7]/g, '');
  return `AROA${letters.padEnd(17, 'A').slice(0, 17)}`;
}

function mustMatch(member: string, value: string): string {
  return `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint`;
}

const invalid = (message: string): AwsError => refusal('sts', 'invalid', message);

import type {
  CreateAccessKeyRequest,
  CreateAccessKeyResponse,
  DeleteAccessKeyRequest,
  GetAccessKeyLastUsedRequest,
  GetAccessKeyLastUsedResponse,
  ListAccessKeysRequest,
  ListAccessKeysResponse,
  UpdateAccessKeyRequest,
} from '@aws-sdk/client-iam';
import { refusal } from '../errors.ts';
import { AwsError, type Caller } from '../types.ts';
import { operation, page } from '../wire/operation.ts';
import { findUser, makeKey, removeKey, setStatus, type User, type UserKey } from './account.ts';
import {
  accountOf,
  badMarker,
  type Iam,
  KEYS_PER_USER,
  noSuchEntity,
  pageSize,
  readUser,
  userOf,
  userToChange,
} from './common.ts';
import { stillExists } from './key-index.ts';
import { reportedUse } from './usage.ts';

/** IAM's operations on access keys. */
export function accessKeyOperations(iam: Iam) {
  return {
    ListAccessKeys: operation<ListAccessKeysRequest, ListAccessKeysResponse>()(
      ['UserName'],
      ['Marker', 'MaxItems'],
      ({ UserName, Marker, MaxItems }, caller) => {
        const { keys, name } = readUser(iam, caller, UserName);
        indexKeys(iam, UserName, caller);
        const { items, next } = page(keys, pageSize(MaxItems), Marker, badMarker);
        return {
          AccessKeyMetadata: items.map(({ id: AccessKeyId, status: Status, createdAt: CreateDate }) => ({
            UserName: name,
            AccessKeyId,
            Status,
            CreateDate,
          })),
          IsTruncated: next !== undefined,
          Marker: next,
        };
      },
    ),
    CreateAccessKey: operation<CreateAccessKeyRequest, CreateAccessKeyResponse>()(
      ['UserName'],
      [],
      ({ UserName }, caller) => createAccessKey(iam, UserName, caller),
    ),
    UpdateAccessKey: operation<UpdateAccessKeyRequest, undefined>()(
      ['UserName', 'AccessKeyId', 'Status'],
      [],
      (input, caller) => updateAccessKey(iam, input, caller),
    ),
    DeleteAccessKey: operation<DeleteAccessKeyRequest, undefined>()(
      ['UserName', 'AccessKeyId'],
      [],
      ({ UserName, AccessKeyId }, caller) => {
        const key = keyOf(userOf(iam, caller, UserName).user, AccessKeyId);
        removeKey(userToChange(iam, caller, UserName).user, key, iam.model.now());
      },
    ),
    GetAccessKeyLastUsed: operation<GetAccessKeyLastUsedRequest, GetAccessKeyLastUsedResponse>()(
      ['AccessKeyId'],
      [],
      ({ AccessKeyId }, caller) => getAccessKeyLastUsed(iam, AccessKeyId, caller),
    ),
  };
}

/** A caller that has seen a key may ask about it later. */
function indexKeys(iam: Iam, userName: string, caller: Caller): void {
  const account = accountOf(iam.model, caller);
  const user = findUser(account, userName);
  for (const key of user?.keys ?? []) if (user !== undefined) iam.keys.add(account, user, key);
}

function createAccessKey(iam: Iam, UserName: string, caller: Caller): CreateAccessKeyResponse {
  const { account, user } = userOf(iam, caller, UserName);
  if (user.keys.length >= KEYS_PER_USER) {
    throw new AwsError('LimitExceeded', `Cannot exceed quota for AccessKeysPerUser: ${KEYS_PER_USER}`, 409);
  }
  userToChange(iam, caller, UserName);
  const key = makeKey(iam.model.random, { createdAt: iam.model.now(), createdBy: caller.arn });
  user.keys.push(key);
  iam.keys.add(account, user, key);
  return {
    AccessKey: {
      UserName: user.name,
      AccessKeyId: key.id,
      Status: key.status,
      SecretAccessKey: key.secret,
      CreateDate: key.createdAt,
    },
  };
}

function updateAccessKey(
  iam: Iam,
  { UserName, AccessKeyId, Status }: { UserName: string; AccessKeyId: string; Status: string },
  caller: Caller,
): undefined {
  const key = keyOf(userOf(iam, caller, UserName).user, AccessKeyId);
  if (Status !== 'Active' && Status !== 'Inactive') {
    const must = 'Member must satisfy enum value set: [Active, Inactive]';
    throw refusal(
      'iam',
      'invalid',
      `1 validation error detected: Value '${Status}' at 'status' failed to satisfy constraint: ${must}`,
    );
  }
  userToChange(iam, caller, UserName);
  setStatus(key, Status, iam.model.now());
}

function getAccessKeyLastUsed(iam: Iam, keyId: string, caller: Caller): GetAccessKeyLastUsedResponse {
  const issued = iam.keys.find(keyId);
  if (issued === undefined || issued.account.id !== caller.accountId || !stillExists(issued)) {
    throw noSuchEntity(`The Access Key with id ${keyId} cannot be found.`);
  }
  const use = reportedUse(issued.user, issued.key, iam.model.now(), iam.model);
  return {
    UserName: issued.user.name,
    AccessKeyLastUsed:
      use === undefined
        ? { ServiceName: 'N/A', Region: 'N/A' }
        : { LastUsedDate: use.at, ServiceName: use.service, Region: use.region },
  };
}

function keyOf(user: User, keyId: string): UserKey {
  const key = user.keys.find(({ id }) => id === keyId);
  if (key === undefined) throw noSuchEntity(`The Access Key with id ${keyId} cannot be found.`);
  return key;
}

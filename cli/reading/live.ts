import { GetAccessKeyLastUsedCommand, IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { readKeys, readMembers, readTags } from '../../tasks/aws/user-reads.ts';
import { type AccessKey, type LastUse, nameOnlyVersionIdOf, versionIdOf } from '../../tasks/domain/keys.ts';
import type { NameSet, TagMap } from '../../tasks/domain/letter-case.ts';
import { secretNameOf } from '../../tasks/domain/rotation.ts';
import { keyLabelOf } from '../../tasks/domain/secret-versions.ts';
import type { Access } from '../access.ts';
import type { Context } from '../context.ts';
import { explain } from '../explain.ts';
import { memberAccess } from '../member-access.ts';

interface User {
  readonly accountId: string;
  readonly userName: string;
}

/** A key as IAM has it now. */
export interface LiveKey extends AccessKey {
  readonly lastUse: LastUse;
}

/** What can be read of a user in its own account at this moment. */
export type LiveUser =
  | { readonly state: 'seen'; readonly keys: readonly LiveKey[]; readonly tags: TagMap }
  /** There is no such user. */
  | { readonly state: 'absent' }
  /** `because`: one sentence. */
  | { readonly state: 'notSeen'; readonly because: string };

const withoutRole =
  'keyturn’s roles let only its tasks in; with --assume and a role of yours in every account, it is read now.';

/** Reads a user's keys and tags in its own account, if the caller has a role there. */
export async function readLiveUser(context: Context, { accountId, userName }: User): Promise<LiveUser> {
  try {
    const access = await memberAccess(context, accountId);
    if (access === undefined) return { state: 'notSeen', because: withoutRole };
    const client = new IAMClient(access);
    const [keys, tags] = await Promise.all([readKeys(client, userName), readTags(client, userName)]);
    const used = await Promise.all(
      keys.map(async (key) => ({ ...key, lastUse: await lastUseOf(client, key.id) })),
    );
    return { state: 'seen', keys: used, tags };
  } catch (error) {
    if (error instanceof NoSuchEntityException) return { state: 'absent' };
    return { state: 'notSeen', because: explain(error).sentence };
  }
}

/** The names in an IAM group of the account, which need not exist; undefined if they can't be read. */
export async function readLiveGroup(
  context: Context,
  accountId: string,
  group: string,
): Promise<NameSet | undefined> {
  try {
    const access = await memberAccess(context, accountId);
    return access && (await readMembers(new IAMClient(access), group));
  } catch {
    return undefined;
  }
}

/** Unknown is never "unused". */
async function lastUseOf(client: IAMClient, AccessKeyId: string): Promise<LastUse> {
  try {
    const { AccessKeyLastUsed } = await client.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
    const {
      LastUsedDate: at,
      ServiceName: service = 'N/A',
      Region: region = 'N/A',
    } = AccessKeyLastUsed ?? {};
    if (at !== undefined) return { state: 'used', at, service, region };
    return service === 'N/A' ? { state: 'neverUsed' } : { state: 'unknown', because: 'IAM gave no date' };
  } catch (error) {
    return { state: 'unknown', because: explain(error).sentence };
  }
}

/** A version of a user's secret. */
export interface LabelledVersion {
  readonly versionId: string;
  readonly labels: readonly string[];
  /** The key that it holds or names, if it is one of those that are known. */
  readonly keyId?: string;
  /** It names the key, and holds no secret access key. */
  readonly isNameOnly?: true;
}

export type LiveSecret =
  | {
      readonly state: 'seen';
      readonly name: string;
      readonly storage: 'central' | 'member';
      readonly deletedOn?: Date;
      readonly versions: readonly LabelledVersion[];
    }
  | { readonly state: 'absent' }
  | { readonly state: 'notSeen'; readonly because: string };

/**
 * Reads the labels of a user's secret, never a value.
 * @param keyIds that its versions may be of
 * @param adopted the ARN of the user's adopted secret
 */
export async function readLiveSecret(
  context: Context,
  user: User,
  keyIds: readonly string[],
  adopted?: string,
): Promise<LiveSecret> {
  if (adopted !== undefined) return secretIn(context, { ...user, storage: 'member' }, keyIds, adopted);
  const { where } = context.deployment.storage;
  const isOne = user.accountId === context.deployment.account;
  const places = isOne ? [where] : ([where, where === 'central' ? 'member' : 'central'] as const);
  let unseen: LiveSecret = { state: 'absent' };
  for (const storage of places) {
    const found = await secretIn(context, { ...user, storage }, keyIds);
    if (found.state === 'seen') return found;
    if (found.state === 'notSeen') unseen = found;
  }
  return unseen;
}

async function secretIn(
  context: Context,
  { storage, ...user }: User & { readonly storage: 'central' | 'member' },
  keyIds: readonly string[],
  id = secretNameOf('keyturn/', user),
): Promise<LiveSecret> {
  try {
    const access = storage === 'central' ? context.aws : await memberAccess(context, user.accountId);
    if (access === undefined) return { state: 'notSeen', because: withoutRole };
    return await describeSecret(access, id, storage, keyIds);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return { state: 'absent' };
    return { state: 'notSeen', because: explain(error).sentence };
  }
}

async function describeSecret(
  access: Access,
  SecretId: string,
  storage: 'central' | 'member',
  keyIds: readonly string[],
): Promise<LiveSecret> {
  const { DeletedDate, VersionIdsToStages = {} } = await new SecretsManagerClient(access).send(
    new DescribeSecretCommand({ SecretId }),
  );
  const versions = Object.entries(VersionIdsToStages).map(([versionId, labels]) => ({
    ...{ versionId, labels },
    ...keyOf(versionId, labels, keyIds),
  }));
  const deleted = DeletedDate === undefined ? {} : { deletedOn: DeletedDate };
  return { state: 'seen', name: SecretId, storage, ...deleted, versions };
}

function keyOf(
  versionId: string,
  labels: readonly string[],
  keyIds: readonly string[],
): Pick<LabelledVersion, 'keyId' | 'isNameOnly'> {
  const keyId = keyIds.find((id) => versionIdOf(id) === versionId || labels.includes(keyLabelOf(id)));
  if (keyId !== undefined) return { keyId };
  const named = keyIds.find((id) => nameOnlyVersionIdOf(id) === versionId);
  return named === undefined ? {} : { keyId: named, isNameOnly: true };
}

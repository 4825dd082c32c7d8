import { GetAccessKeyLastUsedCommand, IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import type { Dependencies } from '../dependencies.ts';
import { partitionOf } from '../domain/execution-name.ts';
import type { LeakedKey } from '../domain/leaks/leak.ts';
import { accountReads, userReads } from '../domain/verbs.ts';
import { memberSession } from './member-session.ts';
import { readKeys } from './user-reads.ts';

/**
 * Finds out whose access key it is and whether it works, in a session that may ask only that. The user isn't known
 * yet, so the session may ask about every user of the account. If IAM doesn't return a status, the key counts as
 * active.
 * @throws {MemberRoleRefused}
 */
export async function lookAtKey(
  dependencies: Pick<Dependencies, 'aws' | 'settings'>,
  key: WantedKey,
): Promise<LeakedKey> {
  const { accountId, keyId } = key;
  const client = await enter(dependencies, key, [...accountReads.findOwner, ...userReads.readKeys]);
  const userName = await ownerOf(client, keyId);
  if (userName === undefined || userName === '') {
    const because = `no user of account ${accountId} has the key ${keyId}: it was deleted, or is the root user's or a temporary one`;
    return { state: 'nobodys', because };
  }
  return { state: (await isActive(client, userName, keyId)) ? 'active' : 'inactive', userName };
}

/**
 * The current name of the user who has this key; undefined if no user of the account has it.
 * @throws {MemberRoleRefused}
 */
export async function nameOfOwner(
  dependencies: Pick<Dependencies, 'aws' | 'settings'>,
  key: WantedKey,
): Promise<string | undefined> {
  const client = await enter(dependencies, key, accountReads.findOwner);
  const name = await ownerOf(client, key.keyId);
  return name === '' ? undefined : name;
}

interface WantedKey {
  readonly accountId: string;
  readonly keyId: string;
  readonly executionArn: string;
}

async function enter(
  dependencies: Pick<Dependencies, 'aws' | 'settings'>,
  { accountId, executionArn }: WantedKey,
  Action: readonly string[],
): Promise<IAMClient> {
  const Resource = `arn:${partitionOf(executionArn)}:iam::${accountId}:user/*`;
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action, Resource }],
  });
  const session = { access: 'read', policy } as const;
  return new IAMClient(await memberSession(dependencies, { accountId, executionArn }, session));
}

async function ownerOf(client: IAMClient, AccessKeyId: string): Promise<string | undefined> {
  try {
    const { UserName } = await client.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
    return UserName;
  } catch (error) {
    // For a key that doesn't belong to one of this account's users, IAM may also answer with AccessDenied.
    const isNobodys =
      error instanceof NoSuchEntityException || (error instanceof Error && error.name === 'AccessDenied');
    if (isNobodys) return undefined;
    throw error;
  }
}

async function isActive(client: IAMClient, userName: string, keyId: string): Promise<boolean> {
  try {
    const key = (await readKeys(client, userName)).find(({ id }) => id === keyId);
    return key === undefined || key.status === 'Active';
  } catch {
    return true;
  }
}

import { GetAccessKeyLastUsedCommand, IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import type { Dependencies } from '../dependencies.ts';
import { UnknownKey } from '../domain/errors.ts';
import { partitionOf } from '../domain/execution-name.ts';
import { memberSession } from './member-session.ts';

/**
 * The name of the IAM user whose key it is, from a session that can ask for that and nothing else. Whose it is isn't
 * known before, so the session may ask it of every user of the account.
 * @throws {UnknownKey} where no user of the account has it: it is deleted, root's, or a temporary one
 * @throws {MemberRoleRefused}
 */
export async function ownerOfKey(
  dependencies: Pick<Dependencies, 'aws' | 'settings'>,
  key: { readonly accountId: string; readonly keyId: string; readonly executionArn: string },
): Promise<string> {
  const { accountId, keyId, executionArn } = key;
  const Resource = `arn:${partitionOf(executionArn)}:iam::${accountId}:user/*`;
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['iam:GetAccessKeyLastUsed'], Resource }],
  });
  const session = { access: 'read', policy } as const;
  const client = new IAMClient(await memberSession(dependencies, { accountId, executionArn }, session));
  const unknown = new UnknownKey(
    `no user of account ${accountId} has ${keyId}: it is deleted, root’s or a temporary one`,
  );
  try {
    const { UserName } = await client.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: keyId }));
    if (UserName === undefined || UserName === '') throw unknown;
    return UserName;
  } catch (error) {
    // Asked for a key that isn't one of this account's users, IAM may as well deny.
    const isNobodys =
      error instanceof NoSuchEntityException || (error instanceof Error && error.name === 'AccessDenied');
    throw isNobodys ? unknown : error;
  }
}

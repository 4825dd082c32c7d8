import { type IAMClient, paginateListAccessKeys, paginateListUserTags } from '@aws-sdk/client-iam';
import type { AccessKey } from '../domain/keys.ts';

/** All keys of a user, the oldest first. @throws {NoSuchEntityException} */
export async function readKeys(client: IAMClient, UserName: string): Promise<AccessKey[]> {
  const keys: AccessKey[] = [];
  for await (const page of paginateListAccessKeys({ client }, { UserName })) {
    for (const { AccessKeyId, Status, CreateDate } of page.AccessKeyMetadata ?? []) {
      if (AccessKeyId === undefined || CreateDate === undefined) continue;
      const status = Status === 'Active' || Status === 'Expired' ? Status : 'Inactive';
      keys.push({ id: AccessKeyId, status, createdAt: CreateDate });
    }
  }
  return keys.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/** @throws {NoSuchEntityException} */
export async function readTags(client: IAMClient, UserName: string): Promise<Map<string, string>> {
  const tags = new Map<string, string>();
  for await (const page of paginateListUserTags({ client }, { UserName })) {
    for (const { Key, Value } of page.Tags ?? []) if (Key !== undefined) tags.set(Key, Value ?? '');
  }
  return tags;
}

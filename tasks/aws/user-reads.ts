import { type IAMClient, paginateListAccessKeys, paginateListUserTags, type Tag } from '@aws-sdk/client-iam';
import type { AccessKey } from '../domain/keys.ts';
import { TagMap } from '../domain/letter-case.ts';

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
export async function readTags(client: IAMClient, UserName: string): Promise<TagMap> {
  const tags: Tag[] = [];
  for await (const page of paginateListUserTags({ client }, { UserName })) {
    tags.push(...(page.Tags ?? []));
  }
  return tagMap(tags);
}

/** Converts tags from the SDK's form. */
export const tagMap = (tags: readonly Tag[]): TagMap =>
  new TagMap(tags.map(({ Key = '', Value = '' }) => [Key, Value]));

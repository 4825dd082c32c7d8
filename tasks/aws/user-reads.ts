import {
  type IAMClient,
  NoSuchEntityException,
  paginateGetGroup,
  paginateListAccessKeys,
  paginateListUserTags,
  type Tag,
} from '@aws-sdk/client-iam';
import type { AccessKey } from '../domain/keys.ts';
import { NameSet, TagMap } from '../domain/letter-case.ts';

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

/** Names of a group's members; empty if the account has no such group. */
export async function readMembers(client: IAMClient, GroupName: string): Promise<NameSet> {
  const names: string[] = [];
  try {
    for await (const { Users } of paginateGetGroup({ client, pageSize: 1000 }, { GroupName })) {
      for (const { UserName } of Users ?? []) if (UserName !== undefined) names.push(UserName);
    }
  } catch (error) {
    if (!(error instanceof NoSuchEntityException)) throw error;
  }
  return new NameSet(names);
}

/** Converts tags from the SDK's form. */
export const tagMap = (tags: readonly Tag[]): TagMap =>
  new TagMap(tags.map(({ Key = '', Value = '' }) => [Key, Value]));

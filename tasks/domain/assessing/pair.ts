import { type AccessKey, originOf } from '../keys.ts';
import { type Facts, isActive } from './facts.ts';

/** Two keys of an earlier rotation that didn't finish: one was created to replace the other. */
export interface UnfinishedPair {
  readonly oldKey: AccessKey;
  readonly newKey: AccessKey;
}

/**
 * The pair that an earlier rotation left. Determined from the secret's versions, whose IDs only we assign; tags may
 * have been removed. The new key is active; the old one may not be.
 */
export function unfinishedPair({
  keys,
  tags,
  stored,
}: Pick<Facts, 'keys' | 'tags' | 'stored'>): UnfinishedPair | undefined {
  for (const newKey of keys.filter((key) => isActive(key) && stored.has(key.id))) {
    const oldKey = keys.find((key) => key.createdAt.getTime() < newKey.createdAt.getTime());
    if (oldKey === undefined) continue;
    const origin = originOf(tags.get(newKey.id));
    if (origin === undefined || origin.oldKeyId === oldKey.id) return { oldKey, newKey };
  }
  return undefined;
}

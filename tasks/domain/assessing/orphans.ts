import type { AccessKey, LastUse } from '../keys.ts';
import { isCreatedWithin } from '../provisioning/intents.ts';

/**
 * Keys that were created by a call of ours whose response was lost: nobody has their secret access key. A key counts
 * as ours only if all of this holds: a rotation of this user recorded its intent, the key appeared within 30 seconds
 * of it, it was never used, has no description and isn't stored. Otherwise it is an unrecognized key.
 */
export const orphansAmong = (
  keys: readonly AccessKey[],
  known: {
    readonly intents: readonly Date[];
    readonly tags: ReadonlyMap<string, string>;
    readonly uses: ReadonlyMap<string, LastUse>;
    readonly stored: (accessKeyId: string) => boolean;
  },
): AccessKey[] =>
  keys.filter(
    (key) =>
      known.intents.some((intent) => isCreatedWithin(key.createdAt, intent)) &&
      known.uses.get(key.id)?.state === 'neverUsed' &&
      !known.tags.has(key.id) &&
      !known.stored(key.id),
  );

import type { AccessKey, LastUse } from '../keys.ts';
import { isCreatedWithin } from '../provisioning/intents.ts';

/**
 * The keys that a create call of ours made and whose secret nobody has: its answer was lost. Taken for ours only if
 * everything speaks for it: a rotation of this user recorded its intent, the key appeared within half a minute of it,
 * was never used, isn't described and isn't stored. Else it is an unrecognized key.
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

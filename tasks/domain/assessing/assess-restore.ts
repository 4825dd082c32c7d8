import type { AccessKey } from '../keys.ts';
import type { Request } from '../rotation.ts';
import type { Facts } from './facts.ts';
import { unfinishedPair } from './pair.ts';

/** What is known about making a key active again. */
export interface RestoreFacts extends Pick<Facts, 'keys' | 'tags' | 'stored'> {
  readonly request: Pick<Request, 'keyId'>;
  /** The key that the user's secret points to. */
  readonly currentId: string | undefined;
  /** The keys that earlier rotations left inactive, as far as Step Functions remembers them. */
  readonly leftInactive: ReadonlySet<string>;
  /** Those that had leaked. */
  readonly leaked: ReadonlySet<string>;
}

/** Which key becomes active again, or why none does. */
export type Restoration =
  | {
      readonly act: 'restore';
      readonly because: string;
      readonly oldKey: AccessKey;
      /** The key that took its place, if there is one. */
      readonly replacedById?: string;
    }
  | { readonly act: 'nothing'; readonly because: string };

const nothing = (because: string): Restoration => ({ act: 'nothing', because });

/**
 * Decides which key an operator's rollback makes active again, after its rotation has ended. Unless a key is named,
 * it must be one that a rotation made inactive, and that hasn't leaked: anything else was somebody's decision.
 */
export function assessRestore(facts: RestoreFacts): Restoration {
  const { keys, request } = facts;
  if (request.keyId === undefined) return withoutName(facts);
  const named = keys.find(({ id }) => id === request.keyId);
  if (named === undefined)
    return nothing(
      `the user has no key ${request.keyId}: a deleted key can't be brought back, and what still uses it needs another one. The user has ${list(keys)}`,
    );
  return restore(named, `${named.id} was named`, facts);
}

function withoutName(facts: RestoreFacts): Restoration {
  const { keys, leftInactive, leaked } = facts;
  const inactive = keys.filter(({ status }) => status === 'Inactive');
  if (inactive.length === 0)
    return nothing(
      `no key of the user is inactive, so there is nothing to make active again: it has ${list(keys)}. A key that was deleted can't be brought back`,
    );
  const replaced = unfinishedPair(facts)?.oldKey.id;
  const ours = inactive.filter(({ id }) => leftInactive.has(id) || id === replaced);
  const safe = ours.filter(({ id }) => !leaked.has(id));
  const [only, second] = safe;
  if (only !== undefined && second === undefined)
    return restore(only, `an earlier rotation left ${only.id} inactive`, facts);
  if (only !== undefined)
    return nothing(`rotations left more than one key inactive (${list(safe)}): name one as keyId`);
  const [gone] = ours;
  if (gone !== undefined)
    return nothing(
      `${gone.id} has leaked, and works for others too once it is active: name it as keyId if it must be`,
    );
  return nothing(
    `no rotation is known to have made a key inactive, so it was somebody's decision (${list(inactive)}): name it as keyId if it must be active`,
  );
}

function restore(
  oldKey: AccessKey,
  because: string,
  { keys, stored, currentId, ...facts }: RestoreFacts,
): Restoration {
  if (oldKey.status === 'Expired')
    return nothing(`${oldKey.id} has expired, and AWS doesn't make it active again`);
  if (oldKey.status === 'Active' && (currentId === oldKey.id || !stored.has(oldKey.id)))
    return nothing(`${oldKey.id} is active already`);
  const other = (id: string | undefined) => keys.find((key) => key.id === id && key.id !== oldKey.id)?.id;
  const replacedById = other(currentId) ?? other(unfinishedPair({ keys, stored, ...facts })?.newKey.id);
  return { act: 'restore', because, oldKey, ...(replacedById === undefined ? {} : { replacedById }) };
}

const list = (keys: readonly AccessKey[]): string =>
  keys.length === 0 ? 'no key' : keys.map((key) => `${key.id} ${key.status.toLowerCase()}`).join(', ');

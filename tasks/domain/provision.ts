import { nameOf } from './execution-name.ts';
import { type AccessKey, type LastUse, replacedBy } from './keys.ts';
import type { Plan } from './rotation.ts';
import { later } from './time.ts';

/** Longer than the creating task can run; a key that came later was not made under its intent. */
const intentSeconds = 180;

/** `tag value`: which rotation was about to create a key, and when. */
export const writeIntent = (executionArn: string, at: Date): string =>
  `${nameOf(executionArn)} ${at.toISOString()}`;

/** When this rotation was last about to create a key; undefined where it wasn't yet, or the intent is another's. */
export function readIntent(value: string | undefined, executionArn: string): Date | undefined {
  const prefix = `${nameOf(executionArn)} `;
  if (!value?.startsWith(prefix)) return undefined;
  const at = new Date(value.slice(prefix.length));
  return Number.isNaN(at.getTime()) ? undefined : at;
}

export type Provisioning =
  | { readonly act: 'create'; readonly because: string }
  /** Ours and stored: a run before this one came at least so far. */
  | { readonly act: 'goOn'; readonly newKey: AccessKey; readonly because: string }
  /** Ours, but its secret is lost: nobody can ever use it. */
  | { readonly act: 'discard'; readonly key: AccessKey; readonly because: string }
  | { readonly act: 'stop'; readonly because: string };

/**
 * What a provisioning that may be the second run does about the keys that it finds.
 *
 * A create call whose answer was lost leaves a key without a name. It is taken for ours only where everything
 * speaks for it: this rotation recorded its intent, the key appeared within the time that the creating task
 * had, was never used, isn't described, wasn't there before, and is the only such key. Else it is a stranger's.
 */
export function decideProvisioning(facts: {
  readonly keys: readonly AccessKey[];
  readonly plan: Pick<Plan, 'oldKeyId' | 'keysSeen'>;
  readonly stored: (accessKeyId: string) => boolean;
  readonly tags: ReadonlyMap<string, string>;
  readonly uses: ReadonlyMap<string, LastUse>;
  readonly intent: Date | undefined;
}): Provisioning {
  const { keys, plan, stored, tags, uses, intent } = facts;
  if (!keys.some((key) => key.id === plan.oldKeyId)) return stop(`the old key ${plan.oldKeyId} is gone`);
  const others = keys.filter((key) => key.id !== plan.oldKeyId);
  const [other] = others;
  if (other === undefined) return { act: 'create', because: 'the user has the old key only' };
  if (others.length > 1)
    return stop(`the user has ${keys.length} keys: ${keys.map((key) => key.id).join(', ')}`);
  if (
    stored(other.id) &&
    (tags.get(other.id) === undefined || replacedBy(tags.get(other.id)) === plan.oldKeyId)
  ) {
    if (other.status !== 'Active')
      return stop(`the new key ${other.id} was made ${other.status.toLowerCase()}`);
    return { act: 'goOn', newKey: other, because: `${other.id} is made and stored already` };
  }
  const ours =
    intent !== undefined &&
    isWithin(other.createdAt, intent) &&
    uses.get(other.id)?.state === 'neverUsed' &&
    !tags.has(other.id) &&
    !plan.keysSeen.includes(other.id);
  if (!ours) return stop(`${other.id} is in the way, and it isn't ours`);
  return {
    act: 'discard',
    key: other,
    because: `the answer that brought ${other.id} was lost, and its secret with it`,
  };
}

const stop = (because: string): Provisioning => ({ act: 'stop', because });

/** IAM tells a key's creation to the second. */
function isWithin(createdAt: Date, intent: Date): boolean {
  const from = later(intent, -1000).getTime();
  return createdAt.getTime() >= from && createdAt.getTime() <= later(intent, intentSeconds * 1000).getTime();
}

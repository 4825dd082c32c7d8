import { nameOf } from './execution-name.ts';
import { type AccessKey, type LastUse, originOf } from './keys.ts';
import type { Plan } from './rotation.ts';
import { later } from './time.ts';

/**
 * A create call is answered within seconds. A key that came later than this after a recorded intent is left to a
 * person, though it may be ours: better a question too many than a stranger's key deleted.
 */
const intentSeconds = 30;

/** As many as fit beside an execution's name into a tag's 256 characters; more tries than Provision has. */
const mostIntents = 7;

/**
 * The tag's value: which rotation was about to create a key, and when, each time that it was.
 * @param before the tag's value so far; another rotation's is forgotten
 */
export function writeIntent(executionArn: string, at: Date, before: string | undefined): string {
  const times = [...readIntents(before, executionArn), at].slice(-mostIntents);
  return [nameOf(executionArn), ...times.map((time) => `${time.toISOString().slice(0, 19)}Z`)].join(' ');
}

/** When this rotation was about to create a key; none where it wasn't yet, or the intents are another's. */
export function readIntents(value: string | undefined, executionArn: string): Date[] {
  const [name, ...times] = value?.split(' ') ?? [];
  if (name !== nameOf(executionArn)) return [];
  return times.map((time) => new Date(time)).filter((time) => !Number.isNaN(time.getTime()));
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
 * speaks for it: this rotation recorded its intent, the key appeared within half a minute of it, was never used,
 * isn't described, wasn't there before, and is the only such key. Else it is a stranger's.
 */
export function decideProvisioning(facts: {
  readonly keys: readonly AccessKey[];
  readonly plan: Pick<Plan, 'oldKeyId' | 'keysSeen'>;
  readonly stored: (accessKeyId: string) => boolean;
  readonly tags: ReadonlyMap<string, string>;
  readonly uses: ReadonlyMap<string, LastUse>;
  readonly intents: readonly Date[];
}): Provisioning {
  const { keys, plan, stored, tags, uses, intents } = facts;
  if (!keys.some((key) => key.id === plan.oldKeyId)) return stop(`the old key ${plan.oldKeyId} is gone`);
  const others = keys.filter((key) => key.id !== plan.oldKeyId);
  const [other] = others;
  if (other === undefined) return { act: 'create', because: 'the user has the old key only' };
  if (others.length > 1)
    return stop(`the user has ${keys.length} keys: ${keys.map((key) => key.id).join(', ')}`);
  if (
    stored(other.id) &&
    (tags.get(other.id) === undefined || originOf(tags.get(other.id))?.oldKeyId === plan.oldKeyId)
  ) {
    if (other.status !== 'Active')
      return stop(`the new key ${other.id} was made ${other.status.toLowerCase()}`);
    return { act: 'goOn', newKey: other, because: `${other.id} is made and stored already` };
  }
  const ours =
    intents.some((intent) => isWithin(other.createdAt, intent)) &&
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

import { orphansAmong } from '../assessing/orphans.ts';
import { type AccessKey, type LastUse, originOf } from '../keys.ts';
import type { Plan } from '../rotation.ts';

export type Provisioning =
  | { readonly act: 'create'; readonly because: string }
  /** Ours and stored: an earlier run got at least this far. */
  | { readonly act: 'goOn'; readonly newKey: AccessKey; readonly because: string }
  /** Ours, but its secret access key is lost: nobody can ever use it. */
  | { readonly act: 'discard'; readonly key: AccessKey; readonly because: string }
  | { readonly act: 'stop'; readonly because: string };

/** What provisioning, which may be a repeated run, knows about the existing keys. */
export interface ProvisionFacts {
  readonly keys: readonly AccessKey[];
  readonly plan: Pick<Plan, 'oldKeyId' | 'leaked'>;
  /** Whether the key's secret access key is in the user's secret. */
  readonly stored: (accessKeyId: string) => boolean;
  readonly tags: ReadonlyMap<string, string>;
  readonly uses: ReadonlyMap<string, LastUse>;
  readonly intents: readonly Date[];
}

/** Decides what to do about the existing keys. The run may be a repeated one. */
export function decideProvisioning(facts: ProvisionFacts): Provisioning {
  const { keys, plan, tags } = facts;
  if (!keys.some((key) => key.id === plan.oldKeyId)) return stop(`the old key ${plan.oldKeyId} is gone`);
  const others = keys.filter((key) => key.id !== plan.oldKeyId);
  const [other] = others;
  if (other === undefined) return { act: 'create', because: 'the user has the old key only' };
  if (others.length > 1)
    return stop(`the user has ${keys.length} keys: ${keys.map((key) => key.id).join(', ')}`);
  const origin = originOf(tags.get(other.id));
  const isOurs = facts.stored(other.id) && (origin === undefined || origin.oldKeyId === plan.oldKeyId);
  if (isOurs && !plan.leaked?.includes(other.id)) {
    if (other.status !== 'Active')
      return stop(`the new key ${other.id} was made ${other.status.toLowerCase()}`);
    return { act: 'goOn', newKey: other, because: `${other.id} has already been created and stored` };
  }
  if (orphansAmong(others, facts).length === 0) return stop(`${other.id} is in the way, and it isn't ours`);
  return {
    act: 'discard',
    key: other,
    because: `the response with ${other.id} was lost, and its secret access key with it`,
  };
}

const stop = (because: string): Provisioning => ({ act: 'stop', because });

import { MemberUser } from '../aws/member-user.ts';
import { isPassing } from '../aws/passing.ts';
import { SecretStore } from '../aws/secret-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { AwsUnavailable, NewKeyNotReady, SecretNotMoved, UnknownKey } from '../domain/errors.ts';
import type { AccessKey } from '../domain/keys.ts';
import type { Work } from '../domain/rotation.ts';
import type { Verb } from '../domain/verbs.ts';
import { deactivateOldKey as row } from '../manifest/rotation.ts';
import { only } from '../manifest/row.ts';
import { type Deactivation, deactivated } from './deactivation.ts';
import { type Look, lookAtLeak } from './look-again.ts';
import { inTime, tolerably } from './urgent.ts';

/**
 * Deactivates a leaked key as soon as its replacement exists. Nothing else is required: no tag, no quiet period, no
 * other key of the user. The secret's label is moved as far as possible, before the deactivation or, in a second try,
 * after it.
 */
export const deactivateLeakedKey = (
  work: Work,
  enteredAt: Date | undefined,
  dependencies: Dependencies,
): Promise<Deactivation> =>
  inTime(enteredAt, dependencies, async () => {
    const { rotation, plan } = work;
    const user = await MemberUser.of(dependencies, work, only(row, 'readKeys', 'readLastUse', 'switchKey'));
    const look = await lookAtLeak(user, work);
    const revived = look.keys.find(({ id }) => id === plan.reviveKeyId);
    // It was inactive until we made it active: IAM can't list it as active any earlier.
    if (plan.reviveKeyId !== undefined && revived?.status !== 'Active')
      await user.setStatus(plan.reviveKeyId, 'Active');
    stopWithoutReplacement(look, work, dependencies);
    // A new key's version should be current already, but ProvisionNewKey doesn't fail for that.
    const stays = work.newKeyId ?? standInFor(look, work);
    let isLeft = false;
    const move = async (): Promise<void> => {
      if (stays === undefined) return;
      try {
        await pointTo(stays, work, dependencies);
      } catch (error) {
        // Secrets Manager may not list yet what was stored a moment ago.
        isLeft = isPassing(error) || error instanceof SecretNotMoved;
        throw error;
      }
    };
    const moveLabel = () => tolerably(move, undefined, dependencies, rotation);
    const tried = triedFor(enteredAt, dependencies);
    if (tried < oneRun) await moveLabel();
    try {
      if (look.leaving?.status !== 'Inactive') await user.setStatus(plan.oldKeyId, 'Inactive');
    } catch (error) {
      if (!(error instanceof UnknownKey)) throw error;
      return { act: 'gone', because: error.message };
    }
    if (tried >= oneRun && tried < longEnough) await moveLabel();
    if (isLeft && enteredAt !== undefined && tried < longEnough)
      throw new AwsUnavailable(`AWSCURRENT of the user's secret did not move to ${stays} yet`);
    const key = look.leaving ?? leftOver(plan.oldKeyId);
    return deactivated(user, { key, bySomebodyElse: false }, work, dependencies);
  });

/**
 * If every call is slow, a run may end before the key is deactivated. So after one failed run the key comes first,
 * and after some minutes the label isn't moved any more, because people must be told about the key. Milliseconds.
 */
const oneRun = 60_000;
const longEnough = 10 * 60_000;

/** Milliseconds since the state was entered. */
const triedFor = (enteredAt: Date | undefined, { now }: Pick<Dependencies, 'now'>): number =>
  enteredAt === undefined ? 0 : now().getTime() - enteredAt.getTime();

/** A placeholder, because IAM may not list a key yet that it has just changed. */
const leftOver = (id: string): AccessKey => ({ id, status: 'Active', createdAt: new Date(0) });

/**
 * A new key of this rotation was proved to sign, even if IAM doesn't list it yet.
 * @throws {NewKeyNotReady} if nothing replaces the key, and the settings don't allow deactivating it without a
 * replacement
 */
function stopWithoutReplacement(look: Look, work: Work, { settings }: Dependencies): void {
  const { plan, newKeyId } = work;
  if (newKeyId !== undefined || plan.reviveKeyId !== undefined) return;
  if (standInFor(look, work) !== undefined || look.leaving?.status !== 'Active') return;
  if (settings.leakWithoutReplacement === 'deactivate') return;
  throw new NewKeyNotReady(`${plan.oldKeyId} has leaked and the user has no other active key that hasn't`);
}

/** The existing key that replaces the leaked one; never one that has leaked too. */
export function standInFor({ keys }: Look, { plan, newKeyId }: Work): string | undefined {
  if (newKeyId !== undefined) return undefined;
  if (plan.reviveKeyId !== undefined) return plan.reviveKeyId;
  const leaked = new Set([plan.oldKeyId, ...(plan.leaked ?? [])]);
  return keys.find(({ id, status }) => status === 'Active' && !leaked.has(id))?.id;
}

/** An application that reads the secret must not find the inactive key, if the other key has a version. */
export async function pointTo(
  keyId: string,
  work: Work,
  dependencies: Dependencies,
  verbs: readonly Verb[] = row.does,
): Promise<void> {
  const store = await SecretStore.open(dependencies, work, verbs);
  // A key that this rotation made is stored, listed or not; any other may have no version.
  const isStored = keyId === work.newKeyId || (await store.versions())?.has(keyId);
  if (isStored) await store.makeCurrent(keyId);
}

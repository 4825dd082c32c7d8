import { MemberUser } from '../aws/member-user.ts';
import { SecretStore } from '../aws/secret-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { NewKeyNotReady, UnknownKey } from '../domain/errors.ts';
import type { AccessKey } from '../domain/keys.ts';
import type { Work } from '../domain/rotation.ts';
import { deactivateOldKey as row } from '../manifest/rotation.ts';
import { only } from '../manifest/row.ts';
import { type Deactivation, deactivated } from './deactivation.ts';
import { type Look, lookAtLeak } from './look-again.ts';
import { inTime, tolerably } from './urgent.ts';

/**
 * A leaked key goes inactive as soon as its replacement is there. Nothing else is asked: no tag, no quiet, no other
 * key of the user; and the secret's label moves as far as it can, before the key goes or, in a second try, after.
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
    if (plan.reviveKeyId !== undefined) await user.setStatus(plan.reviveKeyId, 'Active');
    stopWithoutReplacement(look, work, dependencies);
    const standIn = standInFor(look, work);
    const moveLabel = (): Promise<void> =>
      standIn === undefined
        ? Promise.resolve()
        : tolerably(() => pointTo(standIn, work, dependencies), undefined, dependencies, rotation);
    const tried = triedFor(enteredAt, dependencies);
    if (tried < oneRun) await moveLabel();
    try {
      if (look.leaving?.status !== 'Inactive') await user.setStatus(plan.oldKeyId, 'Inactive');
    } catch (error) {
      if (!(error instanceof UnknownKey)) throw error;
      return { act: 'gone', because: error.message };
    }
    if (tried >= oneRun && tried < longEnough) await moveLabel();
    const key = look.leaving ?? leftOver(plan.oldKeyId);
    return deactivated(user, { key, bySomebodyElse: false }, work, dependencies);
  });

/**
 * Where each call is slow, a run may be over before the key is inactive. So after one run the key comes first, and
 * after some minutes of trying the label is left where it is: people must hear of the key.
 */
const oneRun = 60_000;
const longEnough = 10 * 60_000;

/** Milliseconds since the state was entered. */
const triedFor = (enteredAt: Date | undefined, { now }: Pick<Dependencies, 'now'>): number =>
  enteredAt === undefined ? 0 : now().getTime() - enteredAt.getTime();

/** IAM may not list a key yet that it has just changed for us. */
const leftOver = (id: string): AccessKey => ({ id, status: 'Active', createdAt: new Date(0) });

/**
 * A new key that this rotation made was proved to sign, whether IAM lists it yet or not.
 * @throws {NewKeyNotReady} if nothing replaces it, and the settings don't say to do without
 */
function stopWithoutReplacement(look: Look, work: Work, { settings }: Dependencies): void {
  const { plan, newKeyId } = work;
  if (newKeyId !== undefined || plan.reviveKeyId !== undefined) return;
  if (standInFor(look, work) !== undefined || look.leaving?.status !== 'Active') return;
  if (settings.leakWithoutReplacement === 'deactivate') return;
  throw new NewKeyNotReady(`${plan.oldKeyId} has leaked and the user has no other active key that hasn't`);
}

/** The key that was there and takes the leaked one's place; never one that has leaked too. */
function standInFor({ keys }: Look, { plan, newKeyId }: Work): string | undefined {
  if (newKeyId !== undefined) return undefined;
  if (plan.reviveKeyId !== undefined) return plan.reviveKeyId;
  const leaked = new Set([plan.oldKeyId, ...(plan.leaked ?? [])]);
  return keys.find(({ id, status }) => status === 'Active' && !leaked.has(id))?.id;
}

/** An application that reads the secret must not find the inactive key there, if the other one has a version. */
async function pointTo(keyId: string, work: Work, dependencies: Dependencies): Promise<void> {
  const store = await SecretStore.open(dependencies, work, row.does);
  const versions = await store.versions();
  if (versions?.has(keyId)) await store.makeCurrent(keyId);
}

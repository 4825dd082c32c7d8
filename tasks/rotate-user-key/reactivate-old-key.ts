import { MemberUser } from '../aws/member-user.ts';
import { SecretStore } from '../aws/secret-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { SecretNotMoved, SecretUnreadable, UnknownKey } from '../domain/errors.ts';
import { whose } from '../domain/events/whose.ts';
import { isOfFirstMachine, leavingOf, type Work, workSchema } from '../domain/rotation.ts';
import { lambdaHandler } from '../lambda.ts';
import { reactivateOldKey as row } from '../manifest/rotation.ts';
import { task } from '../task.ts';
import { replacementOf } from './look-again.ts';

/** What a rollback did to the secret's current version, for the owner's mail. */
export type SecretAfterRollback =
  | { readonly state: 'moved' }
  /** The reactivated key's version contains no secret access key, and the other key works. */
  | { readonly state: 'kept' }
  /** Others have changed the secret, and it points to something else. */
  | { readonly state: 'notMoved'; readonly because: string }
  /** The label had never been moved. */
  | { readonly state: 'untouched' };

interface Reactivation {
  /**
   * `leftInactive` if it was inactive before the rotation; `gone` if somebody has deleted the key: then there is
   * nothing to reactivate.
   */
  readonly act: 'reactivated' | 'leftInactive' | 'gone';
  readonly at: string;
  readonly secret: SecretAfterRollback;
}

/**
 * State ReactivateOldKey: undoes the deactivation. The key is activated first, and the secret's current version moved
 * after that, so that an application that reads the secret never finds an inactive key. A key that was inactive
 * before the rotation stays inactive.
 *
 * Activating the key depends on nothing else: no tag, no mark, no other execution, no check.
 */
export const reactivateOldKey = task({
  name: 'ReactivateOldKey',
  input: workSchema,
  run: async (work, dependencies): Promise<Reactivation> => {
    const { rotation, plan } = work;
    const { leavingId } = leavingOf(work);
    const at = () => dependencies.now().toISOString();
    const untouched = { secret: { state: 'untouched' } } as const;
    // Readers of the secret must not be sent back to a key that stays inactive.
    if (work.leaving !== 'newKey' && !plan.oldKeyActive)
      return { act: 'leftInactive', at: at(), ...untouched };
    const user = await MemberUser.of(dependencies, work, row.does);
    try {
      await user.setStatus(leavingId, 'Active');
    } catch (error) {
      if (!(error instanceof UnknownKey) || isOfFirstMachine(work)) throw error;
      return { act: 'gone', at: at(), ...untouched };
    }
    const what = { stage: 'window', keyId: leavingId } as const;
    dependencies.events?.report({ name: 'Rolled back', ...whose(rotation), ...what });
    const secret = await pointTo(leavingId, work, dependencies);
    dependencies.log.info('reactivated', { ...rotation, keyId: leavingId, secret: secret.state });
    return { act: 'reactivated', at: at(), secret };
  },
});

async function pointTo(keyId: string, work: Work, dependencies: Dependencies): Promise<SecretAfterRollback> {
  const { plan, newKeyId } = work;
  if (newKeyId === undefined && !plan.oldKeyCurrent && plan.replacedById === undefined)
    return { state: 'untouched' };
  const store = await SecretStore.open(dependencies, work, row.does);
  const versions = await store.versions();
  const createdAt = new Date(plan.oldKeyCreatedAt);
  const isNameOnly =
    keyId === plan.oldKeyId &&
    versions?.holdsSecret({ id: keyId, createdAt }) === false &&
    !versions.isCurrent(keyId);
  const replacementId = replacementOf(work);
  if (isNameOnly && replacementId !== undefined) {
    if (versions.isCurrent(replacementId)) return { state: 'kept' };
    return { state: 'notMoved', because: `AWSCURRENT is neither at ${replacementId} nor at ${keyId}` };
  }
  try {
    await store.makeCurrent(keyId);
    return { state: 'moved' };
  } catch (error) {
    if (!(error instanceof SecretNotMoved || error instanceof SecretUnreadable)) throw error;
    return { state: 'notMoved', because: error.message };
  }
}

export const handler = lambdaHandler(reactivateOldKey);

import type { MemberUser } from '../aws/member-user.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Evidence } from '../domain/asking/evidence.ts';
import type { AccessKey } from '../domain/keys.ts';
import { secondsToFirstLook } from '../domain/removing/window.ts';
import { leavingOf, type Work } from '../domain/rotation.ts';
import { evidenceOf } from './evidence-of.ts';

/** What came of making a key inactive, a leaked one or a quiet one. */
export type Deactivation =
  | {
      readonly act: 'deactivated';
      readonly at: string;
      readonly wasActive: boolean;
      /** Somebody else had made it inactive: that isn't ours to undo. */
      readonly bySomebodyElse: boolean;
      readonly firstLookSeconds: number;
      /** For whoever is asked whether something broke. */
      readonly evidence: Evidence;
    }
  | {
      readonly act: 'notQuiet';
      readonly because: string;
      /** If it was inactive for a moment, which was undone: its quiet period begins again. */
      readonly activeSince?: string;
    }
  | { readonly act: 'gone'; readonly because: string };

/** What the states after it need to know. */
export async function deactivated(
  user: MemberUser,
  { key, bySomebodyElse }: { readonly key: AccessKey; readonly bySomebodyElse: boolean },
  work: Work,
  { now, log }: Dependencies,
): Promise<Deactivation> {
  const { rotation, plan } = work;
  const { leavingId } = leavingOf(work);
  log.info('deactivated', { ...rotation, keyId: leavingId, confirmation: plan.confirmation });
  return {
    act: 'deactivated',
    at: now().toISOString(),
    wasActive: work.leaving === 'newKey' || plan.oldKeyActive || key.status === 'Active',
    bySomebodyElse,
    firstLookSeconds: secondsToFirstLook(plan),
    evidence: await evidenceOf(user, work, now()),
  };
}

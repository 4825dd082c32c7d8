import type { MemberUser } from '../aws/member-user.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Evidence } from '../domain/asking/evidence.ts';
import { whose } from '../domain/events/whose.ts';
import type { AccessKey } from '../domain/keys.ts';
import { secondsToFirstLook } from '../domain/removing/window.ts';
import { leavingOf, type Work } from '../domain/rotation.ts';
import { evidenceOf } from './evidence-of.ts';

/** The result of deactivating a key, leaked or quiet. */
export type Deactivation =
  | {
      readonly act: 'deactivated';
      readonly at: string;
      readonly wasActive: boolean;
      /** Somebody else deactivated it, so keyturn doesn't undo that. */
      readonly bySomebodyElse: boolean;
      readonly firstLookSeconds: number;
      /** For the person who is asked whether something broke. */
      readonly evidence: Evidence;
    }
  | {
      readonly act: 'notQuiet';
      readonly because: string;
      /** Set if a deactivation was undone: the key's quiet period starts over from here. */
      readonly activeSince?: string;
    }
  | { readonly act: 'gone'; readonly because: string };

/** The result, with everything that the following states need. */
export async function deactivated(
  user: MemberUser,
  { key, bySomebodyElse }: { readonly key: AccessKey; readonly bySomebodyElse: boolean },
  work: Work,
  { now, log, events }: Dependencies,
): Promise<Deactivation> {
  const { rotation, plan } = work;
  const { leavingId } = leavingOf(work);
  const { confirmation } = plan;
  events?.report({ name: 'Key deactivated', ...whose(rotation), keyId: leavingId, confirmation });
  log.info('deactivated', { ...rotation, keyId: leavingId, confirmation });
  return {
    act: 'deactivated',
    at: now().toISOString(),
    wasActive: work.leaving === 'newKey' || plan.oldKeyActive || key.status === 'Active',
    bySomebodyElse,
    firstLookSeconds: secondsToFirstLook(plan),
    evidence: await evidenceOf(user, work, now()),
  };
}

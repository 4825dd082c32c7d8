import * as z from 'zod';
import { MemberUser } from '../aws/member-user.ts';
import { SecretStore } from '../aws/secret-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { describeUse, isQuiet } from '../domain/draining/quiet.ts';
import { UnknownKey } from '../domain/errors.ts';
import type { AccessKey } from '../domain/keys.ts';
import { isOfFirstMachine, leavingOf, type Work, workSchema } from '../domain/rotation.ts';
import { readMark, writeMark } from '../domain/rotation-mark.ts';
import { rotationTag } from '../domain/tags.ts';
import { lambdaHandler } from '../lambda.ts';
import { deactivateOldKey as row } from '../manifest/rotation.ts';
import { enteredAtShape, task } from '../task.ts';
import { deactivateLeakedKey } from './deactivate-leaked-key.ts';
import { type Deactivation, deactivated } from './deactivation.ts';
import { type Look, lookAgain, stopBeside, stopUnlessLive, stopUnlessReplaced } from './look-again.ts';

const input = workSchema.extend({
  ...enteredAtShape,
  drain: z
    .object({ activeSince: z.coerce.date().optional(), inactiveSince: z.coerce.date().optional() })
    .nullish(),
});

/**
 * State DeactivateOldKey: makes the key to be deleted inactive, after one more look that its replacement is there and
 * that it is still quiet. A leaked key isn't asked for quiet.
 *
 * A mark on the user says beforehand what is about to be done. A run that finds the key inactive by that mark, and
 * can't say any more that it was quiet, undoes it: nobody has been told that it is inactive.
 */
export const deactivateOldKey = task({
  name: 'DeactivateOldKey',
  input,
  run: async ({ drain, enteredAt, ...work }, dependencies): Promise<Deactivation> => {
    stopUnlessLive(dependencies, work.rotation);
    if (work.plan.act === 'emergency') return deactivateLeakedKey(work, enteredAt, dependencies);
    stopBeside(work.rotation, dependencies);
    const user = await MemberUser.of(dependencies, work, row.does);
    const look = await lookAgain(user, work, dependencies);
    if (look.leaving === undefined) return gone(work);
    await stopUnlessReplaced(look, work, dependencies);
    const seen = { key: look.leaving, look, drain, enteredAt };
    return deactivateIfQuiet(user, seen, work, dependencies);
  },
});

/** @throws {UnknownKey} under 0.1.0's machine, which has no way on */
function gone(work: Work): Deactivation {
  const because = `${leavingOf(work).leavingId} is gone`;
  if (isOfFirstMachine(work)) throw new UnknownKey(because);
  return { act: 'gone', because };
}

interface Seen {
  readonly key: AccessKey;
  readonly look: Look;
  readonly drain: z.output<typeof input>['drain'];
  readonly enteredAt: Date | undefined;
}

async function deactivateIfQuiet(
  user: MemberUser,
  { key, look, drain, enteredAt }: Seen,
  work: Work,
  dependencies: Dependencies,
): Promise<Deactivation> {
  const { plan } = work;
  const { now } = dependencies;
  const isOurDoing = wasMarked(look, key.id, enteredAt);
  // Two looks an hour apart found it inactive: somebody else did that, and quiet is no question any more.
  const bySomebodyElse = key.status !== 'Active' && drain?.inactiveSince !== undefined && !isOurDoing;
  if (!bySomebodyElse) {
    const use = await user.lastUse(key.id);
    const activeSince = drain?.activeSince ?? new Date(plan.oldKeyActiveSince);
    // Not skipped for a key that looks inactive: IAM may show what it was a moment ago.
    if (!isQuiet(use, activeSince, plan.policy.quietDays, now())) {
      const because = describeUse(use, now());
      if (!isOurDoing) return { act: 'notQuiet', because };
      await user.setStatus(key.id, 'Active');
      return { act: 'notQuiet', because, activeSince: now().toISOString() };
    }
  }
  await pointBack(look, work, dependencies, 'ifItHoldsASecret');
  if (!bySomebodyElse) {
    await markBefore(user, key.id, work, dependencies);
    await user.setStatus(key.id, 'Inactive');
  }
  await pointBack(look, work, dependencies, 'always');
  return deactivated(user, { key, bySomebodyElse }, work, dependencies);
}

/** Whether an earlier try of this very visit of the state was about to make the key inactive. */
function wasMarked({ tags }: Look, keyId: string, enteredAt: Date | undefined): boolean {
  const { deactivating } = readMark(tags.get(rotationTag)) ?? {};
  if (deactivating?.keyId !== keyId || enteredAt === undefined) return false;
  return deactivating.at.getTime() >= Math.floor(enteredAt.getTime() / 1000) * 1000;
}

/** What can't be marked isn't done: a second run could not tell whose doing it was. */
const markBefore = (
  user: MemberUser,
  keyId: string,
  { rotation }: Work,
  { now }: Dependencies,
): Promise<void> => user.tag(rotationTag, writeMark({ ...rotation, deactivating: { keyId, at: now() } }));

/**
 * Withdraws the new key from the secret as well: before it goes inactive, if the old key's version holds a secret
 * access key; else right after, for until then an application that reads the secret keeps what works.
 */
async function pointBack(
  { staying }: Look,
  work: Work,
  dependencies: Dependencies,
  when: 'ifItHoldsASecret' | 'always',
): Promise<void> {
  if (work.leaving !== 'newKey' || staying === undefined) return;
  const store = await SecretStore.open(dependencies, work, row.does);
  if (when === 'ifItHoldsASecret' && !(await store.versions())?.holdsSecret(staying)) return;
  await store.makeCurrent(staying.id);
}

export const handler = lambdaHandler(deactivateOldKey);
